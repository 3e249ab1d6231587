"""One PDF page as pdfium sees it: runs of characters with place and style, drawn rules, and what stays hidden.

Places are in points from the page's top left corner, as the text reads: a page set sideways is turned first.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.reading.pdf.ink import drawn_words
from assistant.reading.pdf.objects import ActualText, switched_off, take_actual_texts, with_actual_texts
from assistant.reading.pdf.visibility import Box, Glyph, Style, Turn, without_unseen

_SMALLEST = 2.0
"""Characters below this size, in points, are not read by people."""
_INVISIBLE_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_STROKED_MODES = (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_BOLD = re.compile("bold|black|heavy|demi", re.IGNORECASE)
_MAX_RULES = 4000
# Bullets of symbol fonts come as private-use characters; ligatures as one character.
_REWRITTEN = {
    **dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf0a8\uf02d\u2022\u25cf\uf06e\uf06c", "•"),
    **{"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
    **{"\x02": "-", "\ufffe": "-", "\u2010": "-", "\u00ad": "-"},
}


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style that stand side by side on one baseline."""

    text: str
    x0: float
    x1: float
    y: float
    """Baseline, downwards from the top."""
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn straight line; ``x0 == x1`` for a vertical one."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PageCharacters:
    """What stands on a page."""

    width: float
    height: float
    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    hidden: bool
    """True when text was left out that a reader cannot see."""
    is_scan: bool
    """True when the text lies unseen over an image of the page, as text recognition leaves it."""


@dataclass(frozen=True, slots=True)
class SeenGlyphs:
    """The characters of a page that a reader sees."""

    glyphs: tuple[Glyph | None, ...]
    """In the order of the content, as the text reads; None where pdfium sees a space or a new line."""
    turn: Turn
    """To places as the text reads."""
    rules: tuple[Box, ...]
    hidden: bool
    is_scan: bool


def read_characters(page: pdfium.PdfPage) -> PageCharacters:
    """Runs, rules and hidden text of one page.

    Raises:
        pdfium.PdfiumError: the page's content is broken.
    """
    seen = see_glyphs(page)
    width, height = seen.turn.size
    rules = tuple(Rule(*seen.turn.box(rule)) for rule in seen.rules)
    return PageCharacters(width, height, tuple(_runs(seen.glyphs, seen.turn)), rules, seen.hidden, seen.is_scan)


def see_glyphs(page: pdfium.PdfPage) -> SeenGlyphs:
    """The characters of one page that a reader sees, of those that stand as most of them do.

    Raises:
        pdfium.PdfiumError: the page's content is broken.
    """
    actual_texts = take_actual_texts(page)
    glyphs = _read(page, actual_texts)
    frame = page.get_bbox()
    rules, images = _drawn(page)
    seen, hidden = without_unseen(glyphs, frame)
    layer = [glyph for glyph in glyphs if glyph is None or glyph.style.is_layer]
    is_scan = not any(seen) and any(layer) and _covers(images, frame)
    if is_scan:
        seen, hidden = layer, False
    elif any(seen):
        drawn, is_doubled = drawn_words(page, seen, frame)
        if not any(drawn) and _covers(images, frame):
            is_scan, hidden = True, False  # some programs put the recognised text below the image
        else:
            hidden = hidden or sum(map(bool, drawn)) < sum(map(bool, seen))
            seen = drawn
            if is_doubled:
                with switched_off(page, _objects(glyphs) - _objects(drawn)):
                    glyphs = _read(page, actual_texts)
                seen, _ = drawn_words(page, without_unseen(glyphs, frame)[0], frame)
    angle = _main_angle(seen)
    upright = tuple(glyph for glyph in seen if glyph is None or glyph.style.angle == angle)
    return SeenGlyphs(upright, Turn(frame, angle), tuple(rules), hidden, is_scan)


def _objects(glyphs: list[Glyph | None]) -> set[int]:
    return {glyph.style.key for glyph in glyphs if glyph is not None}


# Characters and styles.


def _read(page: pdfium.PdfPage, actual_texts: list[ActualText]) -> list[Glyph | None]:
    textpage = page.get_textpage()
    try:
        glyphs = _glyphs(textpage, {key for actual in actual_texts for key in actual.keys})
    finally:
        textpage.close()
    return with_actual_texts(glyphs, actual_texts) if actual_texts else glyphs


def _glyphs(textpage: pdfium.PdfTextPage, doubted: Collection[int]) -> list[Glyph | None]:
    """The page's characters in the order of its content; None where pdfium sees a space or a new line.

    Of the text objects ``doubted``, unnamed glyphs are kept too, with or without a letter.
    """
    handle = textpage.raw
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int, Style] = {}
    fonts: dict[int, bool] = {}
    glyphs: list[Glyph | None] = []
    last_key, baseline = 0, (0.0, 0.0)
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        char = "" if not code or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)
        text_object = raw.FPDFText_GetTextObject(handle, index)
        if not text_object or char.isspace():
            if char and (not glyphs or glyphs[-1] is not None):
                glyphs.append(None)
            continue
        key = ctypes.addressof(text_object.contents)
        if key not in styles:
            styles[key] = _style(handle, index, key, text_object, fonts)
        if not raw.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        if key != last_key or styles[key].angle % 90:
            raw.FPDFText_GetCharOrigin(handle, index, x, y)
            last_key, baseline = key, (x.value, y.value)
        clean = _REWRITTEN.get(char, char)
        # The builder reserves private-use characters, and one on its own has no meaning outside its font.
        if "\ue000" <= clean <= "\uf8ff":
            clean = ""
        if key in doubted:
            is_named = bool(clean) and raw.FPDFText_HasUnicodeMapError(handle, index) == 0
            glyphs.append(Glyph(clean, styles[key], (box.left, box.bottom, box.right, box.top), baseline, is_named))
        elif clean:
            glyphs.append(Glyph(clean, styles[key], (box.left, box.bottom, box.right, box.top), baseline))
    return glyphs


