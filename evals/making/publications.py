"""Sets a document as its publisher might have printed it: cover, contents, running heads, notes at the foot.

Made for measuring the PDF reader (`evals.metrics.pages`): every page's printed label is known, and the look varies as
real publications do.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]  # as all of reportlab
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from assistant.records import BlockKind, Document, Source


@dataclass(frozen=True, slots=True)
class Style:
    """How a publication looks."""

    regular: str
    bold: str
    numbers: Literal["foot-centre", "foot-outer", "head-outer"]
    """Where the page number stands; outer is left on even pages and right on odd ones."""
    labels_in_file: bool
    """The file names its pages (/PageLabels), also those on which nothing is printed."""
    columns: int = 1
    justified: bool = False
    """Both edges straight, words hyphenated."""
    openers: bool = False
    """Chapters begin on a new page, which has no running head and its number at the foot."""
    outline: bool = True
    """The file has bookmarks."""
    grid: bool = True
    """Tables with all rules; otherwise with rules between rows alone."""
    ligatures: bool = False
    """The letters fi and fl set as one; the standard fonts of PDF have no such letters."""
    size: float = 10.5
    notes: Literal["foot", "end", "chapters"] = "foot"
    """At the foot of the page, or behind the body in a chapter of their own, numbered anew for each chapter or not."""
    symbols: bool = False
    """Notes are called by asterisks and daggers, not by numbers."""
    cut_columns: bool = True
    """A box across the columns ends the columns above it; otherwise each column runs on below it."""


STYLES = (
    Style("Helvetica", "Helvetica-Bold", "foot-outer", labels_in_file=True, openers=True),
    Style("Times-Roman", "Times-Bold", "head-outer", labels_in_file=False, justified=True, openers=True, size=11.0),
    Style("Helvetica", "Helvetica-Bold", "foot-centre", labels_in_file=False, columns=2, justified=True, size=9.0),
    Style("Vera", "VeraBd", "foot-centre", labels_in_file=True, outline=False, grid=False, ligatures=True, size=9.5),
    Style("Times-Roman", "Times-Bold", "foot-outer", labels_in_file=False, outline=False, grid=False, size=11.0),
)
"""One for each summary, in the order of the catalogue."""

_WIDTH: float = A4[0]
_HEIGHT: float = A4[1]
_SIDE, _TOP_EDGE, _FOOT_EDGE, _GUTTER = 68.0, _HEIGHT - 82.0, 78.0, 22.0
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_BLACK, _WHITE, _INK, _SHADE = map(HexColor, ("#000000", "#ffffff", "#1d3d5c", "#e6ecf2"))
_PAD = 4.0
"""Space inside a table's cells."""
_SYMBOLS = "*\u2020\u2021"
_NUMBERED = re.compile(r"\d{1,2}[.)]")
_SYLLABLES = re.compile(
    r"(?<=[aeiou][b-df-hj-np-tv-z])(?=(?!h)[b-df-hj-np-tv-z][aeiou])|(?=(?:ment|tion|ness|ship)s?\b)"
)


class Inset(NamedTuple):
    """Blocks of a document that are set apart from the running text, from ``first`` to ``last``."""

    first: int
    last: int
    kind: Literal["box", "pull"]
    """A box, across the columns if there are two, or words pulled out of the text, amid the paragraph behind them."""


def publish(document: Document, source: Source, style: Style, path: Path) -> None:
    """Write a document as a publication; its labels beside it.

    The JSON file holds under ``labels`` what each page bears: as named in the file, or else as printed; None where
    neither.
    """
    data, labels = set_in_pages(document, source, style)
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps({"labels": labels}, indent=2) + "\n", encoding="utf-8")


def set_in_pages(
    document: Document, source: Source, style: Style, insets: Sequence[Inset] = ()
) -> tuple[bytes, list[str | None]]:
    """Return a document as a PDF (cover, imprint, contents, then the body from page 1) and the label of each page."""
    for font in (style.regular, style.bold):
        if font.startswith("Vera"):
            registerFont(TTFont(font, f"{font}.ttf"))
    draft = _Setter(document, source, style, insets)
    draft.set_body()
    setter = _Setter(document, source, style, insets)
    setter.set_cover()
    setter.set_imprint()
    setter.set_contents(draft.entries)
    setter.name_pages()
    setter.set_body()
    return setter.finished(), setter.labels


