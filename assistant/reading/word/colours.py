"""The colours of a Word file's letters and of what lies beneath them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from assistant.reading.colours import WHITE, Colour, look_alike
from assistant.reading.word.package import Element, W, is_number
from assistant.reading.word.styles import StyleSheet, is_on, value

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FAINTEST = 6
"""Per cent."""
_LARGE = 1_000_000
"""Of a picture's sides, in units of which an inch has 914,400."""
_SLOTS = {"bg1": "light1", "t1": "dark1", "bg2": "light2", "t2": "dark2"}
_OTHER_NAMES = {
    "background1": "bg1",
    "background2": "bg2",
    "text1": "t1",
    "text2": "t2",
    "tx1": "t1",
    "tx2": "t2",
    "lt1": "light1",
    "lt2": "light2",
    "dk1": "dark1",
    "dk2": "dark2",
    "hlink": "hyperlink",
    "folHlink": "followedHyperlink",
}
_HIGHLIGHTS: dict[str, Colour] = {
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "darkBlue": (0, 0, 128),
    "darkCyan": (0, 128, 128),
    "darkGray": (128, 128, 128),
    "darkGreen": (0, 128, 0),
    "darkMagenta": (128, 0, 128),
    "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0),
    "green": (0, 255, 0),
    "lightGray": (192, 192, 192),
    "magenta": (255, 0, 255),
    "red": (255, 0, 0),
    "white": WHITE,
    "yellow": (255, 255, 0),
}


@dataclass(frozen=True)
class Palette:
    """The theme colours of a file."""

    theme: dict[str, Colour] = field(default_factory=lambda: {"light1": WHITE, "dark1": (0, 0, 0)})
    """By the names that styles use, as ``light1`` and ``accent2``."""
    slots: dict[str, str] = field(default_factory=lambda: dict(_SLOTS))
    """Which of them serve as background and text."""

    def ink(self, element: Element, attribute: str = "val") -> Colour | None:
        """The colour that an element names; None where it names none or leaves it to Word."""
        return self._named(element, attribute, "themeColor", "theme")

    def fill(self, shading: Element) -> Colour | None:
        """The colour of a shading; None where it lets through what is below."""
        if value(shading) == "solid":
            return self.ink(shading, "color")
        return self._named(shading, "fill", "themeFill", "themeFill")

    def theme_colour(self, name: str | None) -> Colour | None:
        """A colour of the theme, by any of its names."""
        name = _OTHER_NAMES.get(name or "", name or "")
        return self.theme.get(self.slots.get(name, name))

    def _named(self, element: Element, attribute: str, theme: str, stem: str) -> Colour | None:
        colour = self.theme_colour(element.get(W + theme))
        if colour is None:
            return _hexadecimal(element.get(W + attribute))
        # The theme's colour is painted, whatever stands beside it.
        for towards, share in ((255, element.get(f"{W}{stem}Tint")), (0, element.get(f"{W}{stem}Shade"))):
            if share and re.fullmatch("[0-9A-Fa-f]{2}", share):
                kept = int(share, 16) / 255
                red, green, blue = (round(each * kept + towards * (1 - kept)) for each in colour)
                colour = (red, green, blue)
        return colour


def load_palette(theme: Element | None, settings: Element | None) -> Palette:
    """The colours of a theme part, and their uses by the settings part; Word's own where there are none."""
    palette = Palette()
    for scheme in () if theme is None else theme.iter("{*}clrScheme"):
        for entry in scheme:
            name = etree.QName(entry).localname
            for colour in entry.iter("{*}srgbClr", "{*}sysClr"):
                if known := _hexadecimal(colour.get("lastClr") or colour.get("val")):
                    palette.theme[_OTHER_NAMES.get(name, name)] = known
    mapping = None if settings is None else settings.find(f"{W}clrSchemeMapping")
    for slot in _SLOTS:
        if (name := value(mapping, name=slot)) is not None:
            palette.slots[slot] = name
    return palette


