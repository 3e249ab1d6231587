"""The characters of a PDF page where they stand, and which of them are hidden by their own settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in a page's own space; left, top, right, bottom once turned."""


@dataclass(frozen=True, slots=True)
class Style:
    """What all characters of one text object share."""

    key: int
    size: float
    angle: int
    bold: bool
    colour: tuple[int, int, int] | None
    """What its letters are filled with; None where they are outlined or take another filling."""
    opacity: float
    """Of the filling: 0 to 1."""
    unseen: bool
    """Invisible by its own settings, whatever lies beneath."""
    is_layer: bool
    """Unseen through render mode 3, as a recognised text layer is."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character where it stands."""

    text: str
    style: Style
    box: Box
    """Left, bottom, right, top in the page's own space."""
    baseline: tuple[float, float]
    is_named: bool = True
    """False where the file does not say which letter a glyph is."""


class Turn:
    """From the page's own space to places as the text reads."""

    def __init__(self, frame: Box, angle: int) -> None:
        self.left, self.bottom, self.right, self.top = frame
        self.angle = angle % 360

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (width, height) if self.angle in (0, 180) else (height, width)

    def point(self, x: Number, y: Number) -> tuple[Number, Number]:
        """A place, or as many as the arrays hold."""
        if self.angle == 90:
            return y - self.bottom, x - self.left
        if self.angle == 180:
            return self.right - x, y - self.bottom
        if self.angle == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, box: Box) -> Box:
        """Left, top, right, bottom."""
        if self.angle == 0:  # by far the most frequent, and this runs for every character
            return box[0] - self.left, self.top - box[3], box[2] - self.left, self.top - box[1]
        (ax, ay), (bx, by) = self.point(box[0], box[1]), self.point(box[2], box[3])
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def without_unseen(glyphs: list[Glyph | None], frame: Box) -> tuple[list[Glyph | None], bool]:
    """The characters that are neither invisible by their own settings nor off the page, and whether any were."""
    left, bottom, right, top = frame
    kept: list[Glyph | None] = []
    hidden = False
    for glyph in glyphs:
        if glyph is not None:
            x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
            if glyph.style.unseen or not (left <= x <= right and bottom <= y <= top):
                hidden = True
                continue
        kept.append(glyph)
    return kept, hidden
