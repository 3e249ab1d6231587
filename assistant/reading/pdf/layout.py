"""Reading order of a page: columns found by their gutter, notes at the foot set apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from assistant.reading.footnotes import SYMBOLS
from assistant.reading.lists import without_marks
from assistant.reading.pdf.lines import Line, Row, join_pieces

_MIN_LINES = 3
"""Lines that a column has at least, to be one."""
_BULLET_ALONE = re.compile(r"[•◦▪‣●○■□–—*►▶➢✓-]|o|\(?[0-9a-zA-Z]{1,4}[.)]|\d{1,2}(?:\.\d{1,2})+")

_SENTENCE_END = re.compile(r"[.:!?][\"'”’)\]]*\W?\d*\W?$")
_PAGE_NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxl]{1,6})\W*", re.IGNORECASE)
_NOTE_NUMBER = re.compile(rf"(?:\d{{1,3}}[.)]?\s+|[{SYMBOLS}]{{1,3}}\s?)[^\d\s]*[^\W\d]")


def columns_of(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each column in reading order; a line across two columns ends the columns above it."""
    return [_rows(pieces) for pieces in _order([piece for row in rows for piece in row])]


def in_reading_order(rows: Sequence[Row]) -> list[Line]:
    """Whole lines, column by column."""
    return [line for column in columns_of(rows) for line in lines_of(column)]


def notes_in_order(rows: Sequence[Row], columns: Sequence[Sequence[Row]]) -> list[Line]:
    """Whole lines of the small print, in the columns of the body above: short notes do not show their own."""
    pieces = [piece for row in rows for piece in row]
    for left, right in pairwise(columns):
        end = max((piece.x1 for row in left for piece in row), default=0.0)
        x = min((piece.x0 for row in right for piece in row), default=0.0) - 2
        beside = [piece for piece in pieces if piece.x1 <= x]
        rest = [piece for piece in pieces if piece.x0 >= x]
        if end < x and beside and rest and len(beside) + len(rest) == len(pieces):
            return [*notes_in_order(_rows(beside), columns), *notes_in_order(_rows(rest), columns)]
    return in_reading_order(rows)


def lines_of(rows: Sequence[Row]) -> list[Line]:
    """The rows of one column as whole lines that know the column's edges."""
    left = min((piece.x0 for row in rows for piece in row), default=0.0)
    ends = sorted(max(piece.x1 for piece in row) for row in rows)
    # A line that juts out, as an address does, is not the edge.
    right = ends[int(0.95 * (len(ends) - 1)) if len(ends) >= 8 else -1] if ends else 0.0
    return [replace(join_pieces(row), left=left, right=right) for row in rows]


def _order(pieces: list[Line]) -> list[list[Line]]:
    if around := _around_boxes(pieces):
        return around
    gutter = _gutter(pieces)
    if gutter is None:
        return [pieces] if pieces else []
    top, bottom, x = gutter
    above = [piece for piece in pieces if piece.y < top]
    below = [piece for piece in pieces if piece.y > bottom]
    inside = [piece for piece in pieces if top <= piece.y <= bottom]
    left = [piece for piece in inside if piece.x1 <= x]
    right = [piece for piece in inside if piece.x1 > x]
    return [*_order(above), *_order(left), *_order(right), *_order(below)]


def _around_boxes(pieces: list[Line]) -> list[list[Line]] | None:
    """The columns whole, then the box across them, where each column reads on below the box; None where none does."""
    rest = [piece for piece in pieces if not piece.inside]
    gutter = _gutter(rest) if len(rest) < len(pieces) else None
    if gutter is None:
        return None
    top, bottom, x = gutter
    boxes = [piece for piece in pieces if piece.inside and top < piece.y < bottom and piece.x0 < x < piece.x1]
    columns = [
        [piece for piece in rest if top <= piece.y <= bottom and (piece.x1 <= x) == is_left]
        for is_left in (True, False)
    ]
    halves = [
        [piece for piece in column if (piece.y < box.y) == is_above]
        for box in boxes[:1]
        for is_above in (True, False)
        for column in columns
    ]
    if not boxes or not all(halves):
        return None
    left_above, right_above, left_below, right_below = halves
    known = _known(rest)
    across = _reads_on(known, left_above, right_above, left_below, right_below)
    down = _reads_on(known, left_above, left_below, right_above, right_below)
    if down <= across:
        return None
    others = [piece for piece in pieces if not top <= piece.y <= bottom]
    above, below = ([piece for piece in others if (piece.y < top) == is_above] for is_above in (True, False))
    return [*_order(above), *_order(columns[0]), *_order(columns[1]), boxes, *_order(below)]


def _reads_on(known: set[str], *stretches: list[Line]) -> tuple[int, int]:
    """How often one stretch reads on in the next, in sentences that go on or begin, and in words that are known."""
    seams = [(without_marks(before[-1].text), without_marks(after[0].text)) for before, after in pairwise(stretches)]
    sentences = sum(bool(_SENTENCE_END.search(end)) != begin[:1].islower() for end, begin in seams)
    words = [
        f"{end} ".split(" ")[-2] + (" " if not end.endswith("-") else "") + begin.split(" ")[0] for end, begin in seams
    ]
    return sentences, sum(pair.replace("-", "") in known for pair in words)


def _known(pieces: list[Line]) -> set[str]:
    """The words of a page and each two that stand together."""
    lines = [without_marks(piece.text).replace("-", "").split() for piece in pieces]
    return {word for line in lines for word in line} | {" ".join(pair) for line in lines for pair in pairwise(line)}


