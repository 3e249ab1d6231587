"""Tables of a PDF page: cells between drawn rules, or in columns that align over several rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from assistant.reading.pdf.characters import Rule
from assistant.reading.pdf.layout import are_columns, is_item_start
from assistant.reading.pdf.lines import Line, Row
from assistant.reading.pdf.paragraphs import seam

_NEAR = 4.0
"""Points within which rules count as one, and edges as aligned."""
_APART = 5.0
"""Points that stay free between two columns without a vertical rule."""
_MOST_BEYOND = 4
"""Lines of a row above the first rule or below the last."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; the first row is the header when ``has_header``."""

    rows: list[list[str]]
    has_header: bool
    has_bold_header: bool
    x0: float
    x1: float
    y: float
    bottom: float
    """Baseline of its last row."""


@dataclass(frozen=True, slots=True)
class _Area:
    x0: float
    x1: float
    ys: list[float]
    """Horizontal rules from the top."""


_Span = tuple[float, float]
_FAR = 1e6


def take_ruled_tables(rows: Sequence[Row], rules: Sequence[Rule], words: Counter[str]) -> tuple[list[Table], list[Row]]:
    """The tables that rules draw on a page, and the rows that are left.

    Rules of one extent may belong to several tables, and to a running head: what stands between them is told by its
    columns.

    Args:
        rows: pieces of text from the top.
        rules: what is drawn on the page.
        words: how often words stand in the document, to undo hyphenation in cells.
    """
    left = list(rows)
    tables: list[Table] = []
    for area in _ruled_areas(rules):
        if not _rows_in(area, left):
            continue
        uprights = _uprights(area, rules)
        for part, is_gridded in _parts(area, uprights):
            cut = _rows_in(part, left)
            found = _gridded_table(cut, part, uprights, words) if is_gridded else None
            for table, taken in [found] if found else _row_ruled_tables(left, cut, part, words):
                tables.append(table)
                left = _without(left, taken)
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


def _rows_in(area: _Area, rows: Sequence[Row]) -> list[Row]:
    inside = [tuple(piece for piece in row if _is_in(piece, area)) for row in rows]
    return [row for row in inside if row]


def _is_in(piece: Line, area: _Area) -> bool:
    return area.ys[0] - 1 < piece.y < area.ys[-1] + 1 and area.x0 - _NEAR < piece.x0 and piece.x1 < area.x1 + _NEAR


def _uprights(area: _Area, rules: Sequence[Rule]) -> dict[float, list[_Span]]:
    """Where vertical rules stand within the width of the area, and the heights of each; many are drawn in pieces."""
    found: list[list[Rule]] = []
    for rule in sorted((rule for rule in rules if abs(rule.x1 - rule.x0) < 1), key=lambda item: item.x0):
        if area.x0 - _NEAR < rule.x0 < area.x1 + _NEAR:
            if not found or rule.x0 - found[-1][0].x0 >= _NEAR:
                found.append([])
            found[-1].append(rule)
    return {
        (near[0].x0 + near[-1].x0) / 2: [(min(rule.y0, rule.y1), max(rule.y0, rule.y1)) for rule in near]
        for near in found
    }


def _standing(uprights: Mapping[float, Sequence[_Span]], top: float, bottom: float, share: float) -> list[float]:
    """Where vertical rules take up a share of the height between two places, from the left."""
    return [
        x
        for x, spans in uprights.items()
        if sum(max(min(y1, bottom) - max(y0, top), 0.0) for y0, y1 in spans) > share * (bottom - top)
    ]


def _is_inner(x: float, area: _Area) -> bool:
    return area.x0 + 8 < x < area.x1 - 8


def _parts(area: _Area, uprights: Mapping[float, Sequence[_Span]]) -> list[tuple[_Area, bool]]:
    """The area cut where vertical rules begin and end, and whether a part has them.

    Bands with a frame alone belong to the vertical rules next to them, as a title over all columns does.
    """
    bands = list(pairwise(area.ys))
    held = [_standing(uprights, top, bottom, 0.5) for top, bottom in bands]
    is_gridded = [any(_is_inner(x, area) for x in xs) for xs in held]
    for order in (range(1, len(bands)), range(len(bands) - 2, -1, -1)):
        for n in order:
            is_gridded[n] = is_gridded[n] or (bool(held[n]) and is_gridded[n - order.step])
    parts: list[tuple[_Area, bool]] = []
    for n, (top, bottom) in enumerate(bands):
        if parts and is_gridded[n] == parts[-1][1]:
            parts[-1][0].ys.append(bottom)
        else:
            parts.append((replace(area, ys=[top, bottom]), is_gridded[n]))
    return parts


def _gridded_table(
    rows: Sequence[Row], area: _Area, uprights: Mapping[float, Sequence[_Span]], words: Counter[str]
) -> tuple[Table, set[Line]] | None:
    """The table between vertical rules, and its pieces."""
    edges = [x for x in _standing(uprights, area.ys[0], area.ys[-1], 0.4) if _is_inner(x, area)]
    bands = [band for band in _bands(rows, area) if band]
    if not edges or not bands:
        return None
    grid = [_cells([piece for row in band for piece in row], edges, words) for band in bands]
    return _table(grid, [row for band in bands for row in band], area, least_rows=1 if len(edges) > 1 else 2)


