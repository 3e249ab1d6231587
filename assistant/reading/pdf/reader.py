"""PDF: characters and outline in; a document with pages, notes and blocks out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium

from assistant.errors import DocumentError
from assistant.reading.builder import DocumentBuilder, normalise, page_break
from assistant.reading.footnotes import parse_footnote
from assistant.reading.lists import introduces_list, without_marks
from assistant.reading.pdf.blocks import PdfBlock, classify
from assistant.reading.pdf.boxes import Box, take_boxes
from assistant.reading.pdf.characters import PageCharacters, read_characters
from assistant.reading.pdf.contents import is_contents_page
from assistant.reading.pdf.endnotes import holds_endnotes, take_endnotes
from assistant.reading.pdf.files import open_pdf, read_labels, read_outline, read_title
from assistant.reading.pdf.layout import columns_of, in_reading_order, lines_of, notes_in_order, split_notes
from assistant.reading.pdf.lines import Line, Row, read_rows
from assistant.reading.pdf.notes import PageNote, cut_notes, name_notes, numbers_called, settle_marks
from assistant.reading.pdf.paragraphs import (
    Paragraph,
    Setting,
    count_words,
    ends_sentence,
    join_lines,
    measure,
    reunite,
    seam,
)
from assistant.reading.pdf.running import most_common_size, without_running_lines
from assistant.reading.pdf.tables import Table, take_aligned_tables, take_ruled_tables
from assistant.records import Document

_CONTENTS = re.compile(r"^(?:table of )?contents$|(?:[.…·_]\s?){4}", re.IGNORECASE)


def read_pdf(data: bytes) -> Document:
    """The words of a PDF as blocks, with pages, printed page labels and notes.

    What a reader of the printed page cannot see is left out and reported. Page labels are those of the file, or else
    the numbers printed in running heads and feet; a page with neither has none.

    Raises:
        DocumentError: the file cannot be read as a whole, or holds no text.
    """
    with open_pdf(data) as file:
        builder = DocumentBuilder(title=read_title(file))
        outline, named = read_outline(file), read_labels(file)
        pages = _read_pages(file, builder)
    rows = [read_rows(page.runs, number, page.rules) for number, page in enumerate(pages)]
    bare = without_running_lines(rows, [page.height for page in pages])
    labels = named if any(named) else bare.labels
    body_size = most_common_size(bare.rows)
    words = count_words(bare.rows)
    tables: list[Table] = []
    body, small_print = _lay_out(bare.rows, pages, body_size, tables, words)
    setting = measure([line for lines in body for line in lines if line.table is None], body_size, words)
    body, ends = take_endnotes(body, setting.words)
    notes = [*cut_notes(small_print, [_numbers_called(lines, tables) for lines in body], setting.words), *ends]
    name_notes(notes)
    lines = _settled([line for page in body for line in page], notes, tables)
    paragraphs = reunite(join_lines(lines, setting), setting)
    writer = _Writer(builder, labels, tables, setting)
    for block in classify(paragraphs, outline, setting):
        writer.write(block)
    _add_notes(builder, notes, lines)
    if not builder.length and any(page.hidden for page in pages):
        raise DocumentError("The PDF holds no text that a reader can see. Look at its pages; print them to a new PDF.")
    if not builder.length:
        raise DocumentError("The PDF looks like a scan: it has no text layer. Run it through OCR first.")
    return builder.build()


def _read_pages(file: pdfium.PdfDocument, builder: DocumentBuilder) -> list[PageCharacters]:
    """The characters of every page; pages that are broken stay empty and are reported."""
    pages: list[PageCharacters] = []
    broken: list[int] = []
    scanned: list[int] = []
    for number in range(1, len(file) + 1):
        try:
            page = file.get_page(number - 1)
            try:
                pages.append(read_characters(page))
            finally:
                page.close()
        except pdfium.PdfiumError:
            broken.append(number)
            pages.append(PageCharacters(0.0, 0.0, (), (), hidden=False, is_scan=False))
        if pages[-1].hidden:
            builder.report(f"Page {number} holds text that a reader cannot see; it was left out.")
        if pages[-1].is_scan:
            scanned.append(number)
        if len(broken) > 20 and len(broken) * 2 > number:
            break
    if len(broken) * 2 > len(pages):
        raise DocumentError("The PDF is broken: most of its pages cannot be read. Fetch it again, or print it again.")
    if broken:
        builder.report(f"{_pages(broken)} cannot be read: the file is broken there.")
    if scanned:
        builder.report(f"{_pages(scanned)} read through text recognition over an image; words may be wrong.")
    return pages


def _pages(numbers: Sequence[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:20]) + (" and others" if len(numbers) > 20 else "")
    return f"Page {listed}" if len(numbers) == 1 else f"Pages {listed}"


def _lay_out(
    rows: Sequence[Sequence[Row]],
    pages: Sequence[PageCharacters],
    body_size: float,
    tables: list[Table],
    words: Counter[str],
) -> tuple[list[list[Line]], list[list[Line]]]:
    """Body lines and small print of each page in reading order; tables are kept apart, a line stands for each."""
    body: list[list[Line]] = []
    small_print: list[list[Line]] = []
    count = 0
    is_chapter_of_notes = False
    for number, (page_rows, page) in enumerate(zip(rows, pages, strict=True)):
        ruled, left = take_ruled_tables(page_rows, page.rules, words)
        if _lists_sections(left, number, len(pages)):
            body.append([])
            small_print.append([])
            continue
        boxes, left = take_boxes(left, page)
        stand_ins = [row for table in ruled for row in _stand_ins(tables, table, number, body_size)]
        for box in boxes:
            count += 1
            stand_ins += _in_place_of(box, count, number, body_size)
        everything = sorted([*left, *stand_ins], key=lambda row: row[0].y)
        before = small_print[-1] if small_print else []
        goes_on = bool(before) and not ends_sentence(before[-1].text)
        is_chapter_of_notes = holds_endnotes(everything, body_size, goes_on=is_chapter_of_notes)
        notes: list[Row] = []
        above = everything
        if not is_chapter_of_notes:
            above, notes = split_notes(everything, body_size, goes_on=goes_on)
        columns = columns_of(above)
        lines: list[Line] = []
        for column in _once(columns):
            aligned, rest = take_aligned_tables(column, words)
            found = [_stand_ins(tables, table, number, body_size)[0] for table in aligned]
            ordered = lines_of(sorted([*rest, *found], key=lambda row: row[0].y))
            lines += [line for standing in ordered for line in standing.inside or (standing,)]
        body.append([] if is_contents_page(lines, number, len(pages)) else lines)
        small_print.append(notes_in_order(notes, columns))
    return body, small_print


def _stand_ins(tables: list[Table], table: Table, page: int, size: float) -> list[Row]:
    """Keep the table, and give lines that fill its place, so that columns are seen beside it."""
    tables.append(table)
    line = Line("", table.x0, table.x1, table.y, size, False, page, indent=table.x0, table=len(tables) - 1)
    return _filling(line, table.bottom)


def _in_place_of(box: Box, number: int, page: int, size: float) -> list[Row]:
    """Lines that fill the place of a box and hold its own lines."""
    inside = tuple(replace(line, box=number) for line in in_reading_order(box.rows))
    return _filling(
        Line("", box.x0, box.x1, box.y, size, False, page, indent=box.x0, inside=inside, box=number), box.bottom
    )


def _filling(line: Line, bottom: float) -> list[Row]:
    count = 1 + int((bottom - line.y) / (1.5 * line.size)) if line.size else 1
    return [(replace(line, y=line.y + 1.5 * line.size * n),) for n in range(max(count, 1))]


def _once(columns: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The columns with the first line alone of those that fill the place of a table or box, in a row of its own."""
    seen: set[tuple[int | None, int]] = set()
    kept: list[list[Row]] = []
    for column in columns:
        rows: list[Row] = []
        for row in column:
            standing = {(piece.table, piece.box): piece for piece in row if piece.is_stand_in}
            rows += [(piece,) for key, piece in standing.items() if key not in seen]
            seen.update(standing)
            text = tuple(piece for piece in row if not piece.is_stand_in)
            rows += [text] if text else []
        kept.append(rows)
    return kept


