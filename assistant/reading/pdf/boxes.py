"""Boxes of a PDF page: text within a drawn frame or on a ground of its own, apart from the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading.pdf.characters import PageCharacters, Rule
from assistant.reading.pdf.lines import Line, Row

_NEAR = 2.0
"""Points within which edges are one."""
_WIDEST = 0.9
"""Share of the page's height and width that only the page's own ground or frame takes up."""


@dataclass(frozen=True, slots=True)
class Box:
    """The rows within a frame."""

    rows: list[Row]
    x0: float
    x1: float
    y: float
    bottom: float


def take_boxes(rows: Sequence[Row], page: PageCharacters) -> tuple[list[Box], list[Row]]:
    """The boxes of a page with two rows or more, the outer of two that nest, and the rows that are left."""
    boxes: list[Box] = []
    left = list(rows)
    for x0, x1, top, bottom in sorted(_frames(page.rules), key=lambda frame: frame[2] - frame[3]):
        if x1 - x0 > _WIDEST * page.width and bottom - top > _WIDEST * page.height:
            continue
        inside = [tuple(piece for piece in row if _is_in(piece, x0, x1, top, bottom)) for row in left]
        inside = [row for row in inside if row]
        rest = [tuple(piece for piece in row if not _is_in(piece, x0, x1, top, bottom)) for row in left]
        is_crossed = any(top < piece.y < bottom and piece.x0 < x1 and x0 < piece.x1 for row in rest for piece in row)
        if len(inside) > 1 and any(rest) and not is_crossed:
            boxes.append(Box(inside, x0, x1, inside[0][0].y, inside[-1][0].y))
            left = [row for row in rest if row]
    return boxes, left


def _frames(rules: Sequence[Rule]) -> list[tuple[float, float, float, float]]:
    """Left, right, top and bottom of what four rules close in."""
    flat = [rule for rule in rules if rule.y0 == rule.y1 and rule.x1 - rule.x0 > 60]
    upright = [rule for rule in rules if rule.x0 == rule.x1]
    frames: list[tuple[float, float, float, float]] = []
    for first in flat:
        for second in flat:
            frame = first.x0, first.x1, first.y0, second.y0
            is_pair = abs(first.x0 - second.x0) < _NEAR and abs(first.x1 - second.x1) < _NEAR
            if is_pair and second.y0 - first.y0 > 20 and all(_stands(upright, x, *frame[2:]) for x in frame[:2]):
                frames.append(frame)
    return frames


def _stands(upright: Sequence[Rule], x: float, top: float, bottom: float) -> bool:
    """True when one rule at ``x`` reaches from the top to the bottom."""
    return any(
        abs(rule.x0 - x) < _NEAR
        and abs(min(rule.y0, rule.y1) - top) < _NEAR
        and abs(max(rule.y0, rule.y1) - bottom) < _NEAR
        for rule in upright
    )


def _is_in(piece: Line, x0: float, x1: float, top: float, bottom: float) -> bool:
    return top < piece.y < bottom and x0 - _NEAR < piece.x0 and piece.x1 < x1 + _NEAR
