"""Reads a draft that was pasted or uploaded, and holds it in memory for as long as it can be saved."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path

from assistant.claims.drafts import DraftCheck
from assistant.claims.drafts.pasted import separate_paragraphs
from assistant.errors import DocumentError
from assistant.reading.sandbox import read_file
from assistant.records import Document
from assistant.settings import ReadingSettings

MOST_CHARACTERS = 50_000
"""Longest draft checked: about 8,000 words, half a minute."""
FILE_TYPES = [".txt", ".md", ".docx", ".pdf", ".html", ".htm"]
PASTED = "Pasted text"
HELD_S = 3600
"""How long a checked draft is held in memory, in seconds."""
MOST_HELD_BYTES = 200 * 2**20
"""Most bytes of Word files held for all readers; beyond it only their text is."""
_lock = threading.Lock()
_held: weakref.WeakSet[HeldDraft] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """A draft as read."""

    document: Document
    name: str
    file: bytes | None = None
    """The Word file that it came in."""


@dataclass(frozen=True, eq=False)
class HeldDraft:
    """A checked draft that can be saved."""

    draft: ReadDraft
    checked: DraftCheck


def hold(draft: ReadDraft, checked: DraftCheck) -> HeldDraft:
    """Return what is held of a checked draft: without its file where others' take all the room."""
    with _lock:
        taken = sum(len(each.draft.file or b"") for each in _held)
        if draft.file and taken + len(draft.file) > MOST_HELD_BYTES:
            draft = ReadDraft(draft.document, draft.name)
        held = HeldDraft(draft, checked)
        _held.add(held)
    return held


def read_draft(text: str, file: str | None, limits: ReadingSettings) -> ReadDraft:
    """Return the draft; an uploaded file is deleted even if it cannot be read.

    Raises:
        DocumentError: there is no draft, there are two, or it is unreadable or too long.
    """
    if file is not None:
        path = Path(file)
        try:
            if not path.is_file():  # Gradio stores two uploads of the same content as one file
                raise DocumentError(f"{path.name} was deleted after it was checked. Choose it again.")
            if text.strip():
                raise DocumentError(
                    "You gave both text and a file. Empty the box and choose the file again, or check the text alone."
                )
            word = path.read_bytes() if path.suffix.lower() == ".docx" else None
            return ReadDraft(_read(path, path.name, limits), path.name, word)
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # only the folder of this upload, and only if it is empty
                path.parent.rmdir()
    if not text.strip():
        raise DocumentError("Paste a draft or choose a file.")
    _refuse_long(len(text))
    with tempfile.TemporaryDirectory(prefix="steward-draft-") as folder:
        path = Path(folder, "draft.md")
        path.write_text(separate_paragraphs(text), encoding="utf-8", errors="replace")
        return ReadDraft(_read(path, PASTED, limits), PASTED)


def _read(path: Path, name: str, limits: ReadingSettings) -> Document:
    try:
        draft = read_file(path, limits)
    except DocumentError as error:
        # The path in the message means nothing to the person who uploaded the file.
        raise DocumentError(f"{name}: {str(error).removeprefix(f'{path}: ')}") from error
    _refuse_long(len(draft.text))
    return draft


def _refuse_long(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise DocumentError(
            f"The draft has {characters:,} characters; the limit is {MOST_CHARACTERS:,}. Check it in parts."
        )