def _bands(rows: Sequence[Row], area: _Area) -> list[list[Row]]:
    """The rows between each two neighbouring rules."""
    return [[row for row in rows if top < row[0].y <= bottom] for top, bottom in pairwise(area.ys)]


def _without(rows: Sequence[Row], taken: set[Line]) -> list[Row]:
    rest = [tuple(piece for piece in row if piece not in taken) for row in rows]
    return [row for row in rest if row]


def _table(
    grid: list[list[str]], rows: Sequence[Row], area: _Area, *, least_rows: int
) -> tuple[Table, set[Line]] | None:
    # Frames drawn twice leave columns with nothing in them.
    filled = [n for n, column in enumerate(zip(*grid, strict=True)) if any(column)]
    grid = [[cells[n] for n in filled] for cells in grid if any(cells)]
    if len(filled) < 2 or len(grid) < least_rows or sum(bool(cell) for cells in grid for cell in cells) < 3:
        return None
    taken = {piece for row in rows for piece in row}
    header = _has_header(grid, rows), _is_bold_on_top(rows)
    return Table(grid, *header, area.x0, area.x1, min(area.ys[0], rows[0][0].y), rows[-1][0].y), taken


# Tables with rules between rows alone.


def _row_ruled_tables(
    page: Sequence[Row], rows: Sequence[Row], area: _Area, words: Counter[str]
) -> list[tuple[Table, set[Line]]]:
    """The tables whose columns stay free through several bands, and their pieces."""
    bands = _bands(rows, area)
    found: list[tuple[Table, set[Line]]] = []
    start = 0
    while start < len(bands):
        end, edges = _stretch(bands, start)
        deeper, more = _stretch(bands, start + 1)
        is_finer = len(more) > len(edges) > 0 and len(bands[start]) <= _MOST_BEYOND
        if is_finer and (deeper > start + 2 or len(bands[start + 1]) >= 3):
            # The top row names groups of columns.
            end, edges = deeper, more
        part = replace(area, ys=area.ys[start : end + 1])
        table = _row_ruled_table(page, bands[start:end], edges, part, words) if edges else None
        if table:
            found.append(table)
            page = _without(page, table[1])
        start = end if table else start + 1
    return found


def _row_ruled_table(
    page: Sequence[Row], bands: list[list[Row]], edges: list[float], area: _Area, words: Counter[str]
) -> tuple[Table, set[Line]] | None:
    """One table, with its row above the first rule or below the last; bands of running text side by side are none."""
    size = median(piece.size for piece in _fine(row for band in bands for row in band))
    above = _beyond([row for row in reversed(page) if row[0].y <= area.ys[0]], area.ys[0], area, edges, size)
    below = _beyond([row for row in page if row[0].y > area.ys[-1]], area.ys[-1], area, edges, size)
    bands = [band for band in (above[::-1], *bands, below) if band]
    rows = [row for band in bands for row in band]
    longest = max(map(len, bands))
    if len(bands) < 2 or (
        (len(bands) == 2 or longest > max(0.6 * len(rows), 6)) and _reads_as_columns(_fine(rows), edges)
    ):
        return None
    grid = [cells for band in bands for cells in _rows_of_band(band, edges, len(bands), words)]
    return _table(grid, rows, area, least_rows=2)


def _fine(rows: Iterable[Row]) -> list[Line]:
    """Pieces as small as cells may be."""
    return [part for row in rows for piece in row for part in piece.parts or (piece,)]


def _stretch(bands: Sequence[list[Row]], start: int) -> tuple[int, list[float]]:
    """The end of the bands, from ``start``, through which the same places between columns stay free, and those."""
    free = [span for span in _free(bands[start]) if span[0] > -_FAR and span[1] < _FAR] if start < len(bands) else []
    end = start + 1
    while free and end < len(bands):
        both = _common(free, _free(bands[end]))
        if len(both) < len(free) and not (both and end == start + 1):
            following = bands[end + 1] if end + 1 < len(bands) else []
            is_title = len(bands[end]) == len(bands[end][0]) == 1
            if not (is_title and following and len(_common(free, _free(following))) == len(free)):
                break
            both = free
        free = both
        end += 1
    edges = [(x0 + x1) / 2 for x0, x1 in free]
    # A heading or a source below the last row stands in one column alone.
    while end - start > 1 and len(_columns(bands[end - 1], edges)) < 2:
        end -= 1
    return end, edges


def _free(band: Sequence[Row]) -> list[_Span]:
    """The places of a band that no piece covers, from the left."""
    spans: list[_Span] = []
    reach = -_FAR
    for piece in sorted(_fine(band), key=lambda item: item.x0):
        if piece.x0 - reach > _APART:
            spans.append((reach, piece.x0))
        reach = max(reach, piece.x1)
    return [*spans, (reach, _FAR)]


def _common(first: Sequence[_Span], second: Sequence[_Span]) -> list[_Span]:
    both = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return [(x0, x1) for x0, x1 in both if x1 - x0 > _APART]