def _style(handle: Any, index: int, key: int, text_object: Any, fonts: dict[int, bool]) -> Style:
    matrix, size = raw.FS_MATRIX(), ctypes.c_float()
    raw.FPDFText_GetMatrix(handle, index, matrix)
    raw.FPDFTextObj_GetFontSize(text_object, size)
    scale = math.hypot(matrix.c, matrix.d)
    points = abs(size.value) * scale if math.isfinite(scale) else 0.0
    angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360 if scale and math.isfinite(matrix.a) else 0
    mode = raw.FPDFTextObj_GetTextRenderMode(text_object)
    channels = [ctypes.c_uint() for _ in range(4)]
    has_colour = raw.FPDFText_GetFillColor(handle, index, *channels) and mode not in _STROKED_MODES
    red, green, blue, alpha = (channel.value for channel in channels)
    is_faint = bool(has_colour) and alpha < 16
    return Style(
        key=key,
        size=round(points, 2),
        angle=angle,
        bold=_is_bold(raw.FPDFTextObj_GetFont(text_object), fonts),
        colour=(red, green, blue) if has_colour else None,
        opacity=alpha / 255 if has_colour else 1.0,
        unseen=mode in _INVISIBLE_MODES or points < _SMALLEST or is_faint,
        is_layer=mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE and points >= _SMALLEST,
    )


def _is_bold(font: Any, fonts: dict[int, bool]) -> bool:
    if not font:
        return False
    key = ctypes.addressof(font.contents)
    if key not in fonts:
        name = ctypes.create_string_buffer(256)
        raw.FPDFFont_GetBaseFontName(font, name, 256)
        forced = bool(raw.FPDFFont_GetFlags(font) & (1 << 18)) if raw.FPDFFont_GetFlags(font) > 0 else False
        fonts[key] = forced or bool(_BOLD.search(name.value.decode("latin-1")))
    return fonts[key]


def _runs(glyphs: Sequence[Glyph | None], turn: Turn) -> list[Run]:
    """Neighbouring characters of one style, with pdfium's spaces; a wide gap begins a new run."""
    runs: list[Run] = []
    text, start, end, style, y = "", 0.0, 0.0, None, 0.0
    space = False
    for glyph in glyphs:
        if glyph is None:
            space = True
            continue
        x0, _, x1, _ = turn.box(glyph.box)
        baseline = turn.point(*glyph.baseline)[1]
        size = glyph.style.size
        goes_on = (
            style is not None
            and (style is glyph.style or (style.size == size and style.bold == glyph.style.bold))
            and abs(baseline - y) < 0.1 * size
            and -0.5 * size < x0 - end < (1.1 if style is glyph.style else 0.5) * size
        )
        if not goes_on:
            if style is not None:
                runs.append(Run(text, start, end, y, style.size, style.bold))
            text, start, end, style, y, space = "", x0, x1, glyph.style, baseline, False
        text += (" " if space else "") + glyph.text
        end, space = max(end, x1), False
    if style is not None:
        runs.append(Run(text, start, end, y, style.size, style.bold))
    return runs


def _main_angle(glyphs: list[Glyph | None]) -> int:
    angles = Counter(glyph.style.angle for glyph in glyphs if glyph is not None and glyph.style.angle % 90 == 0)
    return angles.most_common(1)[0][0] if angles else 0


# Drawn lines and images.


def _drawn(
    page: pdfium.PdfPage,
) -> tuple[list[Box], list[Box]]:
    """Straight rules, as boxes without width or height, and the boxes of images, both in the page's own space."""
    rules: list[Box] = []
    images: list[Box] = []
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE) or len(rules) > _MAX_RULES:
            continue
        if not raw.FPDFPageObj_GetBounds(item, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            images.append((left, bottom, right, top))
        elif right - left < 3.0 or top - bottom < 3.0:
            rules.append(_flat(left, bottom, right, top))
        elif raw.FPDFPath_CountSegments(item) <= 6:
            rules += [(left, y, right, y) for y in (bottom, top)] + [(x, bottom, x, top) for x in (left, right)]
    return rules, images


def _flat(left: float, bottom: float, right: float, top: float) -> Box:
    if right - left < top - bottom:
        x = (left + right) / 2
        return x, bottom, x, top
    y = (bottom + top) / 2
    return left, y, right, y


def _covers(images: list[Box], frame: Box) -> bool:
    """True when one image takes up most of the page."""
    area = (frame[2] - frame[0]) * (frame[3] - frame[1])
    return any((right - left) * (top - bottom) > 0.6 * area for left, bottom, right, top in images)
