"""Which words of a PDF page leave ink that a reader can see: words are looked at without the words around them.

Ink at the spot is not enough. It may be that of a photograph over the word, or of print beneath white letters. So the
page is drawn without its text, and again with words that do not touch each other: what differs is the words' own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from assistant.reading.colours import NEAR
from assistant.reading.pdf.objects import text_objects
from assistant.reading.pdf.visibility import Box, Glyph, Turn

Image = NDArray[np.uint8]
"""Rows, columns, and the channels red, green, blue and one that says nothing."""
Mask = NDArray[np.bool_]
Boxes = NDArray[np.intp]
"""``(n, 4)``: left, top, right, bottom in pixels; right and bottom lie outside."""
Word = list[Glyph]
"""Neighbouring characters of one text object."""
Layer = dict[int, list[int]]
"""Text objects that do not touch each other: their words, by number."""

_LONGEST_SIDE = 3000
"""Pixels. A page is drawn at 72 to the inch or smaller: that is enough to tell ink from none."""
_INK = 12
"""Least difference that counts, of 255."""
_LEAST_INKED = 0.25
"""Share of a word's characters; fonts that are not in the file may lack many."""
_MOST_GROUND = 0.7
_MOST_AMONG_LETTERS = 0.3
"""Plain print covers less than half of its ground."""
_MOST_LAYERS = 8
"""Nothing can be read of words that lie upon each other so often."""
_MOST_TRIES = 4


def drawn_words(page: pdfium.PdfPage, glyphs: list[Glyph | None], frame: Box) -> tuple[list[Glyph | None], bool]:
    """The characters whose words show on the drawn page: not covered, not in the colour of their ground.

    Of a word that shows only here and there, these characters are kept. Also whether other words show in the place of
    some that do not, which may be the same words drawn once more: of such pdfium reads the first only.
    """
    if min(page.get_size()) < 1:
        return [], False
    words = list(_words(glyphs))
    if not words:
        return glyphs, False
    sheet = _Sheet(page, frame)
    try:
        shown, is_doubled = _shown(sheet, words)
    finally:
        sheet.switch(sheet.texts)
    are_shown = iter(shown)
    return [glyph for glyph in glyphs if glyph is None or next(are_shown)], is_doubled


def _words(glyphs: Iterable[Glyph | None]) -> Iterator[Word]:
    word: Word = []
    for glyph in glyphs:
        if word and (glyph is None or glyph.style is not word[-1].style):
            yield word
            word = []
        if glyph is not None:
            word.append(glyph)
    if word:
        yield word


def _shown(sheet: _Sheet, found: list[Word]) -> tuple[list[bool], bool]:
    """Whether each character of the words shows, and whether other words show in the place of some."""
    words = _Places(found, sheet)
    whole, ground = sheet.draw(sheet.texts), sheet.draw(())
    sunk = words.sunk(ground)
    for layer in words.layers(~words.is_seen, ground):
        drawn = whole if layer.keys() == sheet.texts.keys() else sheet.draw(layer)
        words.look(layer, _ink(drawn, ground, whole), sunk)
    if words.is_seen.all():
        return words.shown(), False
    words.widen()  # underscores, and dots smaller than a pixel
    sunk = words.sunk(ground)
    for layer in words.layers(~words.is_seen, ground):
        words.look(layer, _ink(sheet.draw(layer), ground, whole), sunk)
    # Letters may be the ground of others, as a disc with a figure in it.
    for layer in words.layers(~words.is_seen & words.is_filled, ground)[:_MOST_TRIES]:
        rest = sheet.draw(sheet.texts.keys() - layer.keys())
        words.look(layer, _ink(whole, rest, whole), words.sunk(rest, most=_MOST_AMONG_LETTERS))
    return words.shown(), words.have_others_ink(_ink(whole, ground, whole))


class _Sheet:
    """A page that is drawn with some of its text objects only."""

    def __init__(self, page: pdfium.PdfPage, frame: Box) -> None:
        self.page = page
        self.scale = min(1.0, _LONGEST_SIDE / max(page.get_size()))
        self.turn = Turn(frame, page.get_rotation())
        self.texts = text_objects(page)
        self.active = set(self.texts)

    def switch(self, wanted: Iterable[int]) -> None:
        """Draw these text objects from now on, and no others."""
        wanted = self.texts.keys() & set(wanted)
        for key in self.active ^ wanted:
            raw.FPDFPageObj_SetIsActive(self.texts[key], key in wanted)
        self.active = wanted

    def draw(self, wanted: Iterable[int]) -> Image:
        """The page with these text objects and all that is no text."""
        self.switch(wanted)
        bitmap = self.page.render(scale=self.scale, rev_byteorder=True, force_bitmap_format=raw.FPDFBitmap_BGRx)
        try:
            image: Image = bitmap.to_numpy().copy()
            return image
        finally:
            bitmap.close()