def _columns(rows: Iterable[Row], edges: Sequence[float]) -> set[int]:
    return {_column(piece, edges) for piece in _fine(rows)}


def _beyond(rows: Sequence[Row], rule: float, area: _Area, edges: Sequence[float], size: float) -> list[Row]:
    """The lines next to the first or the last rule, from it outwards, that keep to the columns of the table."""
    kept: list[Row] = []
    for row in rows:
        within = tuple(piece for piece in row if area.x0 - _NEAR < piece.x0 and piece.x1 < area.x1 + _NEAR)
        crosses = any(piece.x0 < edge < piece.x1 for piece in _fine([within]) for edge in edges)
        far = abs(row[0].y - (kept[-1][0].y if kept else rule)) > 1.9 * size
        if not within or far or crosses or abs(within[0].size - size) > 0.6:
            break
        kept.append(within)
    while kept and len(_columns(kept[-1:], edges)) < 2:
        kept.pop()
    return kept if len(kept) <= _MOST_BEYOND else []


def _rows_of_band(band: Sequence[Row], edges: Sequence[float], bands: int, words: Counter[str]) -> list[list[str]]:
    """One row, unless several lines of a table with few rules have all its columns."""
    full = [row for row in band if len(_columns([row], edges)) > len(edges)]
    if bands > 3 or len(full) < 2:
        return [_cells(_fine(band), edges, words)]
    return _rows_of(band, edges, words)


def _reads_as_columns(pieces: list[Line], edges: list[float]) -> bool:
    """True when one of the edges is the gutter between two columns of running text."""
    ordered = sorted(pieces, key=lambda item: item.y)
    return any(
        are_columns([piece for piece in ordered if piece.x1 <= edge], [piece for piece in ordered if piece.x0 >= edge])
        for edge in edges
    )


def _cells(pieces: Sequence[Line], edges: Sequence[float], words: Counter[str]) -> list[str]:
    cells: list[str] = [""] * (len(edges) + 1)
    last: dict[int, float] = {}
    for piece in sorted(pieces, key=lambda item: (round(item.y), item.x0)):
        column = _column(piece, edges)
        is_beside = piece.y - last.get(column, piece.y) < 0.25 * piece.size
        cells[column] = (
            f"{cells[column]} {piece.text}".strip() if is_beside else _joined(cells[column], piece.text, words)
        )
        last[column] = piece.y
    return cells


def _column(piece: Line, edges: Sequence[float]) -> int:
    return sum(edge <= (piece.x0 + min(piece.x1, piece.x0 + 20)) / 2 for edge in edges)


def _joined(above: str, below: str, words: Counter[str]) -> str:
    """Two lines of a cell as one, hyphenation undone."""
    if not above or not below:
        return above or below
    end, space = seam(above, below, words)
    return end + space + below


def _rows_of(rows: Sequence[Row], edges: Sequence[float], words: Counter[str]) -> list[list[str]]:
    """The rows of a stretch without rules inside; a row with an empty first cell continues the one above."""
    grid: list[list[str]] = []
    for row in rows:
        cells = _cells(_fine([row]), edges, words)
        if grid and not cells[0]:
            grid[-1] = [_joined(above, below, words) for above, below in zip(grid[-1], cells, strict=True)]
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


def take_aligned_tables(rows: Sequence[Row], words: Counter[str]) -> tuple[list[Table], list[Row]]:
    """The tables of one column of a page that only their aligned cells show, and the rows that are left.

    ``words`` as for `take_ruled_tables`.
    """
    tables: list[Table] = []
    left: list[Row] = []
    n = 0
    while n < len(rows):
        end, edges = _aligned_stretch(rows, n)
        table = _aligned_table(rows[n:end], edges, words) if end - n >= 3 else None
        if table:
            tables.append(table)
            n = end
        else:
            left.append(rows[n])
            n += 1
    return tables, left


def _aligned_stretch(rows: Sequence[Row], start: int) -> tuple[int, list[_Span]]:
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


def _placed(row: Row, columns: list[_Span]) -> list[_Span] | None:
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


def _aligned_table(rows: Sequence[Row], columns: list[_Span], words: Counter[str]) -> Table | None:
    pieces = [piece for row in rows for piece in row]
    full = [row for row in rows if len(row) >= 2]
    edges = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    if len(full) < 3 or len(full) * 2 < len(rows) or _reads_as_columns(pieces, edges):
        return None
    if not _aligns(pieces, columns) or median(len(piece.text) for piece in pieces) > 60:
        return None
    grid = _rows_of(rows, edges, words)
    header = _has_header(grid, rows), _is_bold_on_top(rows)
    return Table(grid, *header, columns[0][0], columns[-1][1], pieces[0].y, pieces[-1].y)


def _aligns(pieces: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    """True when most pieces share the left or the right edge of their column."""
    edged = sum(any(abs(piece.x0 - x0) < _NEAR or abs(piece.x1 - x1) < _NEAR for x0, x1 in columns) for piece in pieces)
    return edged > 0.7 * len(pieces)
