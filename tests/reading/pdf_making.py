"""Sets blocks as a PDF, the way a printed report looks: notes at the page foot, running heads, roman front matter."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from assistant.records import BlockKind, Document

BODY_SIZE, NOTE_SIZE, MARK_SIZE = 10.5, 7.5, 6.0
HEADING_SIZES = {1: 22.0, 2: 16.0, 3: 13.0, 4: 11.5, 5: 10.5, 6: 10.5}
MARGIN, TOP, FOOT = 64.0, 70.0, 66.0
_MARK = re.compile(r"\^\[([^\]]+)\]")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


SENTENCES = (
    "The harbour board meets on the first Tuesday of every month in the old customs house.",
    "Its members are drawn from the fishing fleet, the ferry company and the town council.",
    "Each of them may put one item on the agenda, and none may speak for longer than ten minutes.",
    "Minutes are pinned to the door of the fish market before noon on the following day.",
    "Visitors are welcome, although the room holds no more than forty people on a dry evening.",
    "When the tide is high the board moves to the school hall on the hill above the quay.",
)


@dataclass(frozen=True)
class Piece:
    """What is set: words, with note marks written ``^[12]`` directly behind the word that carries them."""

    kind: BlockKind
    text: str
    level: int = 0
    label: str = "•"
    """List items: the bullet or number in front."""


@dataclass(frozen=True)
class Style:
    """How a report looks."""

    head: str | None = "Running head of the report"
    roman_pages: int = 0
    """Front pages with roman page numbers."""
    page_numbers: bool = True
    labels_in_file: bool = False
    """Name the pages in the file (/PageLabels) as well."""
    outline: bool = True
    justified: bool = False
    columns: int = 1
    heading_breaks: bool = False
    """Start every heading of level 1 on a new page."""


@dataclass
class _Line:
    """Words of one line; each is its stretches of text and of marks, and its width."""

    words: list[tuple[list[str], float]] = field(default_factory=list)
    width: float = 0.0

    @property
    def marks(self) -> list[str]:
        return [number for parts, _ in self.words for mark in parts[1::2] for number in mark.split(",")]


def pieces_of(document: Document) -> list[Piece]:
    """The blocks of a document as pieces, marks included."""
    pieces = []
    for block in document.blocks:
        text = document.text[block.start : block.end]
        inside = [mark for mark in document.marks if block.start < mark.position <= block.end]
        for mark in sorted(inside, key=lambda item: item.position, reverse=True):
            at = mark.position - block.start
            text = f"{text[:at]}^[{mark.number}]{text[at:]}"
        text = re.sub(r"\]\^\[", ",", text)
        numbered = re.match(r"(\d{1,2}[.)])\s", text) if block.kind == "list-item" else None
        label = numbered.group(1) if numbered else "•"
        pieces.append(Piece(block.kind, text[numbered.end() :] if numbered else text, block.level, label))
    return pieces


def make_pdf(pieces: Sequence[Piece], notes: Mapping[str, str] | None = None, style: Style | None = None) -> bytes:
    """The pieces as a PDF; notes stand at the foot of the page that calls them and run on where they do not fit."""
    return _Setter(dict(notes or {}), style or Style()).set(pieces)


def prose(sentences: int, start: int = 0) -> str:
    """Own words, as long as wanted."""
    return " ".join(SENTENCES[(start + n) % len(SENTENCES)] for n in range(sentences))


def texts(document: Document, kind: str | None = None) -> list[str]:
    """Words of the blocks, of one kind or of all."""
    return [document.text[b.start : b.end] for b in document.blocks if kind in (None, b.kind)]


def drawn(draw: Callable[[Canvas], None], pages: int = 1) -> bytes:
    """A PDF drawn by hand, the same on each page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    for _ in range(pages):
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Setter:
    """Fills pages line by line."""

    def __init__(self, notes: dict[str, str], style: Style) -> None:
        self.notes, self.style = notes, style
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, pageCompression=1, invariant=1)
        self.page_width, self.page_height = A4
        gutter = 24.0
        self.column_width = (self.page_width - 2 * MARGIN - gutter * (style.columns - 1)) / style.columns
        self.column_step = self.column_width + gutter
        self.page, self.column, self.deepest = 0, 0, -1
        self.y = 0.0
        self.waiting: list[tuple[str, list[str]]] = []
        self.foot_lines = 0
        self._open_page()

    def set(self, pieces: Sequence[Piece]) -> bytes:
        last: Piece | None = None
        for piece in pieces:
            self._piece(piece, last)
            last = piece
        self._close_page()
        while self.waiting:
            self._open_page()
            self._close_page()
        self.canvas.save()
        return self.buffer.getvalue()

    # Blocks.

    def _piece(self, piece: Piece, last: Piece | None) -> None:
        if piece.kind == "heading":
            self._heading(piece)
        elif piece.kind in ("table-header", "table-row"):
            self._row(piece)
        else:
            tight = last is not None and last.kind == piece.kind == "list-item"
            self.y -= 3.0 if tight else 8.0
            indent = {"list-item": 18.0 * max(piece.level, 1), "quotation": 24.0}.get(piece.kind, 0.0)
            size = 9.0 if piece.kind == "caption" else BODY_SIZE
            self._text(piece, size=size, indent=indent)

    def _heading(self, piece: Piece) -> None:
        size = HEADING_SIZES[max(piece.level, 1)] * (0.7 if self.style.columns > 1 else 1.0)
        if piece.level <= 1 and self.style.heading_breaks and self.y < self.page_height - TOP - 1:
            self._next_page()
        if self._room() < 4 * size:
            self._next_column()
        self.y -= size * 0.9
        if self.style.outline:
            key = f"h{self.page}-{self.y:.1f}-{self.column}"
            self.canvas.bookmarkHorizontal(key, 0, self.y)
            self.canvas.addOutlineEntry(_MARK.sub("", piece.text), key, level=self._outline_level(piece.level))
        self._text(piece, size=size, font="Helvetica-Bold", leading=1.15)
        self.y -= 2.0

    def _outline_level(self, level: int) -> int:
        """Outlines may not skip a level on the way down."""
        self.deepest = min(max(level - 1, 0), self.deepest + 1)
        return self.deepest

    def _row(self, piece: Piece) -> None:
        cells = piece.text.split(" | ")
        size, leading, pad = 9.0, 11.0, 4.0
        width = self.column_width / len(cells)
        font = "Helvetica-Bold" if piece.kind == "table-header" else "Helvetica"
        columns = [_fill(cell, font, size, width - 2 * pad) for cell in cells]
        height = max(len(lines) for lines in columns) * leading + 2 * pad
        if self._room() < height:
            self._next_column()
        if piece.kind == "table-header":
            self.y -= 8.0
        left = self._left()
        for n, lines in enumerate(columns):
            self.canvas.rect(left + n * width, self.y - height, width, height)
            for row, line in enumerate(lines):
                self._line(line, left + n * width + pad, self.y - pad - size - row * leading, font, size)
        self.y -= height

    def _text(
        self, piece: Piece, *, size: float, font: str = "Helvetica", indent: float = 0.0, leading: float = 1.32
    ) -> None:
        lines = _fill(piece.text, font, size, self.column_width - indent)
        for n, line in enumerate(lines):
            self._make_room(size * leading, line.marks)
            self.y -= size * leading
            x = self._left() + indent
            if n == 0 and piece.kind == "list-item":
                self.canvas.setFont(font, size)
                self.canvas.drawString(x - 12.0 - 5.0 * (len(piece.label) > 1), self.y, piece.label)
            last = n == len(lines) - 1
            stretch = self.column_width - indent - line.width if self.style.justified and not last else 0.0
            self._line(line, x, self.y, font, size, stretch)

    def _line(self, line: _Line, x: float, y: float, font: str, size: float, stretch: float = 0.0) -> None:
        space = stringWidth(" ", font, size) + stretch / max(len(line.words) - 1, 1)
        for parts, width in line.words:
            at = x
            for n, part in enumerate(parts):
                part_size = MARK_SIZE if n % 2 else size
                self.canvas.setFont(font, part_size)
                self.canvas.drawString(at, y + (size * 0.36 if n % 2 else 0.0), part)
                at += stringWidth(part, font, part_size)
            x += width + space

    # Pages and their feet.

    def _left(self) -> float:
        return MARGIN + self.column * self.column_step

    def _room(self) -> float:
        return self.y - FOOT - self.foot_lines * NOTE_SIZE * 1.25 - (12.0 if self.foot_lines else 0.0)

    def _make_room(self, height: float, marks: Sequence[str]) -> None:
        """Go to the next column when the line does not fit above its notes; a note longer than the room runs on."""
        calls = [(number, self._note_lines(number)) for number in marks if number in self.notes]
        first_lines = len(calls) * NOTE_SIZE * 1.25 + (12.0 if calls and not self.foot_lines else 0.0)
        if self._room() < height + first_lines:
            self._next_column()
        for number, lines in calls:
            del self.notes[number]
            self.waiting.append((number, lines))
        room = int((self._room() - height - (12.0 if calls and not self.foot_lines else 0.0)) / (NOTE_SIZE * 1.25))
        wanted = sum(len(lines) for _, lines in self.waiting)
        self.foot_lines = min(wanted, self.foot_lines + max(room, 0))

    def _note_lines(self, number: str) -> list[str]:
        room = self.column_width
        words = [part for word in self.notes[number].split() for part in _breakable(word, room)]
        lines, width = [""], stringWidth(f"{number} ", "Helvetica", NOTE_SIZE)
        for word in words:
            more = stringWidth(word, "Helvetica", NOTE_SIZE)
            if lines[-1] and width + more > room:
                lines.append("")
                width = 0.0
            lines[-1] += word
            width += more
        return [line.strip() for line in lines]

    def _next_column(self) -> None:
        if self.column + 1 < self.style.columns:
            self._draw_notes()
            self.column += 1
            self._open_column()
        else:
            self._next_page()

    def _next_page(self) -> None:
        self._close_page()
        self._open_page()

    def _open_page(self) -> None:
        self.page += 1
        self.column = 0
        self._open_column()

    def _open_column(self) -> None:
        self.y = self.page_height - TOP
        # What ran on from the column before.
        self.foot_lines = sum(len(lines) for _, lines in self.waiting)

    def _close_page(self) -> None:
        self._draw_notes()
        label = self.label(self.page)
        if self.style.head and self.page > 1:
            self.canvas.setFont("Helvetica", 8)
            self.canvas.drawString(MARGIN, self.page_height - 40, self.style.head)
        if self.style.page_numbers and self.page > 1:
            self.canvas.setFont("Helvetica", 8)
            self.canvas.drawCentredString(self.page_width / 2, 36, label)
        if self.style.labels_in_file:
            roman = self.page <= self.style.roman_pages
            first = 1 if roman else 1 + self.style.roman_pages
            self.canvas.addPageLabel(
                self.page - 1, style="ROMAN_LOWER" if roman else "ARABIC", start=self.page - first + 1
            )
        self.canvas.showPage()

    def label(self, page: int) -> str:
        if page > self.style.roman_pages:
            return str(page - self.style.roman_pages)
        rest, words = page, ""
        for value, letters in _ROMAN:
            while rest >= value:
                words, rest = words + letters, rest - value
        return words

    def _draw_notes(self) -> None:
        leading = NOTE_SIZE * 1.25
        y = FOOT + (self.foot_lines - 1) * leading
        if self.foot_lines:
            self.canvas.line(self._left(), y + 13, self._left() + 90, y + 13)
        left = self.foot_lines
        while left and self.waiting:
            number, lines = self.waiting[0]
            for n, line in enumerate(lines[:left]):
                x = self._left()
                if n == 0 and number:
                    self.canvas.setFont("Helvetica", 5)
                    self.canvas.drawString(x, y + 2.4, number)
                    x += stringWidth(number, "Helvetica", 5) + 2
                self.canvas.setFont("Helvetica", NOTE_SIZE)
                self.canvas.drawString(x, y, line)
                y -= leading
            rest = lines[left:]
            left -= min(left, len(lines))
            if rest:
                self.waiting[0] = ("", rest)
            else:
                self.waiting.pop(0)
        self.foot_lines = 0


def _breakable(word: str, room: float) -> list[str]:
    """The word with its space, or a long address cut behind its slashes and hyphens."""
    if stringWidth(word, "Helvetica", NOTE_SIZE) < 0.5 * room:
        return [f"{word} "]
    return [part for part in re.split(r"(?<=[/-])", f"{word} ") if part]


def _split_words(text: str, font: str, size: float) -> list[tuple[list[str], float]]:
    """Each word as stretches of text and marks in turn, and its width."""
    words = []
    for word in text.split():
        parts = _MARK.split(word)
        width = sum(stringWidth(part, font, MARK_SIZE if n % 2 else size) for n, part in enumerate(parts))
        words.append((parts, width))
    return words


def _fill(text: str, font: str, size: float, width: float) -> list[_Line]:
    """Words in lines, as many in each as fit."""
    space = stringWidth(" ", font, size)
    lines = [_Line()]
    for word in _split_words(text, font, size):
        if lines[-1].words and lines[-1].width + space + word[1] > width:
            lines.append(_Line())
        lines[-1].width += word[1] + (space if lines[-1].words else 0.0)
        lines[-1].words.append(word)
    return lines