class _Word(NamedTuple):
    text: str
    calls: str = ""
    """Numbers of the notes called behind it, as they are set."""


class _Entry(NamedTuple):
    level: int
    title: str
    label: str


@dataclass
class _Line:
    words: list[_Word] = field(default_factory=list)
    width: float = 0.0

    @property
    def calls(self) -> list[str]:
        return [number for word in self.words for number in word.calls.split(",") if number]


@dataclass(frozen=True, slots=True)
class _Face:
    """A font in a size."""

    font: str
    size: float
    leading: float

    def width(self, word: _Word) -> float:
        called = stringWidth(word.calls, self.font, self.size * _RAISED) if word.calls else 0.0
        return float(stringWidth(word.text, self.font, self.size)) + called

    @property
    def space(self) -> float:
        return float(stringWidth(" ", self.font, self.size))


_RAISED = 0.6
"""Size of a note's number against that of its text."""


class _Setter:
    """Fills pages line by line; the notes that a line calls must fit at the foot of its column."""

    def __init__(self, document: Document, source: Source, style: Style, insets: Sequence[Inset] = ()) -> None:
        self.document, self.source, self.style = document, source, style
        self.insets = {inset.first: inset for inset in insets}
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(source.title)
        self.canvas.setAuthor(source.publisher)
        self.body = _Face(style.regular, style.size, style.size * 1.36)
        self.small = _Face(style.regular, style.size * 0.74, style.size * 0.92)
        self.cells = _Face(style.regular, style.size * 0.86, style.size * 1.06)
        self.width = (_WIDTH - 2 * _SIDE - _GUTTER * (style.columns - 1)) / style.columns
        self.labels: list[str | None] = []
        self.entries: list[_Entry] = []
        self.section = ""
        self.page = 1
        self.y = self.top = _TOP_EDGE
        self.bottom = 0.0
        """Where a region above a box ends; 0 at the foot of the page."""
        self.column = 0
        self.is_opener = style.openers
        self.notes: dict[str, list[_Line]] = {}
        self.ends: list[tuple[str, str]] = []
        """Notes that stand behind the body: number and words."""
        self.boxes: list[list[_Piece]] = []
        """Boxes that wait for the next page."""
        self.pulled: _Piece | None = None
        """Words that wait for the next long paragraph."""
        self.feet: list[list[list[_Line]]] = [[] for _ in range(style.columns)]
        self._open_page()

    def finished(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()

    # Front pages.

    def set_cover(self) -> None:
        self.canvas.setFillColor(_INK)
        self.canvas.rect(0, _HEIGHT * 0.42, _WIDTH, _HEIGHT * 0.58, stroke=0, fill=1)
        self.canvas.setFillColor(_WHITE)
        title, _, rest = self.source.title.partition(": ")
        y = self._block(title, _Face(self.style.bold, 30, 36), _HEIGHT * 0.72)
        self._block(rest[:1].upper() + rest[1:], _Face(self.style.regular, 15, 20), y - 8)
        self.canvas.setFillColor(_INK)
        y = self._block(self.source.publisher, _Face(self.style.bold, 13, 17), _HEIGHT * 0.3)
        self._block(self.source.published, _Face(self.style.regular, 11, 15), y - 4)
        self._end_front_page(printed=False)

    def set_imprint(self) -> None:
        y = self._block(self.source.title, _Face(self.style.bold, 9, 12), 210)
        for words in (
            f"{self.source.publisher}, {self.source.published}",
            "This is a digest in our own words, set in pages to test citations. The original document governs.",
            self.source.credit,
        ):
            y = self._block(words, _Face(self.style.regular, 9, 12), y - 6)
        self._end_front_page(printed=False)

    def set_contents(self, entries: Sequence[_Entry]) -> None:
        """Titles with dots to their page numbers."""
        y = self._block("Contents", _Face(self.style.bold, 22, 28), _TOP_EDGE - 10) - 14
        for entry in entries:
            face = _Face(self.style.bold if entry.level == 2 else self.style.regular, 10, 13.5)
            indent = 0.0 if entry.level == 2 else 16.0
            lines = _fill(_plain_words(entry.title), face, _WIDTH - 2 * _SIDE - indent - 60)
            if y - len(lines) * face.leading < _FOOT_EDGE:
                self._end_front_page(printed=True)
                y = _TOP_EDGE
            y -= 5 if entry.level == 2 else 0
            for line in lines:
                y -= face.leading
                self._line(line, _SIDE + indent, y, face)
            right = _WIDTH - _SIDE
            self.canvas.setFont(face.font, face.size)
            start = _SIDE + indent + lines[-1].width + 6
            dots = int((right - 20 - start) / stringWidth(" .", face.font, face.size))
            self.canvas.drawRightString(right - 18, y, " ." * dots)
            self.canvas.drawRightString(right, y, entry.label)
        self._end_front_page(printed=True)

    def name_pages(self) -> None:
        """Label the pages in the file where the style says so; called between the front pages and the body."""
        if self.style.labels_in_file:
            self.labels = list(_ROMAN[: len(self.labels)])
            self.canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
            self.canvas.addPageLabel(len(self.labels), style="ARABIC", start=1)

    def _end_front_page(self, *, printed: bool) -> None:
        label = _ROMAN[len(self.labels)]
        if printed:
            self._number(label, is_odd=len(self.labels) % 2 == 0, at_foot=True)
        self.labels.append(label if printed else None)
        self.canvas.showPage()

    def _block(self, words: str, face: _Face, y: float) -> float:
        """Words across the page from ``y`` down; returns where they end."""
        for line in _fill(_plain_words(words), face, _WIDTH - 2 * _SIDE) if words else []:
            y -= face.leading
            self._line(line, _SIDE, y, face)
        return y

    # The body.

    def set_body(self) -> None:
        pieces = _pieces(self.document, self._keep_note, self.style)
        header: _Piece | None = None
        widths: list[float] = []
        last = ""
        inset_to = -1
        for n, piece in enumerate(pieces):
            if piece.index <= inset_to:
                continue
            if inset := self.insets.get(piece.index):
                inset_to = inset.last
                self._inset(inset, [item for item in pieces if inset.first <= item.index <= inset.last])
            elif piece.kind == "heading":
                self._heading(piece)
            elif piece.is_row:
                if piece.kind == "table-header" or not last.startswith("table"):
                    header = piece if piece.kind == "table-header" else None
                    rows = list(itertools.takewhile(lambda item: item.is_row, pieces[n + 1 :]))
                    widths = self._cell_widths([piece, *rows])
                    self.y -= 8.0
                self._row(piece, widths, header)
            else:
                self.y -= _space_above(last, piece.kind)
                self._text(piece)
            last = piece.kind
        if self.ends:
            self._end_notes()
        self._end_page()

    def _end_notes(self) -> None:
        self._heading(_Piece("heading", 2, (_plain_words("Endnotes"),)))
        chapters = [block for block in self.document.blocks if block.kind == "heading" and block.level == 2]
        started = 0
        for number, text in self.ends:
            if self.style.notes == "chapters" and number == "1":
                words = self.document.text[chapters[started].start : chapters[started].end]
                self._heading(_Piece("heading", 3, (_plain_words(words),)))
                started += 1
            self.y -= 3.0
            scale = 1.0 if self.style.columns == 1 else 0.85
            face = replace(self.body, size=self.body.size * scale, leading=self.body.leading * scale)
            lines = _fill(_plain_words(text), face, self.width - 20.0, hyphenated=self.style.justified)
            self._lines(lines, face, 20.0, number)

    def _inset(self, inset: Inset, pieces: list[_Piece]) -> None:
        if inset.kind == "pull":
            (self.pulled,) = pieces
        elif self.style.columns > 1:
            self.boxes.append(pieces)
        else:
            height = self._box_height(pieces, self.width)
            if self.y - height - 20.0 < self._bottom([]):
                self._end_page()
            self._box(pieces, self._left, self.y - 12.0, self.width, height)
            self.y -= height + 16.0

    def _box_lines(self, piece: _Piece, width: float) -> tuple[_Face, list[_Line], float]:
        is_title = piece.kind == "heading"
        face = replace(self.body, font=self.style.bold if is_title else self.style.regular)
        indent = 14.0 if piece.kind == "list-item" else 0.0
        return face, _fill(piece.cells[0], face, width - 24.0 - indent), indent

    def _box_height(self, pieces: Sequence[_Piece], width: float) -> float:
        sizes = ((face, lines) for face, lines, _ in (self._box_lines(piece, width) for piece in pieces))
        return sum(face.leading * len(lines) + 5.0 for face, lines in sizes) + 20.0

    def _box(self, pieces: Sequence[_Piece], left: float, top: float, width: float, height: float) -> None:
        self.canvas.setFillColor(_SHADE)
        self.canvas.rect(left, top - height, width, height, stroke=1, fill=1)
        self.canvas.setFillColor(_BLACK)
        y = top - 8.0
        for piece in pieces:
            face, lines, indent = self._box_lines(piece, width)
            for n, line in enumerate(lines):
                y -= face.leading
                if indent and n == 0:
                    self.canvas.setFont(face.font, face.size)
                    self.canvas.drawString(left + 13.0, y, "\u2022")
                self._line(line, left + 12.0 + indent, y, face)
            y -= 5.0

    def _pull(self, piece: _Piece) -> None:
        """Large words between two rules, in the column."""
        face = _Face(self.style.bold, self.style.size * 1.5, self.style.size * 1.9)
        lines = _fill(piece.cells[0], face, self.width)
        self.y -= 10.0
        self.canvas.setFillColor(_INK)
        self.canvas.line(self._left, self.y, self._left + self.width, self.y)
        for line in lines:
            self.y -= face.leading
            self._line(line, self._left, self.y, face)
        self.y -= 10.0
        self.canvas.line(self._left, self.y, self._left + self.width, self.y)
        self.canvas.setFillColor(_BLACK)
        self.y -= 6.0

    def _figure(self) -> None:
        """Bars over the years, with figures beside them."""
        height, step = 90.0, self.width / 5
        if self.y - height - 60.0 < self._bottom([]):
            self._next_column()
        base = self.y - height
        self.canvas.setFont(self.style.regular, self.style.size * 0.72)
        for n in range(4):
            left = self._left + 24.0 + n * step
            self.canvas.rect(left, base, step * 0.6, 18.0 * (n + 1), stroke=0, fill=1)
            self.canvas.drawString(left, base - 9.0, str(2021 + n))
            self.canvas.drawRightString(self._left + 16.0, base + 18.0 * n, f"{10 * n}%")
        self.y = base - 12.0

    def _keep_note(self, number: str, text: str) -> None:
        if self.style.notes != "foot":
            self.ends.append((number, text))
            return
        words = [_Word("", number), *_plain_words(text)]
        self.notes[number] = _fill(words, self.small, self.width, hyphenated=self.style.justified)

    def _heading(self, piece: _Piece) -> None:
        title = " ".join(word.text for word in piece.cells[0])
        is_chapter = piece.level <= 2
        if is_chapter and self.style.openers and (self.y < _TOP_EDGE or self.column):
            self._end_page()
            self.is_opener = True
        factor = 1.2 if not is_chapter else 2.2 if self.style.openers else 1.6
        face = _Face(self.style.bold, self.style.size * factor, self.style.size * factor * 1.2)
        lines = _fill(piece.cells[0], face, self.width)
        # A heading stays with the first lines of its text.
        if self.y - 12 - len(lines) * face.leading - 4 * self.body.leading < self._bottom([]):
            self._next_column()
        if self.y < self.top:
            self.y -= 20.0 if is_chapter else 12.0
        if is_chapter:
            self.section = title
        self.entries.append(_Entry(piece.level, title, str(self.page)))
        if self.style.outline:
            key = f"section-{len(self.entries)}"
            self.canvas.bookmarkHorizontal(key, 0, self.y)
            self.canvas.addOutlineEntry(title, key, level=0 if is_chapter else 1)
        self.canvas.setFillColor(_INK)
        self._lines(lines, face, 0.0)
        self.canvas.setFillColor(_BLACK)
        self.y -= 18.0 if is_chapter and self.style.openers else 2.0

    def _text(self, piece: _Piece) -> None:
        words, indent, label = piece.cells[0], 0.0, ""
        if piece.kind == "list-item":
            indent, label = 15.0 * max(piece.level, 1), "\u2022"
            if len(words) > 1 and _NUMBERED.fullmatch(words[0].text):
                label, words = words[0].text, words[1:]
                indent += 8.0 * (len(label) - 2)
        elif piece.kind == "quotation":
            indent = 22.0
        is_justified = self.style.justified
        face = self.body
        if piece.kind == "caption":
            is_justified = False
            face = _Face(self.style.bold, self.style.size * 0.9, self.style.size * 1.15)
        elif piece.is_source:
            face = self.small
        lines = _fill(words, face, self.width - indent, hyphenated=is_justified)
        if self.pulled and piece.kind == "paragraph" and len(lines) > 8:
            self._lines(lines[:4], face, indent, label, is_justified=is_justified, is_cut=True)
            if self.y - 8 * self.style.size * 1.9 < self._bottom([]):
                self._next_column()
            self._pull(self.pulled)
            self.pulled, lines = None, lines[4:]
        self._lines(lines, face, indent, label, is_justified=is_justified)
        if piece.kind == "caption" and words[0].text == "Figure":
            self._figure()

    def _lines(
        self,
        lines: Sequence[_Line],
        face: _Face,
        indent: float,
        label: str = "",
        *,
        is_justified: bool = False,
        is_cut: bool = False,
    ) -> None:
        for n, line in enumerate(lines):
            if self.y - face.leading < self._bottom(line.calls):
                self._next_column()
            self._take_notes(line.calls)
            self.y -= face.leading
            if label and n == 0:
                self.canvas.setFont(face.font, face.size)
                width = max(13.0, stringWidth(label, face.font, face.size) + 5.0)
                self.canvas.drawString(self._left + indent - width, self.y, label)
            is_last = n == len(lines) - 1 and not is_cut
            stretch = self.width - indent - line.width if is_justified and not is_last else 0.0
            self._line(line, self._left + indent, self.y, face, stretch)

    def _row(self, piece: _Piece, widths: Sequence[float], header: _Piece | None) -> None:
        face = replace(self.cells, font=self.style.bold) if piece is header else self.cells
        cells = [
            _fill(words, face, width - 2 * _PAD, hyphenated=True)
            for words, width in zip(piece.cells, widths, strict=True)
        ]
        height = max(len(lines) for lines in cells) * face.leading + 2 * _PAD
        calls = [number for lines in cells for line in lines for number in line.calls]
        below = 3 * face.leading if piece is header else 0.0
        if self.y - height - below < self._bottom(calls):
            self._next_column()
            if header is not None and piece is not header:
                again = replace(header, cells=tuple([_Word(word.text) for word in words] for words in header.cells))
                self._row(again, widths, again)
        self._take_notes(calls)
        self._draw_row(cells, widths, height, face, is_header=face.font == self.style.bold)

    def _draw_row(
        self, cells: Sequence[Sequence[_Line]], widths: Sequence[float], height: float, face: _Face, *, is_header: bool
    ) -> None:
        left = self._left
        if is_header:
            self.canvas.setFillColor(_SHADE)
            self.canvas.rect(left, self.y - height, sum(widths), height, stroke=0, fill=1)
            self.canvas.setFillColor(_BLACK)
        self.canvas.setLineWidth(0.5)
        for lines, width in zip(cells, widths, strict=True):
            if self.style.grid:
                self.canvas.rect(left, self.y - height, width, height)
            for n, line in enumerate(lines):
                self._line(line, left + _PAD, self.y - _PAD - face.size - n * face.leading, face)
            left += width
        if not self.style.grid:
            self.canvas.line(self._left, self.y - height, left, self.y - height)
        self.y -= height

    def _cell_widths(self, rows: Sequence[_Piece]) -> list[float]:
        """As wide as the longest word, and what is left by how much stands in the column."""
        face = replace(self.cells, font=self.style.bold)
        least, wanted = [], []
        for column in zip(*(row.cells for row in rows), strict=True):
            least.append(max((face.width(word) for words in column for word in words), default=0.0) + 2 * _PAD + 1)
            wanted.append(sum(len(word.text) for words in column for word in words) ** 0.7)
        scale = min(1.0, self.width / sum(least))
        spare = max(self.width - sum(least), 0.0)
        return [low * scale + spare * share / sum(wanted) for low, share in zip(least, wanted, strict=True)]

    def _line(self, line: _Line, x: float, y: float, face: _Face, stretch: float = 0.0) -> None:
        text = self.canvas.beginText(x, y)
        text.setWordSpace(stretch / max(len(line.words) - 1, 1))
        waiting = ""
        for n, word in enumerate(line.words):
            waiting += (" " if n else "") + word.text
            if word.calls and self.style.symbols:
                waiting += "".join(_SYMBOLS[(int(number) - 1) % len(_SYMBOLS)] for number in word.calls.split(","))
            elif word.calls:
                text.setFont(face.font, face.size)
                text.textOut(waiting)
                text.setFont(face.font, face.size * _RAISED)
                text.setRise(face.size * 0.36)
                text.textOut(word.calls)
                text.setRise(0)
                waiting = ""
        text.setFont(face.font, face.size)
        text.textOut(waiting)
        self.canvas.drawText(text)

    # Columns and pages.

    @property
    def _left(self) -> float:
        return self._left_of(self.column)

    def _left_of(self, column: int) -> float:
        return _SIDE + column * (self.width + _GUTTER)

    def _open_page(self) -> None:
        """Lay out the columns of a page, around a box if one waits."""
        self.regions = [(column, _TOP_EDGE, 0.0) for column in range(self.style.columns)]
        if self.boxes:
            pieces, width = self.boxes.pop(0), _WIDTH - 2 * _SIDE
            height, top = self._box_height(pieces, width), _TOP_EDGE - 0.3 * (_TOP_EDGE - _FOOT_EDGE)
            self._box(pieces, _SIDE, top, width, height)
            columns = range(self.style.columns)
            above = [(column, _TOP_EDGE, top + 14.0) for column in columns]
            below = [(column, top - height - 8.0, 0.0) for column in columns]
            runs_on = [region for both in zip(above, below, strict=True) for region in both]
            self.regions = [*above, *below] if self.style.cut_columns else runs_on
        self._next_region()

    def _next_region(self) -> None:
        self.column, self.y, self.bottom = self.regions.pop(0)
        self.top = self.y

    def _bottom(self, calls: Sequence[str]) -> float:
        """Where the text of the column must end when these notes are called in it as well."""
        if self.bottom:
            return self.bottom
        notes = [*self.feet[self.column], *(self.notes[number] for number in calls if number in self.notes)]
        return _FOOT_EDGE + (sum(map(len, notes)) * self.small.leading + 14.0 if notes else 0.0)

    def _take_notes(self, calls: Sequence[str]) -> None:
        self.feet[self.column] += [self.notes.pop(number) for number in calls if number in self.notes]

    def _next_column(self) -> None:
        if self.regions:
            self._next_region()
        else:
            self._end_page()

    def _end_page(self) -> None:
        for column, notes in enumerate(self.feet):
            self._draw_notes([line for note in notes for line in note], self._left_of(column))
        if not self.is_opener:
            self._head()
        label = str(self.page)
        self._number(label, is_odd=self.page % 2 == 1, at_foot=self.is_opener)
        self.labels.append(label)
        self.canvas.showPage()
        self.page += 1
        self.is_opener = False
        self.feet = [[] for _ in self.feet]
        self._open_page()

    def _draw_notes(self, lines: Sequence[_Line], left: float) -> None:
        y = _FOOT_EDGE + len(lines) * self.small.leading
        if lines:
            self.canvas.setLineWidth(0.5)
            self.canvas.line(left, y + 2, left + 80, y + 2)
        for line in lines:
            y -= self.small.leading
            self._line(line, left, y, self.small)

    def _head(self) -> None:
        """The title on even pages, the chapter on odd ones."""
        self.canvas.setFont(self.style.regular, 8)
        if self.page % 2:
            self.canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 48, self.section)
        else:
            self.canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 48, self.source.title.partition(":")[0])
        self.canvas.setLineWidth(0.4)
        self.canvas.line(_SIDE, _HEIGHT - 54, _WIDTH - _SIDE, _HEIGHT - 54)

    def _number(self, label: str, *, is_odd: bool, at_foot: bool) -> None:
        self.canvas.setFont(self.style.regular, 9)
        y = _HEIGHT - 48 if self.style.numbers == "head-outer" and not at_foot else 42.0
        if self.style.numbers == "foot-centre" or (self.style.numbers == "head-outer" and at_foot):
            self.canvas.drawCentredString(_WIDTH / 2, y, label)
        elif is_odd:
            self.canvas.drawRightString(_WIDTH - _SIDE, y, label)
        else:
            self.canvas.drawString(_SIDE, y, label)