def _lists_sections(rows: Sequence[Row], page: int, page_count: int) -> bool:
    """True for a contents page with its title or with dots: its entries look like a table, or like small print."""
    has_signs = any(_CONTENTS.search(piece.text) for row in rows for piece in row)
    return has_signs and is_contents_page(in_reading_order(rows), page, page_count)


def _numbers_called(lines: Sequence[Line], tables: Sequence[Table]) -> set[str]:
    """Numbers of the marks on a page, those in its tables included."""
    cells = (cell for line in lines if line.table is not None for row in tables[line.table].rows for cell in row)
    return numbers_called([line.text for line in lines]) | numbers_called(cells)


def _settled(lines: Sequence[Line], notes: Sequence[PageNote], tables: list[Table]) -> list[Line]:
    """The lines with their marks matched to notes; so are those in the cells of ``tables``."""
    by_number: dict[str, list[PageNote]] = defaultdict(list)
    for note in notes:
        by_number[note.number].append(note)
    settled: list[Line] = []
    series, highest = 0, 0
    for line in lines:
        if line.table is not None:
            table = tables[line.table]
            rows = [[settle_marks(cell, line.page, series, by_number) for cell in row] for row in table.rows]
            tables[line.table] = replace(table, rows=rows)
        numbers = [int(number) for number in numbers_called([line.text]) if number.isdigit()]
        if 1 in numbers and highest > 1:
            series, highest = series + 1, 0
        highest = max([highest, *numbers])
        settled.append(replace(line, text=settle_marks(line.text, line.page, series, by_number)))
    return settled


