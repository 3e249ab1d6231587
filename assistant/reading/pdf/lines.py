"""Lines of a PDF page, made of runs of characters; raised digits become note marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.reading.builder import mark
from assistant.reading.footnotes import SUPERSCRIPTS, SYMBOLS
from assistant.reading.pdf.characters import Rule, Run

_FROM_RAISED = str.maketrans(SUPERSCRIPTS, "0123456789")
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,–-]\s?\d{1,3})*,?")
_RAISED_IN_TEXT = re.compile(
    f"[{SUPERSCRIPTS}]+(?:,[{SUPERSCRIPTS}]+)*|(?<=[\\w.,;:?!)\"'”’])[{SYMBOLS}]{{1,3}}(?!\\w)"
)
_SYMBOL = re.compile(f"[{SYMBOLS}]{{1,3}}")
_PART_GAP = 0.5
"""Ems between two runs that may belong to different cells of a table without vertical rules."""
_WIDE_GAP = 1.2
"""Ems between two pieces of a row that may belong to different columns or cells."""
_SPACE = 0.15
"""Ems between two runs that mean a space."""


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a row without wide gaps, or, once columns are known, a whole line of its column."""

    text: str
    """Note marks stand in it as :func:`assistant.reading.builder.mark` makes them."""
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    page: int
    """0-based."""
    left: float = 0.0
    right: float = 0.0
    """Edges of the column."""
    indent: float = 0.0
    """Where the text begins behind a bullet or number; equals ``x0`` without one."""
    starts_raised: bool = False
    """True when the line begins with a raised number, as a note does."""
    table: int | None = None
    """The index of the table that stands here in the line's place."""
    inside: tuple[Line, ...] = ()
    """The lines of the box that stands here in the line's place."""
    box: int = 0
    """Which box the line is in, numbered through the document from 1; 0 for none."""
    parts: tuple[Line, ...] = ()
    """The piece cut at narrower gaps, as cells of a table may have them; empty without any."""

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def is_stand_in(self) -> bool:
        return self.table is not None or bool(self.inside)


Row = tuple[Line, ...]


def read_rows(runs: Sequence[Run], page: int, rules: Sequence[Rule] = ()) -> list[Row]:
    """The rows of a page from the top; each holds the pieces between wide gaps or vertical rules, from the left."""
    upright = [rule for rule in rules if abs(rule.x1 - rule.x0) < 1]
    rows: list[list[tuple[Run, bool]]] = []
    base: list[Run] = []
    small: list[Run] = []
    for run in _without_doubles(runs):
        is_short = len(run.text) <= 12 or _NUMBERS.fullmatch(run.text)
        (small if is_short and _carrier(run, runs) else base).append(run)
    for run in sorted(base, key=lambda item: (item.y, item.x0)):
        near = [row for row in rows[-3:] if abs(row[0][0].y - run.y) <= 0.25 * min(run.size, row[0][0].size)]
        if near:
            near[-1].append((run, False))
        else:
            rows.append([(run, False)])
    for run in small:
        carrier = _carrier(run, base)
        row = next((row for row in rows if carrier is not None and any(item is carrier for item, _ in row)), None)
        if row is None:
            rows.append([(run, False)])
        else:
            row.append((run, carrier is not None and run.y < carrier.y))
    return [_row(items, page, upright) for items in sorted(rows, key=lambda items: items[0][0].y)]


