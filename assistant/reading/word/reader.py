"""Word (``.docx``, ``.docm``): headings, lists, tables, notes and text boxes, as accepted and visible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.errors import DocumentError
from assistant.reading.builder import DocumentBuilder, normalise
from assistant.reading.lists import introduces_list, strip_bullet, without_marks
from assistant.reading.word.package import Element, W, WordPackage, is_number, open_package
from assistant.reading.word.styles import StyleSheet, is_on, load_styles, value
from assistant.reading.word.text import ParagraphReader
from assistant.records import BlockKind, Document

_CELL = " | "
_LONGEST_HEADING = 250
"""Characters; numbered paragraphs are often set in heading styles, and are no headings."""
_WRAPPERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_MOST_COLUMNS = 100


def read_word(data: bytes) -> Document:
    """The words of a Word file in reading order, changes accepted, hidden text left out; no pages.

    Raises:
        DocumentError: it is damaged, has a password, would unpack to too much, or holds no words.
    """
    package = open_package(data)
    styles = load_styles(package.styles)
    reader = ParagraphReader(package, styles)
    walker = _Walker(DocumentBuilder(), reader, styles)
    walker.walk(package.document.find(f"{W}body"))
    builder = walker.builder
    builder.title = walker.title or _property_title(package) or walker.first_heading
    for footnote in reader.footnotes.values():
        builder.add_footnote(footnote)
    if reader.has_changes:
        builder.report("It holds tracked changes: insertions were read as accepted, deletions left out.")
    if reader.hidden_words:
        builder.report(f"Words that the file hides from its readers were left out ({reader.hidden_words}).")
    if reader.lost_notes:
        builder.report(f"Notes are called that the file does not hold ({reader.lost_notes}).")
    if not builder.length:
        raise DocumentError("The Word file holds no words; it may be a scan. Make a PDF with a text layer (OCR) of it.")
    return builder.build()


@dataclass
class _Walker:
    """Adds one block after the other, and remembers what leads a list in."""

    builder: DocumentBuilder
    reader: ParagraphReader
    styles: StyleSheet
    title: str | None = None
    first_heading: str | None = None
    carried: str = ""
    """Words of a paragraph whose end was deleted: they run on into the next."""
    previous: tuple[int, BlockKind, str] | None = None
    items: dict[int, int] = field(default_factory=dict)
    """The list that is open: its last item at each level; the lead-in at level 0."""

    def walk(self, container: Element) -> None:
        """Add the blocks of a body, a cell or a text box."""
        for element in _blocks(container):
            if element.tag == f"{W}tbl":
                self._table(element)
            else:
                self._paragraph(element)

    def _paragraph(self, paragraph: Element) -> None:
        if self.styles.is_contents(paragraph):
            return
        text, boxes = self.reader.read(paragraph)
        text = self.carried + text
        self.carried = ""
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            self.carried = text
        else:
            self._add_paragraph(paragraph, text)
        for box in boxes:
            self.walk(box)

    def _add_paragraph(self, paragraph: Element, text: str) -> None:
        plain = normalise(without_marks(text))
        heading = self.styles.heading_level(paragraph)
        item, is_bullet = strip_bullet(text)
        if heading and len(plain) <= _LONGEST_HEADING:
            self._add("heading", text, level=heading)
            self.first_heading = self.first_heading or plain or None
            if self.styles.is_title(paragraph):
                self.title = self.title or plain or None
        elif self.styles.is_caption(paragraph):
            self._add("caption", text)
        elif level := self.styles.list_level(paragraph) or int(is_bullet):
            self._add_item(item, level)
        else:
            self._add("quotation" if self.styles.is_quotation(paragraph) else "paragraph", text)

    def _add_item(self, text: str, level: int) -> None:
        before = self.previous
        if not self.items and before and before[1] in ("paragraph", "quotation") and introduces_list(before[2]):
            self.items[0] = before[0]
        lead = next((self.items[above] for above in range(level - 1, -1, -1) if above in self.items), None)
        index = self.builder.add("list-item", text, level=level, lead=lead)
        if index is not None:
            self.items = {above: item for above, item in self.items.items() if above < level} | {level: index}
            self.previous = (index, "list-item", "")

    def _add(self, kind: BlockKind, text: str, *, level: int = 0, lead: int | None = None) -> int | None:
        index = self.builder.add(kind, text, level=level, lead=lead)
        if index is not None:
            self.previous = (index, kind, normalise(without_marks(text)))
            self.items = {}
        return index

    def _table(self, table: Element) -> None:
        rows = list(_rows(table))
        if all(len(list(_cells(row))) <= 1 for row in rows) or self._holds_headings(table):
            for row in rows:  # a box round ordinary paragraphs
                for cell in _cells(row):
                    self.walk(cell)
            return
        grid = self._grid(rows)
        heads = _header_count(table, rows)
        header = None
        if heads:
            columns = range(max(len(row) for row in grid[:heads]))
            names = (" ".join(dict.fromkeys(row[at] for row in grid[:heads] if at < len(row))) for at in columns)
            header = self._add("table-header", _CELL.join(names))
        for cells in grid[heads:]:
            if any(cells):
                self._add("table-row", _CELL.join(cells), lead=header)

    def _holds_headings(self, table: Element) -> bool:
        return any(self.styles.heading_level(paragraph) for paragraph in table.iter(f"{W}p"))

    def _grid(self, rows: list[Element]) -> list[list[str]]:
        """Words of all cells; merged cells stand in every place that they cover, one as wide as its row stands once."""
        grid: list[list[str]] = []
        for row in rows:
            line: list[str] = []
            cells = list(_cells(row))
            for cell in cells:
                goes_on = value(cell, "tcPr/vMerge", "val") != "restart" and cell.find(f"{W}tcPr/{W}vMerge") is not None
                above = grid[-1][len(line)] if goes_on and grid and len(line) < len(grid[-1]) else None
                words = above if above is not None else self._cell_words(cell)
                width = value(cell, "tcPr/gridSpan") or "1"
                line += [words] * (min(int(width), _MOST_COLUMNS) if is_number(width) and len(cells) > 1 else 1)
            grid.append(line[:_MOST_COLUMNS])
        return grid

    def _cell_words(self, cell: Element) -> str:
        """All words of a cell as one line, nested tables included; items of a list are parted by semicolons."""
        line = ""
        for paragraph in cell.iter(f"{W}p"):
            text, _ = self.reader.read(paragraph)
            if text.strip():
                separator = "; " if line and self.styles.list_level(paragraph) else " "
                line = f"{line}{separator}{text.strip()}" if line else text.strip()
        return line


def _blocks(container: Element) -> Iterator[Element]:
    """Paragraphs and tables of a container in order, those in content controls included, without tables of contents."""
    for element in container:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in _WRAPPERS and not _is_contents_control(element):
            yield from _blocks(element)


def _is_contents_control(element: Element) -> bool:
    return value(element, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"


def _rows(container: Element) -> Iterator[Element]:
    for element in container:
        if element.tag == f"{W}tr":
            properties = element.find(f"{W}trPr")
            if properties is None or (properties.find(f"{W}del") is None and not is_on(properties, "hidden")):
                yield element
        elif element.tag in _WRAPPERS:
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element]:
    for element in row:
        if element.tag == f"{W}tc":
            yield element
        elif element.tag in _WRAPPERS:
            yield from _cells(element)


def _header_count(table: Element, rows: list[Element]) -> int:
    """How many rows at the top are headers: those that repeat on each page, else a first row that is set as one."""
    count = 0
    for row in rows:
        if not is_on(row.find(f"{W}trPr"), "tblHeader"):
            break
        count += 1
    if count == 0:
        look = table.find(f"{W}tblPr/{W}tblLook")
        bits = value(look) or "0"
        is_set = value(look, name="firstRow") in ("1", "true", "on") or (
            bool(re.fullmatch("[0-9A-Fa-f]{1,4}", bits)) and bool(int(bits, 16) & 0x20)
        )
        count = int(is_set)
    return count if count < len(rows) else 0


def _property_title(package: WordPackage) -> str | None:
    if package.properties is None:
        return None
    return normalise(package.properties.findtext("{http://purl.org/dc/elements/1.1/}title") or "") or None