# Words and lines.


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block as it is set; rows have several cells."""

    kind: BlockKind
    level: int
    cells: tuple[list[_Word], ...]
    index: int = -1
    """Of the block."""

    @property
    def is_source(self) -> bool:
        return self.kind == "paragraph" and self.cells[0][0].text == "Source:"

    @property
    def is_row(self) -> bool:
        return self.kind in ("table-header", "table-row")


def _pieces(document: Document, keep_note: Callable[[str, str], None], style: Style) -> list[_Piece]:
    """The blocks below the title; notes are numbered as they are called, one called again refers back."""
    notes = {note.number: note.text for note in document.footnotes}
    first_calls: dict[str, str] = {}
    called: dict[int, list[str]] = {}
    chapters = [block.start for block in document.blocks if block.kind == "heading" and block.level == 2]
    before_chapter: Counter[int] = Counter()
    for n, mark in enumerate(document.marks, 1):
        number = str(n)
        if style.notes == "chapters":
            chapter = bisect_right(chapters, mark.position)
            before_chapter[chapter] += 1
            number = str(before_chapter[chapter])
        called.setdefault(mark.position, []).append(number)
        before = first_calls.setdefault(mark.number, number)
        keep_note(number, notes[mark.number] if before == number else f"See note {before}.")
    pieces = []
    for index, block in enumerate(document.blocks):
        if block.kind == "heading" and block.level == 1:
            continue
        cells: list[list[_Word]] = [[]]
        for found in re.finditer(r"\S+", document.text[block.start : block.end]):
            if found.group() == "|" and block.kind in ("table-header", "table-row"):
                cells.append([])
            else:
                calls = called.get(block.start + found.end(), [])
                word = found.group()
                if style.ligatures:
                    word = word.replace("fi", "\ufb01").replace("fl", "\ufb02")
                cells[-1].append(_Word(word, ",".join(calls)))
        pieces.append(_Piece(block.kind, block.level, tuple(cells), index))
    return pieces


def _space_above(last: str, kind: str) -> float:
    if kind == "list-item":
        return 2.5 if last == "list-item" else 4.0
    return 10.0 if last.startswith("table") else 7.0


def _plain_words(text: str) -> list[_Word]:
    return [_Word(word) for word in text.split()]


def _fill(words: Sequence[_Word], face: _Face, width: float, *, hyphenated: bool = False) -> list[_Line]:
    """Words in lines, as many in each as fit; a word that does not fit is broken where it may be."""
    lines = [_Line()]
    waiting = deque(words)
    while waiting:
        word, line = waiting.popleft(), lines[-1]
        used = line.width + face.space if line.words else 0.0
        halves = None
        if used + face.width(word) > width:
            halves = _halves(word, face, width - used, hyphenated=hyphenated)
            if halves is None and line.words:
                waiting.appendleft(word)
                lines.append(_Line())
                continue
        begin = halves[0] if halves else word
        line.words.append(begin)
        line.width = used + face.width(begin)
        if halves:
            waiting.appendleft(halves[1])
            lines.append(_Line())
    return lines


def _halves(word: _Word, face: _Face, room: float, *, hyphenated: bool) -> tuple[_Word, _Word] | None:
    """A word broken so that as much of it as possible fits into the room; None when nothing of it does."""
    text = word.text
    if "/" in text and len(text) > 24:
        cuts = [(found.end(), "") for found in re.finditer(r"[/.?&=+_-](?=\w)", text)]
    else:
        cuts = [(found.end(), "") for found in re.finditer(r"(?<=[a-z])[-/](?=[a-z])", text, re.IGNORECASE)]
        if hyphenated and len(text) > 6:
            cuts += [(found.end(), "-") for found in _SYLLABLES.finditer(text) if 3 <= found.end() <= len(text) - 3]
    for at, hyphen in sorted(cuts, reverse=True):
        begin = _Word(text[:at] + hyphen)
        if face.width(begin) <= room:
            return begin, _Word(text[at:], word.calls)
    return None
