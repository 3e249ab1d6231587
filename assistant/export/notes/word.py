"""A note as a Word file.

python-docx has no footnotes, and Word can cite a footnote only once. So numbered sources are at the end, and the marks
in the text link to them and back.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import docx
from docx.text.paragraph import Paragraph as WordParagraph

from assistant.export.notes.note import Note, NoteFootnote, NoteSection, Paragraph
from assistant.export.word_parts import Marks, link_out, set_up, word_bytes
from assistant.text.printable import clean


def write_word(note: Note, file: Path | BinaryIO) -> None:
    """Write the note as a Word file, overwriting an existing one.

    Source text is plain runs; only documents' addresses in the catalogue link out of the file.
    """
    writer = _Writer(note)
    writer.write()
    content = word_bytes(writer.document)
    if isinstance(file, Path):
        file.write_bytes(content)
    else:
        file.write(content)


class _Writer:
    """Writes one note into one document."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.document = docx.Document()
        self._marks = Marks()

    def write(self) -> None:
        set_up(self.document, self.note.title, self.note.day)
        self._add("Title", self.note.title)
        for section in self.note.sections:
            self._section(section)
        if self.note.footnotes:
            self._add("Heading 1", "Sources")
            for footnote in self.note.footnotes:
                self._footnote(footnote)
        self._add("Heading 1", "How this note was made")
        for line in self.note.made:
            self._add("List Bullet", line)

    def _add(self, style: str, text: str = "") -> WordParagraph:
        return self.document.add_paragraph(clean(text), style)

    def _section(self, section: NoteSection) -> None:
        self._add("Heading 1", section.heading)
        labelled = [("Question", section.asked), ("Searched as", section.searched_as)]
        for label, words in [*labelled, *(("Note", warning) for warning in section.warnings)]:
            if words:
                paragraph = self._add("Normal")
                paragraph.paragraph_format.keep_with_next = True
                paragraph.add_run(f"{label}: ").bold = True
                paragraph.add_run(clean(words))
        for is_table, group in groupby(section.paragraphs, key=lambda item: bool(item.cells)):
            if is_table:
                self._table(list(group))
            else:
                for item in group:
                    self._paragraph(item)

    def _table(self, rows: list[Paragraph]) -> None:
        table = self.document.add_table(0, max(len(row.cells) for row in rows), "Table Grid")
        for row in rows:
            cells = table.add_row().cells
            for cell, words in zip(cells, row.cells, strict=False):
                run = cell.paragraphs[0].add_run(clean(words))
                run.bold = row.kind == "table-header"
            self._marks.call(cells[len(row.cells) - 1].paragraphs[0], row.footnotes)

    def _paragraph(self, item: Paragraph) -> None:
        style = {"voice": "Heading 2", "list-item": "List Bullet"}.get(item.kind, "Normal")
        paragraph = self._add(style, f"{item.number} {item.text}" if item.number else item.text)
        self._marks.call(paragraph, item.footnotes)

    def _footnote(self, footnote: NoteFootnote) -> None:
        first = self._add("Source")
        self._marks.source(first, footnote.number)
        first.add_run(f"\t{clean(footnote.source)}. {clean(footnote.standing)}.")
        if footnote.place:
            self._add("Source detail", footnote.place)
        for part in clean(footnote.quote).split("\n\n"):
            self._add("Quote", part)
        for line in footnote.notes:
            self._add("Source detail", line)
        if footnote.url:
            link_out(self._add("Source detail"), footnote.url)