def _gutter(pieces: list[Line]) -> tuple[float, float, float] | None:
    """Top, bottom and place of the first gap that parts two columns of running text."""
    starts = sorted({round(piece.x0) for piece in pieces})
    best: tuple[float, float, float, float] | None = None
    for start in starts:
        if sum(abs(piece.x0 - start) < 2 for piece in pieces) < _MIN_LINES:
            continue
        x = start - 2.0
        for top, bottom in _bands(pieces, x):
            band = [piece for piece in pieces if top <= piece.y <= bottom]
            left = [piece for piece in band if piece.x1 <= x]
            right = [piece for piece in band if piece.x1 > x]
            if are_columns(left, right) and (best is None or bottom - top > best[0]):
                best = (bottom - top, top, bottom, x)
    return best[1:] if best else None


def _bands(pieces: Sequence[Line], x: float) -> list[tuple[float, float]]:
    """Stretches of the page, by first and last baseline, in which nothing crosses ``x``."""
    bands: list[tuple[float, float]] = []
    open_band: list[float] = []
    crossed = -1e9
    for piece in sorted(pieces, key=lambda item: item.y):
        if piece.x0 < x < piece.x1:
            crossed = piece.y
            if open_band:
                # A row's other piece may already be in the band.
                inside = [y for y in open_band if y < piece.y - 2]
                if inside:
                    bands.append((inside[0], inside[-1]))
            open_band = []
        elif piece.y > crossed + 2:
            open_band.append(piece.y)
    if open_band:
        bands.append((open_band[0], open_band[-1]))
    return bands


def are_columns(left: list[Line], right: list[Line]) -> bool:
    """True for two blocks of running text side by side: wide lines, a clear gutter, the same height."""
    if min(len(left), len(right)) < _MIN_LINES:
        return False
    size = median(piece.size for piece in left)
    gap = min(piece.x0 for piece in right) - max(piece.x1 for piece in left)
    overlap = min(left[-1].y, right[-1].y) - max(left[0].y, right[0].y)
    shorter = min(left[-1].y - left[0].y, right[-1].y - right[0].y)
    return gap > 0.6 * size and overlap > 0.5 * shorter and _is_running_text(left) and _is_running_text(right)


def is_item_start(piece: Line) -> bool:
    """True for a bullet or number that stands apart from the words of its item."""
    return bool(_BULLET_ALONE.fullmatch(piece.text))


def _is_running_text(pieces: list[Line]) -> bool:
    """True for wide lines; a table or box counts as some, so that a column may hold little else."""
    lines = [join_pieces(row) for row in _rows(pieces)]
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    filled = median(line.width for line in lines) / width if width else 0.0
    length = median(line.width / line.size if line.is_stand_in else len(line.text) for line in lines)
    return filled > 0.6 and length > 16 and width > 8 * lines[0].size


def _rows(pieces: Sequence[Line]) -> list[Row]:
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda item: (item.y, item.x0)):
        if rows and abs(rows[-1][0].y - piece.y) <= 0.25 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [tuple(sorted(row, key=lambda item: item.x0)) for row in rows]


def split_notes(rows: Sequence[Row], body_size: float, *, goes_on: bool = False) -> tuple[list[Row], list[Row]]:
    """Body rows, and notes: rows in a smaller size with nothing of the body beneath them.

    Small print that stands apart and begins no note, as a source or a table without rules does, stays in the body.

    Args:
        rows: the rows of a page, from the top.
        body_size: the usual size of the document's text, in points.
        goes_on: the last note of the page before is not finished; its rest has no number.
    """
    lowest: list[Line] = [piece for row in rows for piece in row if piece.size > 0.93 * body_size]
    body: list[Row] = []
    blocks: list[list[Row]] = []
    for row in rows:
        low = tuple(piece for piece in row if not _is_above(piece, lowest) and piece.size <= 0.93 * body_size)
        rest = tuple(piece for piece in row if piece not in low)
        if low and blocks and low[0].y - blocks[-1][-1][0].y <= 2.2 * low[0].size:
            blocks[-1].append(low)
        elif low:
            blocks.append([low])
        if rest:
            body.append(rest)
    noted = [block for block in blocks if any(_begins_note(row) for row in block)]
    if goes_on and blocks and blocks[-1] not in noted and not noted:
        noted = blocks[-1:]
    if blocks and blocks[-1] not in noted and _is_page_number(blocks[-1]):
        # Too seldom printed to be known as a running line.
        blocks.pop()
    body += [row for block in blocks if block not in noted for row in block]
    return sorted(body, key=lambda row: row[0].y), [row for block in noted for row in block]


def _begins_note(row: Row) -> bool:
    """True for a raised number, or one in front of words; the figures of a table have none behind them."""
    first = row[0].text if len(row) == 1 else f"{row[0].text} {row[1].text}"
    return any(piece.starts_raised for piece in row) or any(
        _NOTE_NUMBER.match(text) for text in (first, *(piece.text for piece in row))
    )


def _is_page_number(block: Sequence[Row]) -> bool:
    return len(block) == len(block[0]) == 1 and _PAGE_NUMBER.fullmatch(block[0][0].text) is not None


def _is_above(piece: Line, others: Sequence[Line]) -> bool:
    return any(other.y > piece.y + 1 and other.x0 < piece.x1 and piece.x0 < other.x1 for other in others)
