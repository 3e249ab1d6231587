"""A document's text as the reader shows it: parts of about the same length, each with its sections, pages and notes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assistant.records import Block, Document, Footnote, Page, Span
from assistant.text.chunking import CELL_END
from assistant.text.printable import printed_label

PART_CHARACTERS = 40_000
"""A part ends with the block that reaches this length, so that a long document begins to show at once."""
NO_SPAN = Span(0, 0)
_TABLE = ("table-header", "table-row")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a block, with what is shown beside them."""

    words: str
    is_quoted: bool
    page: str
    """Name of the page that begins with them; empty if none does."""
    notes: tuple[str, ...]
    """Numbers of the notes called after them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A heading, paragraph, list or table."""

    kind: str
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    """Of a table: rows of cells. Otherwise each row has one cell, and only a list has several rows."""
    levels: tuple[int, ...] = ()
    """Of a heading, and of each row of a list: how deep it is, from 1."""
    id: str = ""
    """Of a heading: where the outline leads."""
    has_header: bool = False
    """Of a table: whether its first row names the columns."""
    notes: tuple[Footnote, ...] = ()
    """Of kind ``notes``: what the section calls."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline."""

    id: str
    words: str
    level: int
    """From 1, without gaps at the top."""


class ReadableText:
    """A document cut into parts."""

    def __init__(self, document: Document) -> None:
        self._document = document
        blocks = document.blocks
        headings = [number for number, block in enumerate(blocks) if block.kind == "heading"]
        tops = [number for number in headings if blocks[number].level == 1]
        # The reader shows the document's title above its text.
        self._titled = tops == [0] and len(headings) > 1
        shown = headings[self._titled :]
        self._top = min((blocks[number].level for number in shown), default=1)
        self.outline = [
            Heading(f"section-{number}", document.text[block.start : block.end], self._level(block))
            for number, block in ((number, blocks[number]) for number in shown)
        ]
        self.parts = list(_parts(blocks, int(self._titled)))
        """The blocks of each part."""

    def part_at(self, position: int) -> int:
        """Return the number of the part that holds a character of the text."""
        starts = [self._document.blocks[part.start].start for part in self.parts]
        return max(0, bisect_right(starts, position) - 1)

    def items(self, part: int, quoted: Span = NO_SPAN) -> list[Item]:
        """Return what a part shows, with the words in ``quoted`` marked; each section ends with its notes."""
        blocks = self._document.blocks
        items: list[Item] = []
        section: list[Block] = []
        numbers = self.parts[part]
        for (kind, _), group in groupby(numbers, lambda number: group_of(blocks[number], number)):
            own = list(group)
            if kind == "heading":
                items += self._notes(section)
                section = []
            section += [blocks[number] for number in own]
            items.append(self._item(kind, own, quoted))
        return items + self._notes(section)

    def _item(self, kind: str, numbers: list[int], quoted: Span) -> Item:
        blocks = self._document.blocks
        first = blocks[numbers[0]]
        if kind == "heading":
            return Item(
                kind, (_row(self._document, numbers[0], quoted),), (self._level(first),), f"section-{numbers[0]}"
            )
        if kind == "table":
            return table_of(self._document, numbers, quoted)
        rows = tuple(_row(self._document, number, quoted) for number in numbers)
        return Item(kind, rows, tuple(blocks[number].level for number in numbers))

    def _notes(self, section: list[Block]) -> list[Item]:
        """Return the notes that a section calls, as an item if there are any."""
        if not section:
            return []
        called = self._document.notes_in(Span(section[0].start, section[-1].end))
        known = {note.number: note for note in self._document.footnotes} if called else {}
        notes = tuple(known[number] for number in called if number in known)
        return [Item("notes", (), notes=notes)] if notes else []

    def _level(self, block: Block) -> int:
        return block.level - self._top + 1


def _parts(blocks: tuple[Block, ...], first: int) -> Iterator[range]:
    for number in range(first, len(blocks)):
        if blocks[number].end - blocks[first].start >= PART_CHARACTERS:
            yield range(first, number + 1)
            first = number + 1
    if first < len(blocks):
        yield range(first, len(blocks))


def group_of(block: Block, number: int) -> tuple[str, int]:
    """Return what is drawn together: items of a list, rows under one header; anything else alone."""
    if block.kind == "list-item":
        return "list", 0
    if block.kind in _TABLE:
        header = number if block.kind == "table-header" else block.lead
        return "table", -1 if header is None else header
    return block.kind, number


def table_of(document: Document, numbers: Sequence[int], quoted: Span = NO_SPAN) -> Item:
    """Return rows of one table, by the numbers of their blocks, under its column names, with ``quoted`` marked."""
    first = document.blocks[numbers[0]]
    named = [] if first.kind == "table-header" or first.lead is None else [first.lead]
    rows = tuple(_row(document, number, quoted) for number in (*named, *numbers))
    return Item("table", rows, has_header=bool(named) or first.kind == "table-header")


def _row(document: Document, number: int, quoted: Span) -> tuple[tuple[Run, ...], ...]:
    """Return the cells of a block; what is no table has one."""
    block = document.blocks[number]
    before = document.blocks[number - 1].end if number else 0
    first, last = (bisect_left(document.pages, place, key=lambda page: page.start) for place in (before, block.end))
    pages = document.pages[first:last] if block.end > before else ()
    cells, start = [], block.start
    texts = document.text[block.start : block.end].split(CELL_END) if block.kind in _TABLE else None
    for words in texts or [document.text[block.start : block.end]]:
        end = start + len(words)
        here = [page for page in pages if page.start < end or end == block.end]
        pages = pages[len(here) :]
        cells.append(tuple(_runs(document, Span(start, end), quoted, here)))
        start = end + len(CELL_END)
    return tuple(cells)


def _runs(document: Document, span: Span, quoted: Span, pages: Iterable[Page]) -> Iterator[Run]:
    begins = {max(page.start, span.start): _page_name(page) for page in pages}
    first, last = (bisect_right(document.marks, place, key=lambda mark: mark.position) for place in span)
    called: dict[int, tuple[str, ...]] = {}
    for mark in document.marks[first:last]:
        called[mark.position] = (*called.get(mark.position, ()), mark.number)
    cuts = sorted({*span, *begins, *called, *(max(span.start, min(place, span.end)) for place in quoted)})
    for start, end in pairwise(cuts):
        is_quoted = quoted.start <= start < quoted.end
        yield Run(document.text[start:end], is_quoted, begins.get(start, ""), called.get(end, ()))


def _page_name(page: Page) -> str:
    return f"page {printed_label(page.label) or page.number}"