def _without_doubles(runs: Iterable[Run]) -> list[Run]:
    """Text drawn twice to look bold is read once."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for run in runs:
        key = (run.text, round(run.x0 / 1.5), round(run.y / 1.5))
        if key not in seen:
            seen.add(key)
            kept.append(run)
    return kept


def _carrier(run: Run, runs: Sequence[Run]) -> Run | None:
    """The larger run that a small one is raised or lowered against; None when it stands on its own."""
    best, nearest = None, 1e9
    for other in runs:
        shift = (other.y - run.y) / other.size
        if other.size <= 1.2 * run.size or not (0.1 < shift < 0.75 or -0.4 < shift < -0.05):
            continue
        gap = min(abs(run.x0 - other.x1), abs(other.x0 - run.x1))
        if gap < 0.7 * other.size and gap < nearest:
            best, nearest = other, gap
    return best


def _row(items: list[tuple[Run, bool]], page: int, rules: Sequence[Rule]) -> Row:
    items.sort(key=lambda item: item[0].x0)
    pieces: list[list[tuple[Run, bool]]] = []
    for item in items:
        before = pieces[-1][-1][0] if pieces else None
        if (
            before is None
            or item[0].x0 - before.x1 > _WIDE_GAP * max(item[0].size, before.size)
            or any(before.x1 - 1 < rule.x0 < item[0].x0 + 1 and rule.y0 < before.y < rule.y1 for rule in rules)
        ):
            pieces.append([])
        pieces[-1].append(item)
    return tuple(replace(_piece(piece, page), parts=_parts(piece, page)) for piece in pieces)


def _parts(items: list[tuple[Run, bool]], page: int) -> tuple[Line, ...]:
    parts: list[list[tuple[Run, bool]]] = [[]]
    for item in items:
        before = parts[-1][-1][0] if parts[-1] else item[0]
        if item[0].x0 - before.x1 > _PART_GAP * max(item[0].size, before.size):
            parts.append([])
        parts[-1].append(item)
    return tuple(_piece(part, page) for part in parts) if len(parts) > 1 else ()


def _piece(items: list[tuple[Run, bool]], page: int) -> Line:
    sizes: Counter[float] = Counter()
    bold = 0
    text, end = "", None
    for run, raised in items:
        if not raised:
            sizes[run.size] += len(run.text)
            bold += len(run.text) if run.bold else 0
        words = _raised(run.text) if raised else _RAISED_IN_TEXT.sub(lambda found: _raised(found.group()), run.text)
        is_note = words.startswith(mark("")[0])
        if end is not None and run.x0 - end > _SPACE * run.size and not (raised and is_note):
            text += " "
        text, end = text + words, run.x1
    size = sizes.most_common(1)[0][0] if sizes else items[0][0].size
    full = [run for run, raised in items if not raised] or [items[0][0]]
    return Line(
        text=text.strip(),
        x0=items[0][0].x0,
        x1=max(run.x1 for run, _ in items),
        y=full[0].y,
        size=size,
        bold=bold * 2 > sum(sizes.values()),
        page=page,
        indent=items[0][0].x0,
        starts_raised=items[0][1] or items[0][0].text[:1] in SUPERSCRIPTS,
    )


def _raised(text: str) -> str:
    """Raised digits as marks, a list or a range as several, and asterisks and daggers; anything else as it is."""
    plain = text.translate(_FROM_RAISED)
    if _SYMBOL.fullmatch(plain):
        return mark(plain)
    if not _NUMBERS.fullmatch(plain):
        return text
    return "".join(mark(number) for number in _numbers(plain))


def _numbers(text: str) -> list[str]:
    numbers: list[str] = []
    for part in re.split(r"\s?,\s?", text.strip(",")):
        first, _, last = part.replace("–", "-").replace(" ", "").partition("-")
        if last and 0 < int(last) - int(first) <= 10:
            numbers += [str(n) for n in range(int(first), int(last) + 1)]
        else:
            numbers += [first, last] if last else [first]
    return numbers


def join_pieces(pieces: Sequence[Line]) -> Line:
    """Pieces of one row in one column as a line; a bullet or number set apart gives the indent of the text."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    largest = max(pieces, key=lambda piece: len(piece.text))
    return replace(
        first,
        text=" ".join(piece.text for piece in pieces),
        x1=pieces[-1].x1,
        size=largest.size,
        bold=largest.bold,
        indent=pieces[1].x0 if len(first.text) <= 6 else first.x0,
        parts=(),
    )