class _Places:
    """Where words and their characters stand on the drawn page, in pixels, and which were seen."""

    def __init__(self, words: list[Word], sheet: _Sheet) -> None:
        self.count = len(words)
        self.lengths = np.array([len(word) for word in words])
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.is_seen: Mask = np.zeros(len(words), dtype=np.bool_)
        self.is_filled: Mask = np.array([word[0].style.colour is not None for word in words])
        self._is_shown: Mask = np.zeros(self.lengths.sum(), dtype=np.bool_)
        self._colours: dict[tuple[tuple[int, int, int], float], list[int]] = defaultdict(list)
        self._members: Layer = defaultdict(list)
        for at, word in enumerate(words):
            self._members[word[0].style.key].append(at)
            if (colour := word[0].style.colour) is not None:
                self._colours[colour, word[0].style.opacity].append(at)
        numbers = chain.from_iterable(glyph.box for word in words for glyph in word)
        boxes = np.fromiter(numbers, dtype=np.float64).reshape(-1, 4)
        (ax, ay), (bx, by) = sheet.turn.point(boxes[:, 0], boxes[:, 1]), sheet.turn.point(boxes[:, 2], boxes[:, 3])
        turned = np.stack([np.minimum(ax, bx), np.minimum(ay, by), np.maximum(ax, bx), np.maximum(ay, by)], axis=1)
        far = 2 * _LONGEST_SIDE
        # Rounded, neighbours share no pixel: each has those of which it takes up most.
        self._place(np.round(np.clip(np.nan_to_num(turned * sheet.scale, nan=far), 0, far)).astype(np.intp))

    def _place(self, glyphs: Boxes) -> None:
        self.glyphs = glyphs
        self.glyphs[:, 2:] = np.maximum(self.glyphs[:, 2:], self.glyphs[:, :2] + 1)
        first = np.minimum.reduceat(self.glyphs[:, :2], self.starts).tolist()
        last = np.maximum.reduceat(self.glyphs[:, 2:], self.starts).tolist()
        self.spots = [(slice(y0, y1), slice(x0, x1)) for (x0, y0), (x1, y1) in zip(first, last, strict=True)]

    def widen(self) -> None:
        """Look a little beyond the characters from now on."""
        margin = 1 + (self.glyphs[:, 3:] - self.glyphs[:, 1:2]) // 8
        self._place(np.maximum(self.glyphs + margin * np.array([-1, -1, 1, 1]), 0))

    def layers(self, wanted: Mask, page: Image) -> list[Layer]:
        """The text objects of the words wanted, so that none touches another of its layer; those too many left out."""
        layers: list[Layer] = []
        taken: list[Mask] = []
        for key, members in self._members.items():
            asked = [at for at in members if wanted[at]]
            if not asked:
                continue
            spots = [self.spots[at] for at in members]
            for number in range(_MOST_LAYERS):
                if number == len(layers):
                    layers.append({})
                    taken.append(np.zeros(page.shape[:2], dtype=np.bool_))
                if not any(taken[number][spot].any() for spot in spots):
                    for spot in spots:
                        taken[number][spot] = True
                    layers[number][key] = asked
                    break
        return layers

    def sunk(self, ground: Image, *, most: float = _MOST_GROUND) -> Mask:
        """Which words have the colour of more than this share of their ground."""
        sunk: Mask = np.zeros(self.count, dtype=np.bool_)
        pixels = ground.view(np.uint32)[:, :, 0]
        rows, columns = np.nonzero(pixels != pixels[0, 0])  # few: most of a page is plain
        for (colour, opacity), members in self._colours.items():
            near: Mask = np.full(pixels.shape, bool(_is_near(ground[0, 0], colour, opacity)))
            near[rows, columns] = _is_near(ground[rows, columns], colour, opacity)
            if near.any():
                for at in members:
                    spot = near[self.spots[at]]
                    sunk[at] = np.count_nonzero(spot) > most * spot.size
        return sunk

    def look(self, layer: Layer, ink: Mask, sunk: Mask) -> None:
        """Note what of a layer has ink and is not sunk in its ground."""
        asked: Mask = np.zeros(self.count, dtype=np.bool_)
        asked[list(chain.from_iterable(layer.values()))] = True
        inked = (_counts(ink, self.glyphs) > 0) & np.repeat(asked & ~sunk, self.lengths)
        self.is_seen |= np.add.reduceat(inked, self.starts, dtype=np.intp) >= _LEAST_INKED * self.lengths
        self._is_shown |= inked | np.repeat(self.is_seen, self.lengths)

    def have_others_ink(self, ink: Mask) -> bool:
        """Whether there is ink where words do not show."""
        return bool(((_counts(ink, self.glyphs) > 0) & ~self._is_shown).any())

    def shown(self) -> list[bool]:
        """Whether each character shows."""
        shown: list[bool] = self._is_shown.tolist()
        return shown


def _ink(drawn: Image, ground: Image, whole: Image) -> Mask:
    """The pixels that differ from the ground, and are on the whole page what they are here."""
    # Few pixels differ at all, and whole pixels are compared faster than channels.
    ink: Mask = drawn.view(np.uint32)[:, :, 0] != ground.view(np.uint32)[:, :, 0]
    rows, columns = np.nonzero(ink)
    pixels = drawn[rows, columns]
    shows = _away(pixels, ground[rows, columns]) >= _INK
    if drawn is not whole:
        final = whole[rows, columns]
        shows &= (_away(pixels, final) < NEAR) & (_away(final, ground[rows, columns]) >= _INK)
    ink[rows, columns] = shows
    return ink


def _is_near(pixels: Image, colour: tuple[int, int, int], opacity: float) -> Any:
    """Whether a colour laid over pixels leaves them as they look."""
    return _away(pixels, np.array([*colour, 0], dtype=np.uint8)) * opacity < NEAR


def _away(pixels: Image, others: Image) -> Any:
    """The largest difference of a channel."""
    away = np.abs(pixels[..., :3].astype(np.int16) - others[..., :3])
    return np.maximum(np.maximum(away[..., 0], away[..., 1]), away[..., 2])  # much faster than max(axis=-1)


def _counts(pixels: Mask, boxes: Boxes) -> Boxes:
    """How many pixels are set in each box."""
    height, width = pixels.shape
    sums = np.zeros((height + 1, width + 1), dtype=np.int32)
    np.cumsum(pixels, axis=0, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    left, right = np.minimum(boxes[:, 0], width), np.minimum(boxes[:, 2], width)
    top, bottom = np.minimum(boxes[:, 1], height), np.minimum(boxes[:, 3], height)
    return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