def _add_notes(builder: DocumentBuilder, notes: Sequence[PageNote], lines: Sequence[Line]) -> None:
    for note in notes:
        builder.add_footnote(replace(parse_footnote(note.number, note.text), number=note.key))
    lost = sorted(
        {number for number in numbers_called(line.text for line in lines) if not builder.has_footnote(number)}
    )
    if lost:
        listed = ", ".join(lost[:20]) + (" and others" if len(lost) > 20 else "")
        builder.report(f"Notes are called that were not found: {listed}.")


@dataclass
class _Writer:
    """Hands blocks to the builder, with pages, lead-ins and table headers."""

    builder: DocumentBuilder
    labels: Sequence[str | None]
    tables: Sequence[Table]
    setting: Setting
    page: int = -1
    """The page declared last, 0-based."""
    lead_in: int | None = None
    """The block that introduces the list which begins next."""
    items: list[int] = field(default_factory=list)
    """The last list item of each nesting level."""
    header: tuple[list[str], int] | None = None
    """The header of the table written last, while nothing follows it."""

    def write(self, block: PdfBlock) -> None:
        """Add one block."""
        line = block.paragraph.first
        if line.page > self.page:
            self.builder.add_page(line.page + 1, self.labels[line.page])
            self.page = line.page
        if line.table is not None:
            self._write_table(self.tables[line.table])
            return
        text = self._text(block.paragraph)
        if block.kind == "list-item":
            self._write_item(text, block.level)
            return
        index = self.builder.add(block.kind, text, level=block.level)
        plain = normalise(without_marks(text))
        self.lead_in = index if block.kind == "paragraph" and introduces_list(plain) else None
        self.items, self.header = [], None

    def _write_item(self, text: str, level: int) -> None:
        lead = self.lead_in if level == 1 or not self.items else self.items[min(level - 2, len(self.items) - 1)]
        index = self.builder.add("list-item", text, level=level, lead=lead)
        if index is not None:
            self.items[level - 1 :] = [index]
        self.header = None

    def _write_table(self, table: Table) -> None:
        rows = list(table.rows)
        above = self.header if self.header and len(self.header[0]) == len(rows[0]) else None
        if above and (rows[0] == above[0] or not table.has_bold_header):
            # A table that runs on repeats its header or none.
            lead: int | None = above[1]
            rows = rows[rows[0] == above[0] :]
        elif table.has_header:
            lead = self.builder.add("table-header", " | ".join(rows[0]))
            self.header = (rows.pop(0), lead) if lead is not None else None
        else:
            lead = None
        for row in rows:
            self.builder.add("table-row", " | ".join(row), lead=lead)
        self.lead_in, self.items = None, []

    def _text(self, paragraph: Paragraph) -> str:
        """The lines of a paragraph as one text, hyphenation undone and page breaks marked."""
        text = paragraph.body[0]
        for line, words in zip(paragraph.lines[1:], paragraph.body[1:], strict=True):
            begin = words
            if line.page > self.page:
                index = self.builder.add_page(line.page + 1, self.labels[line.page], inside=True)
                self.page = line.page
                begin = page_break(index) + words
            end, space = seam(text, words, self.setting.words)
            text = end + space + begin
        return re.sub(r"\s+", " ", text)
