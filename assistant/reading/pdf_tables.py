"""Tables of a PDF page: cells between drawn rules, or in columns that align over several rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.pdf_characters import Rule
from assistant.reading.pdf_layout import are_columns, is_item_start
from assistant.reading.pdf_lines import Line, Row

_NEAR = 4.0
"""Points within which rules count as one, and edges as aligned."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; the first row is the header when ``has_header``."""

    rows: list[list[str]]
    has_header: bool
    has_bold_header: bool
    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class _Area:
    x0: float
    x1: float
    ys: list[float]
    """Horizontal rules from the top."""


def take_ruled_tables(rows: Sequence[Row], rules: Sequence[Rule]) -> tuple[list[Table], list[Row]]:
    """The tables that rules draw on a page, and the rows that are left."""
    left = list(rows)
    tables: list[Table] = []
    for area in _ruled_areas(rules):
        inside = [tuple(piece for piece in row if _is_in(piece, area)) for row in left]
        table = _ruled_table([row for row in inside if row], area, rules)
        if table:
            tables.append(table)
            left = [tuple(piece for piece in row if not _is_in(piece, area)) for row in left]
            left = [row for row in left if row]
    return tables, left


# Drawn tables.


def _ruled_areas(rules: Sequence[Rule]) -> list[_Area]:
    """Places where two or more horizontal rules of one extent stand above each other."""
    areas: list[_Area] = []
    for rule in sorted(_merged(rules), key=lambda item: item.y0):
        same = [a for a in areas if abs(a.x0 - rule.x0) < 6 and abs(a.x1 - rule.x1) < 6]
        if same and rule.y0 - same[-1].ys[-1] < 400:
            if rule.y0 - same[-1].ys[-1] > _NEAR:
                same[-1].ys.append(rule.y0)
        elif rule.x1 - rule.x0 > 60:
            areas.append(_Area(rule.x0, rule.x1, [rule.y0]))
    return [area for area in areas if len(area.ys) >= 2]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Horizontal rules; cell borders in one row as one rule."""
    merged: list[Rule] = []
    flat = [rule for rule in rules if abs(rule.y1 - rule.y0) < 1 and rule.x1 - rule.x0 > 4]
    for rule in sorted(flat, key=lambda item: (round(item.y0), item.x0)):
        last = merged[-1] if merged else None
        if last and abs(last.y0 - rule.y0) < 1.5 and rule.x0 <= last.x1 + _NEAR:
            merged[-1] = Rule(last.x0, last.y0, max(last.x1, rule.x1), last.y1)
        else:
            merged.append(rule)
    return merged


def _is_in(piece: Line, area: _Area) -> bool:
    return area.ys[0] - 1 < piece.y < area.ys[-1] + 1 and area.x0 - _NEAR < piece.x0 and piece.x1 < area.x1 + _NEAR


def _ruled_table(rows: list[Row], area: _Area, rules: Sequence[Rule]) -> Table | None:
    pieces = [piece for row in rows for piece in row]
    if not pieces:
        return None
    inner = _inner_edges(area, rules)
    edges = inner or _gaps(pieces)
    if not edges or (not inner and (len(area.ys) < 3 or _reads_as_columns(pieces, edges))):
        return None
    bands = [[row for row in rows if top < row[0].y <= bottom] for top, bottom in pairwise(area.ys)]
    if inner or len(bands) > 3:
        grid = [_cells([piece for row in band for piece in row], edges) for band in bands if band]
    else:
        grid = [cells for band in bands for cells in _rows_of(band, edges)]
    grid = [cells for cells in grid if any(cells)]
    if len(grid) < (1 if len(inner) > 1 else 2) or sum(bool(cell) for cells in grid for cell in cells) < 3:
        return None
    return Table(grid, _has_header(grid, rows), _is_bold_on_top(rows), area.x0, area.x1, area.ys[0])


def _inner_edges(area: _Area, rules: Sequence[Rule]) -> list[float]:
    """Where vertical rules part the area, from the left."""
    lengths: dict[float, float] = {}
    for rule in rules:
        if abs(rule.x1 - rule.x0) >= 1 or not area.x0 + 8 < rule.x0 < area.x1 - 8:
            continue
        length = min(rule.y1, area.ys[-1]) - max(rule.y0, area.ys[0])
        near = next((x for x in lengths if abs(x - rule.x0) < _NEAR), rule.x0)
        lengths[near] = lengths.get(near, 0.0) + max(length, 0.0)
    return sorted(x for x, length in lengths.items() if length > 0.4 * (area.ys[-1] - area.ys[0]))


def _gaps(pieces: Sequence[Line]) -> list[float]:
    """Places that no piece crosses, between pieces: the edges of columns without vertical rules."""
    edges = []
    reach = -1.0
    for piece in sorted(pieces, key=lambda item: item.x0):
        if 0 < reach < piece.x0 - 5:
            edges.append((reach + piece.x0) / 2)
        reach = max(reach, piece.x1)
    return edges


def _reads_as_columns(pieces: list[Line], edges: list[float]) -> bool:
    """True when one of the edges is the gutter between two columns of running text."""
    ordered = sorted(pieces, key=lambda item: item.y)
    return any(
        are_columns([piece for piece in ordered if piece.x1 <= edge], [piece for piece in ordered if piece.x0 >= edge])
        for edge in edges
    )


def _cells(pieces: Sequence[Line], edges: Sequence[float]) -> list[str]:
    cells = [""] * (len(edges) + 1)
    for piece in sorted(pieces, key=lambda item: (round(item.y), item.x0)):
        column = sum(edge <= (piece.x0 + min(piece.x1, piece.x0 + 20)) / 2 for edge in edges)
        joined = f"{cells[column]} {piece.text}".strip()
        cells[column] = joined
    return cells


def _rows_of(band: Sequence[Row], edges: Sequence[float]) -> list[list[str]]:
    """The rows of a band without rules inside; a row with an empty first cell continues the one above."""
    grid: list[list[str]] = []
    for row in band:
        cells = _cells(row, edges)
        if grid and not cells[0]:
            grid[-1] = [f"{above} {below}".strip() for above, below in zip(grid[-1], cells, strict=True)]
        else:
            grid.append(cells)
    return grid


def _has_header(grid: Sequence[Sequence[str]], rows: Sequence[Row]) -> bool:
    """True when the first row names the columns: bold, or full and without figures above other rows."""
    if _is_bold_on_top(rows):
        return True
    first = grid[0]
    return len(grid) > 1 and all(first[1:]) and not any(_is_figure(cell) for cell in first[1:])


def _is_bold_on_top(rows: Sequence[Row]) -> bool:
    """True when the first row is bold and, where there are others, they are not."""
    return all(piece.bold for piece in rows[0]) and (
        len(rows) == 1 or not all(piece.bold for row in rows for piece in row)
    )


def _is_figure(cell: str) -> bool:
    plain = cell.strip("£$€%+-–.,() ")
    return plain.replace(",", "").replace(".", "").isdigit() and not (len(plain) == 4 and plain[:2] in ("19", "20"))


# Tables without rules.


def take_aligned_tables(rows: Sequence[Row]) -> tuple[list[Table], list[Row]]:
    """The tables of one column of a page that only their aligned cells show, and the rows that are left."""
    tables: list[Table] = []
    left: list[Row] = []
    n = 0
    while n < len(rows):
        end, edges = _aligned_stretch(rows, n)
        table = _aligned_table(rows[n:end], edges) if end - n >= 3 else None
        if table:
            tables.append(table)
            n = end
        else:
            left.append(rows[n])
            n += 1
    return tables, left


def _aligned_stretch(rows: Sequence[Row], start: int) -> tuple[int, list[tuple[float, float]]]:
    """The end of the stretch of rows, from ``start``, whose pieces keep to the columns of its first row."""
    columns = [(piece.x0, piece.x1) for piece in rows[start]]
    if len(columns) < 2 or is_item_start(rows[start][0]):
        return start, []
    end = start + 1
    for row in rows[start + 1 :]:
        above = rows[end - 1][0]
        if row[0].y - above.y > 2.6 * above.size or abs(row[0].size - above.size) > 1.5:
            break
        placed = _placed(row, columns)
        if placed is None or (len(row) == 1 and row[0].y - above.y > 1.4 * above.size):
            break
        columns = placed
        end += 1
    return end, columns


def _placed(row: Row, columns: list[tuple[float, float]]) -> list[tuple[float, float]] | None:
    """The columns, widened by the row's pieces; None when a piece fits none or two."""
    wider = list(columns)
    for piece in row:
        over = [n for n, (x0, x1) in enumerate(wider) if piece.x0 < x1 and x0 < piece.x1]
        if len(over) != 1:
            return None
        x0, x1 = wider[over[0]]
        wider[over[0]] = (min(x0, piece.x0), max(x1, piece.x1))
    ordered = sorted(wider)
    return wider if all(a[1] < b[0] for a, b in pairwise(ordered)) else None


def _aligned_table(rows: Sequence[Row], columns: list[tuple[float, float]]) -> Table | None:
    pieces = [piece for row in rows for piece in row]
    full = [row for row in rows if len(row) >= 2]
    edges = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    if len(full) < 3 or len(full) * 2 < len(rows) or _reads_as_columns(pieces, edges):
        return None
    if not _aligns(pieces, columns) or median(len(piece.text) for piece in pieces) > 60:
        return None
    grid = _rows_of(rows, edges)
    return Table(grid, _has_header(grid, rows), _is_bold_on_top(rows), columns[0][0], columns[-1][1], pieces[0].y)


def _aligns(pieces: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    """True when most pieces share the left or the right edge of their column."""
    edged = sum(any(abs(piece.x0 - x0) < _NEAR or abs(piece.x1 - x1) < _NEAR for x0, x1 in columns) for piece in pieces)
    return edged > 0.7 * len(pieces)
