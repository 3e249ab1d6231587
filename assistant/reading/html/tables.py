"""Tables of web pages as a grid: merged cells stand in every place that they cover."""

from __future__ import annotations

import re

from assistant.reading.html.styles import Element

Grid = list[list[Element | None]]

_MOST_COLUMNS = 100
"""A cell may claim to span 1,000 columns; no table that people read does."""


def is_data_table(table: Element) -> bool:
    """False for tables that only lay out a page: their cells are read as ordinary content."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return False
    if next(table.iter("h1", "h2", "h3", "h4"), None) is not None:
        return False
    rows = [len(_cells(row)) for row in table.iter("tr")]
    has_heads = next(table.iter("th"), None) is not None
    return bool(rows) and max(rows) >= 2 and (has_heads or len(rows) >= 2)


def table_grid(table: Element) -> tuple[Grid, Grid]:
    """The header rows and the other rows; a cell that spans all columns of a row stands in the first only."""
    rows = list(table.iter("tr"))
    grid: Grid = []
    open_spans: dict[int, tuple[int, Element]] = {}  # column: rows still to fill, cell
    for row in rows:
        filled: list[Element | None] = []
        cells = iter(_cells(row))
        cell = next(cells, None)
        while len(filled) < _MOST_COLUMNS and (cell is not None or len(filled) in open_spans):
            column = len(filled)
            if column in open_spans:
                left, above = open_spans.pop(column)
                filled.append(above)
                if left > 1:
                    open_spans[column] = (left - 1, above)
                continue
            down = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if down > 1:
                    open_spans[len(filled)] = (down - 1, cell)
                filled.append(cell)
            cell = next(cells, None)
        grid.append(filled if len(set(filled)) > 1 else filled[:1])
    heads = _header_count(rows)
    return grid[:heads], grid[heads:]


def _header_count(rows: list[Element]) -> int:
    """How many rows at the top are headers; at least one row is left below them."""
    count = 0
    for row in rows:
        cells = _cells(row)
        if row.getparent().tag != "thead" and not (cells and all(cell.tag == "th" for cell in cells)):
            break
        count += 1
    return count if count < len(rows) else min(count, 1)


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _span(cell: Element, name: str) -> int:
    value = cell.get(name) or ""
    return (
        min(max(int(value), 1), _MOST_COLUMNS if name == "colspan" else 65534) if re.fullmatch(r"\d{1,5}", value) else 1
    )
