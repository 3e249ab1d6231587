"""Which characters of a PDF page a reader can see: those that leave ink, in another colour than their ground."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

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


class Turn:
    """From the page's own space to places as the text reads."""

    def __init__(self, frame: Box, angle: int) -> None:
        self.left, self.bottom, self.right, self.top = frame
        self.angle = angle % 360

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (width, height) if self.angle in (0, 180) else (height, width)

    def point(self, x: float, y: float) -> tuple[float, float]:
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


def drawn_words(page: pdfium.PdfPage, glyphs: list[Glyph | None], frame: Box) -> list[Glyph | None]:
    """The characters whose words leave ink on the drawn page: not covered, not in the colour of their ground.

    The page is drawn small, at most 3,000 pixels on its longer side; that is enough to tell ink from none.
    """
    if min(page.get_size()) < 1:
        return []
    drawing = _Drawing(page, frame)
    kept: list[Glyph | None] = []
    word: list[Glyph] = []
    for glyph in [*glyphs, None]:
        if glyph is not None and (not word or glyph.style is word[-1].style):
            word.append(glyph)
            continue
        if word and drawing.shows(word):
            kept.extend(word)
        word = [glyph] if glyph is not None else []
        if glyph is None:
            kept.append(None)
    return kept


class _Drawing:
    """A page as pixels."""

    def __init__(self, page: pdfium.PdfPage, frame: Box) -> None:
        self.scale = min(1.0, 3000 / max(page.get_size()))
        bitmap = page.render(scale=self.scale, rev_byteorder=True, force_bitmap_format=raw.FPDFBitmap_BGRx)
        try:
            self.image: NDArray[np.uint8] = bitmap.to_numpy()[:, :, :3].copy()
        finally:
            bitmap.close()
        red, green, blue = (self.image[:, :, n].astype(np.uint16) for n in range(3))
        # One plane for speed; uneven weights keep apart colours that are equally bright.
        self.plane = ((3 * red + 5 * green + 2 * blue) // 10).astype(np.uint8)
        self.turn = Turn(frame, page.get_rotation())
        self.grounds: dict[int, bool] = {}

    def shows(self, word: list[Glyph]) -> bool:
        """True when there is ink where the word stands, and it may be the word's."""
        first, last = self.turn.box(word[0].box), self.turn.box(word[-1].box)
        x0, y0 = min(first[0], last[0]), min(first[1], last[1])
        x1, y1 = max(first[2], last[2]), max(first[3], last[3])
        if not all(map(math.isfinite, (x0, y0, x1, y1))):
            return False
        rows = slice(max(int(y0 * self.scale) - 1, 0), max(math.ceil(y1 * self.scale) + 1, 1))
        columns = slice(max(int(x0 * self.scale) - 1, 0), max(math.ceil(x1 * self.scale) + 1, 1))
        plane = self.plane[rows, columns]
        if plane.size == 0 or int(plane.max()) - int(plane.min()) < 12:
            return False
        style = word[0].style
        if style.key not in self.grounds:
            self.grounds[style.key] = style.colour is not None and _is_ground(style.colour, self.image[rows, columns])
        return not self.grounds[style.key]


def _is_ground(colour: tuple[int, int, int], crop: NDArray[np.uint8]) -> bool:
    """True when the text has the colour of an even ground; on an uneven one, as a photograph, nothing is said."""
    edge = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]]).astype(np.int16)
    near = np.abs(edge - np.array(colour, dtype=np.int16)).max(axis=1) < 24
    return float(near.mean()) > 0.7
