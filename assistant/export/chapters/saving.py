"""Save chapters and plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.export.chapters.chapter import Chapter
from assistant.export.chapters.checking import check_plan
from assistant.export.chapters.markdown import as_markdown
from assistant.export.chapters.plan import Plan, plan_of, plan_toml
from assistant.files.saving import check_place, save_whole

if TYPE_CHECKING:
    from assistant.library import Library

TITLE = "A chapter of the Guide to Mission Stewardship"
HEADINGS = {"case": "What has been tried", "recommendation": "What is recommended"}


def chapter_bytes(chapter: Chapter, ending: str) -> bytes:
    """Return the chapter as a file's content: Word for ``.docx``, Markdown for ``.md``."""
    if ending == ".md":
        return as_markdown(chapter).encode()
    from assistant.export.chapters.word import as_word  # slow to load

    return as_word(chapter)


def save_chapter(chapter: Chapter, path: Path, overwrite: bool = False) -> None:
    """Save a chapter as Markdown (``.md``) or Word (``.docx``), whole or not at all.

    Raises:
        NoteError: the ending or folder is wrong, the file exists and ``overwrite`` is false, or it cannot be written.
    """
    check_place(path, overwrite, "chapter")
    save_whole(path, chapter_bytes(chapter, path.suffix.lower()), overwrite, "chapter")


def begin_plan(library: Library, cases: Sequence[str], recommendations: Sequence[str], title: str = "") -> Plan:
    """Return a plan to start with: the cases under one heading, the recommendations under another, in the given order.

    Raises:
        PlanError: an id is unknown or repeated, or there is none.
    """
    chosen = {"case": cases, "recommendation": recommendations}
    sections = [
        {"heading": HEADINGS[kind], "items": [{kind: name} for name in names]}
        for kind, names in chosen.items()
        if names
    ]
    plan = plan_of({"title": title or TITLE, "section": sections}, "The plan")
    check_plan(plan, library)
    return plan


def save_plan(plan: Plan, path: Path, overwrite: bool = False) -> None:
    """Save a plan as TOML, whole or not at all.

    Raises:
        NoteError: as `save_chapter`.
    """
    check_place(path, overwrite, "plan", (".toml",))
    save_whole(path, plan_toml(plan).encode(), overwrite, "plan")
