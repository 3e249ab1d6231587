"""HTML: GOV.UK publications and ordinary pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from assistant.errors import DocumentError
from assistant.reading.builder import DocumentBuilder, mark, normalise, strip_reserved
from assistant.reading.detection import decode_text
from assistant.reading.html.content import (
    content_roots,
    drop_furniture,
    page_title,
    parse_page,
    take_notices,
)
from assistant.reading.html.hiding import drop_hidden
from assistant.reading.html.notes import Notes, lift_notes
from assistant.reading.html.styles import Element
from assistant.reading.html.tables import is_data_table, table_grid
from assistant.reading.lists import introduces_list, strip_bullet, without_marks
from assistant.records import BlockKind, Document

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_-]{2,20})|<\?xml[^>]{0,100}?encoding=[\"']([a-z0-9_-]{2,20})",
    re.I,
)
# Python knows encodings that are no character sets (rot13, punycode, unicode_escape): a page must not choose one.
_KNOWN_CHARSET = re.compile(
    r"utf-?8|iso-?8859-?\d{1,2}|windows-?125\d|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(?:jp|kr)|shift_jis|macintosh"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_BREAK = "\v"
"""Stands for a line break among the words; no page text keeps this control character."""
_CELL = " | "
_LONGEST_NOTICE = 300
_LISTS = frozenset({"ul", "ol", "menu"})
_FRAMES: dict[str, BlockKind] = {
    "li": "list-item",
    "dt": "paragraph",
    "dd": "list-item",
    "blockquote": "quotation",
    "figcaption": "caption",
    "caption": "caption",
}


def read_html(data: bytes) -> Document:
    """The words of a page in reading order, without what serves the site or is hidden; no pages.

    Raises:
        DocumentError: it holds no markup or no words, or it cannot be read as a whole.
    """
    page = parse_page(strip_reserved(decode_text(data, _declared_charset(data))))
    hidden = drop_hidden(page)
    notes = lift_notes(page)
    notices = take_notices(page)  # before the content is looked for: they are set in govspeak, too
    roots = content_roots(page)
    title = page_title(page)
    builder = DocumentBuilder(title=normalise(title) if title else None)
    walker = _Walker(builder, notes)
    # GOV.UK puts the title above the publication's own element.
    if title and page.find(".//h1") is not None and not any(root.find(".//h1") is not None for root in roots):
        builder.add("heading", title, level=1)
    for root in roots:
        drop_furniture(root)
        walker.walk(root)
    for footnote in notes.footnotes.values():
        builder.add_footnote(footnote)
    for notice in notices:
        builder.report(f"The page carries a notice: {normalise(notice)[:_LONGEST_NOTICE]}")
    if hidden:
        builder.report(f"Words that the page hides from its readers were left out ({hidden}).")
    if notes.lost:
        builder.report(f"Notes are called that the page does not hold: {', '.join(notes.lost)}.")
    if not builder.length:
        raise DocumentError("The page holds no words; a script may write them. Save it as PDF from a browser.")
    return builder.build()


def _declared_charset(data: bytes) -> str | None:
    """The character set that the page names in its first 4 KiB, if it is one; None leaves it to `decode_text`."""
    if found := _CHARSET.search(data[:4096]):
        name = (found.group(1) or found.group(2)).decode("ascii").lower()
        if name in ("iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"):
            return "cp1252"  # as every browser does
        if _KNOWN_CHARSET.fullmatch(name):
            return name.replace("macintosh", "mac-roman")
    return None


@dataclass
class _List:
    """An open list: what led it in, and its last item so far."""

    lead: int | None
    item: int | None = None


@dataclass
class _Frame:
    """The nearest open element that says what kind of block its words are."""

    element: Element
    kind: BlockKind
    level: int = 0
    anchor: str | None = None


@dataclass
class _Walker:
    """Goes through a tree once, without recursion, gathering words until a block begins or ends."""

    builder: DocumentBuilder
    notes: Notes
    words: list[str] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    typed_list: _List | None = None
    """The list that typed bullets make, while its items follow each other."""
    term: int | None = None
    """The last term of a description list."""
    previous: tuple[int, BlockKind, str] | None = None
    """The last block added: index, kind and words."""

    def walk(self, root: Element) -> None:
        """Add the blocks of a tree."""
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            if event == "start":
                if self._open(element):
                    self._say(element.text)
                else:
                    events.skip_subtree()
            else:
                self._close(element)
                if element is not root:
                    self._say(element.tail)
        self._flush()

    def _say(self, text: str | None) -> None:
        if text:
            self.words.append(self.notes.mark_in_text(text, self._before()))

    def _before(self) -> str:
        return self.words[-1] if self.words else ""

    def _open(self, element: Element) -> bool:
        """Take note of an element that begins; False when its inside is dealt with."""
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        if tag in _HEADINGS or (element.get("role") == "heading" and tag not in _LISTS):
            level = element.get("aria-level", "2")
            level = _HEADINGS.get(tag) or (int(level) if re.fullmatch("[1-6]", level) else 2)
            self.frames.append(_Frame(element, "heading", level, _anchor(element)))
        elif tag in _LISTS:
            self.lists.append(_List(self._lead_in()))
        elif tag in _FRAMES:
            self.frames.append(_Frame(element, _FRAMES[tag]))
        elif tag == "table" and is_data_table(element):
            self._table(element)
            return False
        else:
            return self._open_inline(element)
        return True

    def _open_inline(self, element: Element) -> bool:
        if element in self.notes.calls:
            self.words.append(self._call(self.notes.calls[element]))
            return False
        if element.tag == "sup":
            return self._superscript(element)
        if element.tag == "br":
            self._line_break()
        elif element.tag == "q":
            self.words.append("“")
        return True

    def _close(self, element: Element) -> None:
        if element.tag in _BLOCKS:
            self._flush()
        self._close_inline(element)
        if self.frames and self.frames[-1].element is element:
            self.frames.pop()
        if element.tag in _LISTS:
            self.lists.pop()

    def _close_inline(self, element: Element) -> None:
        if element.tag == "q":
            self.words.append("”")

    def _call(self, number: str) -> str:
        return mark(number) if number in self.notes.footnotes else ""

    def _superscript(self, element: Element) -> bool:
        """Add what stands in a ``<sup>``; True leaves it to the walk, which finds the links that call notes."""
        if any(inner in self.notes.calls for inner in element.iter("a")):
            return True
        numbers = re.split(r"\s*,\s*", element.text_content().strip())
        before = self._before()
        self.words.extend(self.notes.superscript(number, before) for number in numbers)
        return False

    def _line_break(self) -> None:
        # Two in a row part paragraphs on older pages.
        if "".join(self.words[-2:]).rstrip(" \t\r\n\xa0").endswith(_BREAK):
            self._flush()
        self.words.append(_BREAK)

    def _lead_in(self) -> int | None:
        """The block that introduces a list which begins here."""
        if self.lists and self.frames and self.frames[-1].kind == "list-item":
            return self.lists[-1].item
        if self.previous and self.previous[1] in ("paragraph", "quotation") and introduces_list(self.previous[2]):
            return self.previous[0]
        return None

    def _flush(self) -> None:
        """Add the words gathered so far as one block of the kind that the open elements make it."""
        text = " ".join("".join(self.words).split())
        self.words.clear()
        if not text:
            return
        frame = self.frames[-1] if self.frames else None
        if frame and frame.kind == "heading":
            self._add("heading", text, level=frame.level, anchor=frame.anchor)
        elif frame and frame.kind == "list-item":
            self._add_item(frame, text)
        elif frame and frame.kind != "paragraph":
            self._add(frame.kind, text)
        else:
            self._add_paragraph(frame, text)

    def _add_item(self, frame: _Frame, text: str) -> None:
        if frame.element.tag == "dd":
            self._add("list-item", text, level=len(self.lists) + 1, lead=self.term)
        else:
            lead = self.lists[-1].lead if self.lists else None
            index = self._add("list-item", text, level=max(len(self.lists), 1), lead=lead)
            if self.lists and index is not None:
                self.lists[-1].item = index

    def _add_paragraph(self, frame: _Frame | None, text: str) -> None:
        item, is_bullet = strip_bullet(text)
        if is_bullet and frame is None:
            self.typed_list = self.typed_list or _List(self._lead_in())
            self._add("list-item", item, level=1, lead=self.typed_list.lead)
            return
        index = self._add("paragraph", text)
        if frame:
            self.term = index

    def _add(
        self, kind: BlockKind, text: str, *, level: int = 0, lead: int | None = None, anchor: str | None = None
    ) -> int | None:
        index = self.builder.add(kind, text, level=level, lead=lead, anchor=anchor)
        if index is not None:
            self.previous = (index, kind, normalise(without_marks(text)))
            if kind != "list-item":
                self.typed_list = None
        return index

    def _table(self, table: Element) -> None:
        heads, rows = table_grid(table)
        for caption in table.iter("caption"):
            self._add("caption", self._inline(caption))
        header = None
        if heads:
            width = max(map(len, heads))
            columns = ([self._cell(row, column) for row in heads] for column in range(width))
            header = self._add(
                "table-header", _CELL.join(" ".join(dict.fromkeys(column)).strip() for column in columns)
            )
        for row in rows:
            cells = [self._cell(row, column) for column in range(len(row))]
            if any(cells):
                self._add("table-row", _CELL.join(cells), lead=header)

    def _cell(self, row: list[Element | None], column: int) -> str:
        cell = row[column] if column < len(row) else None
        return "" if cell is None else self._inline(cell)

    def _inline(self, element: Element) -> str:
        """All words of an element as one line; items of a list are parted by semicolons."""
        kept, self.words = self.words, []
        events = etree.iterwalk(element, events=("start", "end"))
        for event, inner in events:
            if inner.tag in _BLOCKS:
                is_next_item = event == "start" and inner.tag == "li" and inner.getprevious() is not None
                self.words.append("; " if is_next_item else " ")
            if event == "end":
                self._close_inline(inner)
            elif not self._open_inline(inner):
                events.skip_subtree()
                continue
            text = inner.text if event == "start" else inner.tail
            if event == "start" or inner is not element:
                self._say(text)
        line, self.words = "".join(self.words), kept
        return re.sub(r"\s+;", ";", " ".join(line.split()))


def _anchor(heading: Element) -> str | None:
    """The identifier of a heading: its own, that of an anchor in it, or that of the section which it opens."""
    parent = heading.getparent()
    opens = parent is not None and parent.tag in ("section", "div") and heading.getprevious() is None
    inner = (value for link in heading.iter("a", "span") for value in (link.get("id"), link.get("name")))
    candidates = (heading.get("id"), *inner, parent.get("id") if opens else None)
    return next((normalise(value) for value in candidates if value and normalise(value)), None)
