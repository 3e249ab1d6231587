"""The shortlist at the foot of the Precedents tab: cases picked to compare and take away. The browser keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.export.chapters import Chapter, begin_plan, chapter_bytes, make_chapter
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places
from assistant.registers.entries import Precedent
from assistant.web.api.endpoints import reader_message
from assistant.web.ask.take_away import chapter_file, offer_file
from assistant.web.precedents.cases_html import comparison_html
from assistant.web.precedents.cases_view import CasesView
from assistant.web.precedents.chapter_view import ChapterView
from assistant.web.precedents.page import PAGE, SCRIPT, Update
from assistant.web.templates import render

MOST_PICKED = 20
MOST_COMPARED = 4
FULL = f"The shortlist holds up to {MOST_PICKED} cases. Remove one first."
NOT_COMPARED = f"You can compare 2 to {MOST_COMPARED} cases. The shortlist has {{}}."
_TO_COMPARISON = "() => document.getElementById('comparison')?.focus()"
TITLE = "Shortlist of precedents"
FILE = "shortlist.docx"
Shown = Callable[[], Update]
"""Gives the update that shows a view."""
Kept = Mapping[str, Any]
"""What the browser keeps: ids under ``ids``. It would ignore an empty list."""


class Shortlist:
    """The tray with the cases picked."""

    def __init__(self, current: Callable[[], Library], comparison: gr.HTML) -> None:
        """Draw the tray; picked cases are compared in ``comparison``."""
        self._current = current
        self._comparing: Shown = dict
        self.kept = gr.BrowserState({"ids": []}, storage_key="steward-shortlist", secret="steward")  # noqa: S106
        self.comparison = comparison
        self.tray = gr.HTML(label="Shortlist", js_on_load=SCRIPT, elem_classes="tray")
        self._file = gr.DownloadButton(visible="hidden")

    def connect(
        self, tab: gr.Tab, cases: CasesView, chapter: ChapterView, comparing: Shown, planning: Shown, views: list[Any]
    ) -> list[Any]:
        """Show what is picked when the tab is opened, do what is asked of it, and return the events that show a view.

        ``cases`` are picked in their rows and in the pane. ``comparing`` and ``planning`` give the update of ``views``
        that shows the comparison and the ``chapter``.
        """
        self._comparing = comparing
        tab.select(self._draw, self.kept, self.tray, **PAGE)
        gr.on([cases.results.select, cases.pane.select], self._pick, self.kept, [self.kept, self.tray], **PAGE)
        done = self.tray.select(self._act, self.kept, [self.kept, self.tray, self.comparison, *views], **PAGE)
        done.then(None, js=_TO_COMPARISON, **PAGE)
        self.comparison.select(lambda: "", None, self.comparison, **PAGE)
        planned = self.tray.edit(planning, None, views, **PAGE)
        chapter.take(planned, self.kept)
        offer_file(self.tray.download(self._save, self.kept, [self._file, self.tray], **PAGE), self._file)
        return [done, planned]

    def _picked(self, kept: Kept) -> list[Precedent]:
        entries = cases_of(self._current()).entries
        ids = kept.get("ids") if isinstance(kept, Mapping) else None  # a browser may keep anything
        names = dict.fromkeys(name for name in ids if isinstance(name, str)) if isinstance(ids, list) else ()
        return [entries[name] for name in names if name in entries]

    def _draw(self, kept: Kept, problem: str = "") -> str:
        picked = self._picked(kept)
        copied = plain_text(self._chapter(picked)) if picked else ""
        return render("shortlist", cases=picked, problem=problem, copied=copied)

    def _chapter(self, picked: Sequence[Precedent]) -> Chapter:
        library = self._current()
        return make_chapter(begin_plan(library, [case.id for case in picked], (), TITLE), library)

    def _save(self, kept: Kept) -> Update:
        try:
            content = chapter_bytes(self._chapter(self._picked(kept)), ".docx")
            return {self._file: chapter_file(content, FILE, self._file), self.tray: self._draw(kept)}
        except AssistantError as error:
            return {self._file: None, self.tray: self._draw(kept, reader_message(error))}

    def _pick(self, event: gr.EventData, kept: Kept) -> Update:
        """Add a case to the shortlist, or remove it."""
        entry, picked = str(event.entry), [case.id for case in self._picked(kept)]
        if entry in picked:
            picked.remove(entry)
        elif len(picked) == MOST_PICKED:
            return {self.tray: self._draw(kept, FULL)}
        else:
            picked.append(entry)
        now = {"ids": picked}
        return {self.kept: now, self.tray: self._draw(now)}

    def _act(self, event: gr.EventData, kept: Kept) -> Update:
        """Do what was chosen in the tray."""
        if event.action == "compare":
            return self._compare(kept)
        return self._pick(event, kept) | {self.comparison: ""}

    def _compare(self, kept: Kept) -> Update:
        picked, library = self._picked(kept), self._current()
        if not 2 <= len(picked) <= MOST_COMPARED:
            return {self.tray: self._draw(kept, NOT_COMPARED.format(len(picked)))}
        table = comparison_html(picked, Places(library), cases_of(library))
        return {self.comparison: table, self.tray: self._draw(kept)} | self._comparing()


def plain_text(chapter: Chapter) -> str:
    """Return a chapter's sections as text to paste, with numbered references."""
    lines = []
    for block in (block for section in chapter.sections for block in section.blocks):
        label = f"{block.label}: " if block.label else ""
        marks = f" [{', '.join(map(str, block.references))}]" if block.references else ""
        lines += ["", block.text] if block.kind == "heading" else [f"{label}{block.text}{marks}"]
    lines += ["", "References"]
    for item in chapter.references:
        lines.append(" ".join((f"[{item.number}] {item.source}.", *item.details, item.url)).rstrip())
    return "\n".join(lines).strip() + "\n"
