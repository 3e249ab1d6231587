"""A chapter as a Word file: headings, a captioned table with a repeated head, and references linked both ways."""

from __future__ import annotations

from collections.abc import Sequence

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from assistant.export.chapters.chapter import (
    MADE,
    REFERENCES,
    TABLE_CAPTION,
    TABLE_HEADS,
    Block,
    Chapter,
    Reference,
    TableRow,
)
from assistant.export.word_parts import INK, Marks, link_out, set_up, style_of, word_bytes
from assistant.text.printable import clean

_STYLES = {"heading": "Heading 2", "list-item": "List Bullet", "paragraph": "Normal"}
COLUMNS = (Cm(4.6), Cm(3.6), Cm(3.0), Cm(2.6), Cm(2.2))
"""Widths of the table's columns; together the width of the text."""


def as_word(chapter: Chapter) -> bytes:
    """Return the chapter as a Word file; only references' addresses link out of it."""
    return _Writer(chapter).written()


class _Writer:
    """Writes one chapter into one document."""

    def __init__(self, chapter: Chapter) -> None:
        self._chapter = chapter
        self._document = docx.Document()
        self._marks = Marks()

    def written(self) -> bytes:
        chapter = self._chapter
        set_up(self._document, chapter.title, chapter.day)
        self._set_styles()
        self._add("Title", chapter.title)
        self._blocks(chapter.introduction)
        for section in chapter.sections:
            self._add("Heading 1", section.heading)
            self._blocks(section.blocks)
        if chapter.table:
            self._add("Caption", TABLE_CAPTION)
            self._table(chapter.table)
        if chapter.references:
            self._add("Heading 1", REFERENCES)
            for reference in chapter.references:
                self._reference(reference)
        self._add("Heading 1", MADE)
        for line in chapter.made:
            self._add("List Bullet", line)
        return word_bytes(self._document)

    def _add(self, style: str, text: str = "") -> WordParagraph:
        return self._document.add_paragraph(clean(text), style)

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            paragraph = self._add(_STYLES[block.kind])
            if block.label:
                paragraph.add_run(f"{clean(block.label)}: ").bold = True
            paragraph.add_run(clean(block.text))
            self._marks.call(paragraph, block.references)

    def _table(self, rows: Sequence[TableRow]) -> None:
        table = self._document.add_table(1, len(TABLE_HEADS), "Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        caption = OxmlElement("w:tblCaption")  # for screen readers
        caption.set(qn("w:val"), TABLE_CAPTION)
        table._tbl.tblPr.append(caption)
        for cell, head in zip(table.rows[0].cells, TABLE_HEADS, strict=True):
            cell.paragraphs[0].add_run(head).bold = True
        _set_row(table, "w:tblHeader")
        for row in rows:
            cells = table.add_row().cells
            for cell, words in zip(cells, (row.title, row.place, row.period, row.outcome), strict=False):
                cell.paragraphs[0].add_run(clean(words))
            self._marks.call(cells[-1].paragraphs[0], row.references, raised=False)
        _set_row(table, "w:cantSplit")
        for line in table.rows:
            for cell, width in zip(line.cells, COLUMNS, strict=True):
                cell.width, cell.paragraphs[0].style = width, "Table text"
        for column, width in zip(table.columns, COLUMNS, strict=True):
            column.width = width

    def _reference(self, reference: Reference) -> None:
        first = self._add("Source")
        self._marks.source(first, reference.number)
        first.add_run(f"\t{clean(reference.source)}.")
        for line in reference.details:
            self._add("Source detail", line)
        if reference.url:
            link_out(self._add("Source detail"), reference.url)

    def _set_styles(self) -> None:
        caption = style_of(self._document, "Caption")
        caption.font.size, caption.font.color.rgb, caption.font.bold = Pt(11), INK, True
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(18), Pt(6)
        self._document.styles.add_style("Table text", WD_STYLE_TYPE.PARAGRAPH)
        text = style_of(self._document, "Table text")
        text.base_style = style_of(self._document, "Normal")
        text.font.size = Pt(9.5)
        text.paragraph_format.space_before = text.paragraph_format.space_after = Pt(2)


def _set_row(table: Table, name: str) -> None:
    """Set a property on every present row."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement(name))