class Grounds:
    """What lies beneath the words of a document."""

    def __init__(self, document: Element, settings: Element | None, palette: Palette, styles: StyleSheet) -> None:
        self._palette = palette
        self._styles = styles
        background = document.find(f"{W}background")
        paper = palette.ink(background, "color") if background is not None else None
        self._paper = paper if paper and is_on(settings, "displayBackgroundShape") else WHITE
        self._over_pictures = set(_over_pictures(document))

    def hides(self, run: Element, paragraph: Element) -> bool:
        """Whether the letters of a run have the colour of their ground, or let it through."""
        ink, is_clear = self._ink(run, paragraph)
        if ink is None:
            return is_clear
        ground = self._ground(run, paragraph)
        return ground is not None and look_alike(ink, ground)

    def _ink(self, run: Element, paragraph: Element) -> tuple[Colour | None, bool]:
        for properties in self._styles.run_properties(run, paragraph):
            filling = properties.find(f"{_W14}textFill")
            if filling is not None:
                return self._filling(filling)
            colour = properties.find(f"{W}color")
            if colour is not None:
                return self._palette.ink(colour), False
        return None, False

    def _filling(self, filling: Element) -> tuple[Colour | None, bool]:
        """Colour of a text filling, and whether it is none at all; gradients are not followed."""
        if filling.find(f"{_W14}noFill") is not None:
            return None, True
        solid = filling.find(f"{_W14}solidFill")
        for named in () if solid is None else solid:
            name = named.get(f"{_W14}val")
            clear = value(named, name="val") or next(
                (each.get(f"{_W14}val") for each in named.iter(f"{_W14}alpha")), "0"
            )
            is_clear = is_number(clear) and int(clear) / 1000 > 100 - _FAINTEST
            is_theme = etree.QName(named).localname == "schemeClr"
            return (self._palette.theme_colour(name) if is_theme else _hexadecimal(name)), is_clear
        return None, False

    def _ground(self, run: Element, paragraph: Element) -> Colour | None:
        """The colour beneath a run; None where it cannot be told."""
        for properties in self._styles.run_properties(run, paragraph):
            if colour := _HIGHLIGHTS.get(value(properties, "highlight") or ""):
                return colour
            if (fill := self._shading(properties)) is not None:
                return fill
        for properties in self._styles.paragraph_properties(paragraph):
            if (fill := self._shading(properties)) is not None:
                return fill
        for outer in paragraph.iterancestors(f"{W}tc", f"{W}tbl", f"{W}txbxContent"):
            if outer.tag == f"{W}txbxContent" or (outer.tag == f"{W}tbl" and self._may_shade(outer)):
                return None
            if outer.tag == f"{W}tc" and (fill := self._shading(outer.find(f"{W}tcPr"))) is not None:
                return fill
        return None if paragraph in self._over_pictures else self._paper

    def _shading(self, properties: Element | None) -> Colour | None:
        shading = None if properties is None else properties.find(f"{W}shd")
        return None if shading is None else self._palette.fill(shading)

    def _may_shade(self, table: Element) -> bool:
        """Whether a table shades its cells in ways that are not followed: by its style, or as a whole."""
        if (
            next(table.iterfind(f"{W}tblPr/{W}shd"), None) is not None
            or next(table.iter(f"{W}tblPrEx"), None) is not None
        ):
            return True
        name = value(table, "tblPr/tblStyle")
        styles = list(self._styles.chain(name))
        return name is not None and (
            not styles or any(next(style.iter(f"{W}shd"), None) is not None for style in styles)
        )


def _over_pictures(document: Element) -> Iterator[Element]:
    """The paragraphs of pages on which a large picture or shape lies behind the text."""
    page: list[Element] = []
    has_picture = False
    for paragraph in document.iter(f"{W}p"):
        if _starts_page(paragraph):
            yield from page if has_picture else ()
            page, has_picture = [], False
        page.append(paragraph)
        has_picture = has_picture or any(map(_is_large_behind, paragraph.iter(f"{_WP}anchor")))
        if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
            yield from page if has_picture else ()
            page, has_picture = [], False
    yield from page if has_picture else ()


def _starts_page(paragraph: Element) -> bool:
    if is_on(paragraph.find(f"{W}pPr"), "pageBreakBefore"):
        return True
    breaks = (value(each, name="type") == "page" for each in paragraph.iter(f"{W}br"))
    return any(breaks) or next(paragraph.iter(f"{W}lastRenderedPageBreak"), None) is not None


def _is_large_behind(anchor: Element) -> bool:
    extent = anchor.find(f"{_WP}extent")
    sides = [] if extent is None else [extent.get("cx", ""), extent.get("cy", "")]
    is_large = bool(sides) and all(is_number(side) and int(side) >= _LARGE for side in sides)
    return is_large and anchor.get("behindDoc") in ("1", "true")


def _hexadecimal(text: str | None) -> Colour | None:
    if text is None or not re.fullmatch("[0-9A-Fa-f]{6}", text):
        return None
    red, green, blue = bytes.fromhex(text)
    return red, green, blue
