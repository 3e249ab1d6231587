"""Taking out of a web page the words that a reader does not see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree
from tinycss2.color4 import Color, parse_color

from assistant.reading.colours import WHITE, Colour, look_alike
from assistant.reading.html.styles import Element, collect_styles

NEVER_TEXT = tuple(
    "script style template noscript iframe object embed audio video canvas svg button input select textarea "
    "datalist".split()
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_FAINT = 0.06
_SMALLEST_PX = 2.0
_FAR_PX = {"text-indent": 100.0, "left": 500.0, "top": 500.0, "right": 500.0, "margin-left": 900.0}
"""Shifts to the left or upwards that put words off the screen; smaller ones serve to centre and to overlap."""
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|rem|em|ex|ch|vw|vh|%|)")
_PIXELS = {
    "px": 1.0,
    "pt": 4 / 3,
    "rem": 16.0,
    "em": 16.0,
    "ex": 8.0,
    "ch": 8.0,
    "vw": 12.8,
    "vh": 7.2,
    "%": 12.8,
    "": 1.0,
}
_CLIPPED = re.compile(r"rect\([01](?:px)?[, ]|inset\((?:[5-9]\d|100)(?:\.\d+)?%|circle\(0")
_MOVED = re.compile(r"(?:scale[xy]?|scale3d)\(0(?:\.0\d*)?[,)]|translate(?:[xy]|3d)?\((?:[^,()]*,)?-\d{4,}")


@dataclass(frozen=True, slots=True)
class Look:
    """How words look where they stand; what is not said stays as it is around."""

    is_gone: bool = False
    """Neither the element nor anything inside shows."""
    is_invisible: bool = False
    is_tiny: bool = False
    colour: Colour | None = None
    """None where the page does not say."""
    is_clear: bool = False
    """Letters that let the ground through."""
    ground: Colour | None = WHITE
    """None for pictures, and for what cannot be told."""

    @property
    def hides(self) -> bool:
        """Whether words here cannot be seen."""
        return self.is_gone or self.is_invisible or self.is_tiny or self._is_sunk

    @property
    def _is_sunk(self) -> bool:
        if self.ground is None:
            return False
        if self.is_clear:
            return True
        return self.colour is not None and look_alike(self.colour, self.ground)


def drop_hidden(page: Element) -> int:
    """Take out scripts and what readers cannot see; returns how many words were hidden."""
    sheet = collect_styles(page)
    for element in list(page.iter(*NEVER_TEXT)):
        # The button of an accordion is its section's heading.
        if element.tag != "button" or not any(outer.tag in _HEADINGS for outer in element.iterancestors()):
            drop(element)
    said = sheet.values(page)
    words = 0
    gone: list[Element] = []
    looks = [Look()]
    events = etree.iterwalk(page, events=("start", "end"))
    for event, element in events:
        if event == "start":
            look = look_of(element, said.get(element, {}), looks[-1])
            looks.append(look)
            if look.is_gone:
                words += _count(element.text_content())
                gone.append(element)
                events.skip_subtree()
            elif look.hides:
                words += _count(element.text)
                element.text = None
        else:
            looks.pop()
            if looks[-1].hides:
                words += _count(element.tail)
                element.tail = None
    for element in gone:
        drop(element)
    return words


def look_of(element: Element, said: dict[str, str], look: Look) -> Look:
    """How words look in an element of which style sheets say this, among words of this look."""
    is_page = element.tag in ("html", "body")  # a page that hides itself is shown by its script
    if not is_page and (_is_hidden(element) or _removes(said)):
        return Look(is_gone=True)
    for name, attribute in (("color", "color"), ("background-color", "bgcolor")):
        if (value := element.get(attribute)) and (name != "color" or element.tag == "font"):
            said = {name: value.strip().lower(), **said}
    return _inked(_sized(look, said), said) if said else look


def drop(element: Element) -> None:
    """Take an element out of its tree, with what is inside; the words behind it stay."""
    if element.getparent() is not None:
        element.drop_tree()


def _count(text: str | None) -> int:
    return len(re.findall(r"\w+", text)) if text else 0


def _is_hidden(element: Element) -> bool:
    hidden = element.get("hidden")
    if (hidden is not None and hidden.lower() != "until-found") or element.get("aria-hidden", "").lower() == "true":
        return True
    return element.tag == "dialog" and element.get("open") is None


def _removes(said: Mapping[str, str]) -> bool:
    """Whether an element is not drawn, cut away, or off the screen."""
    if said.get("display") == "none" or said.get("content-visibility") == "hidden":
        return True
    if _share(said.get("opacity", "1")) < _FAINT:
        return True
    shifts = {name: said[name] for name in _FAR_PX if name in said}
    if shifts.get("margin-left", "").endswith("%"):  # columns are set beside each other so
        del shifts["margin-left"]
    if any(-_pixels(shift) >= _FAR_PX[name] for name, shift in shifts.items()):
        return True
    if _CLIPPED.search(said.get("clip", "") + " " + said.get("clip-path", "")) or _MOVED.search(
        said.get("transform", "")
    ):
        return True
    is_cut = any(said.get(name, "").startswith(("hidden", "clip")) for name in ("overflow", "overflow-x", "overflow-y"))
    sizes = [said[name] for name in ("height", "max-height", "width", "max-width") if name in said]
    return is_cut and any(_LENGTH.fullmatch(size) and 0 <= _pixels(size) < _SMALLEST_PX for size in sizes)


def _sized(look: Look, said: Mapping[str, str]) -> Look:
    """The look with what is said of visibility and size; a child may be seen though its parent is not."""
    if (visibility := said.get("visibility", "inherit")) in ("hidden", "collapse", "visible"):
        look = replace(look, is_invisible=visibility != "visible")
    size = said.get("font-size", "inherit")
    if found := _LENGTH.fullmatch(size):
        is_relative = found[2] in ("em", "ex", "ch", "%") and float(found[1]) > 0
        pixels = 0.16 * float(found[1]) if found[2] == "%" else _pixels(size)
        look = replace(look, is_tiny=pixels < _SMALLEST_PX or (is_relative and look.is_tiny))
    elif size in ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "initial"):
        look = replace(look, is_tiny=False)
    return look


def _inked(look: Look, said: Mapping[str, str]) -> Look:
    """The look with what is said of colours."""
    if said.get("background-image", "none") not in ("none", "inherit", "initial", "unset"):
        look = replace(look, ground=None)
    elif (ground := said.get("background-color")) and ground not in ("inherit", "initial", "unset", "none"):
        colour, opacity = _colour(ground)
        if opacity >= _FAINT:
            look = replace(look, ground=colour)
    ink = said.get("-webkit-text-fill-color") or said.get("color")
    if ink and ink not in ("inherit", "currentcolor"):
        colour, opacity = _colour(ink)
        look = replace(look, colour=colour, is_clear=opacity < _FAINT)
    return look


def _pixels(value: str) -> float:
    """A length in pixels, on a screen of 1280 by 720 in letters of 16; 0 for what is no length."""
    found = _LENGTH.fullmatch(value)
    return float(found[1]) * _PIXELS[found[2]] if found else 0.0


def _share(value: str) -> float:
    number = value.removesuffix("%")
    if not re.fullmatch(r"\d*\.?\d+", number):
        return 1.0
    return float(number) / (100 if value.endswith("%") else 1)


def _colour(value: str) -> tuple[Colour | None, float]:
    """A colour and its opacity; no colour where it cannot be told."""
    try:
        told = parse_color(value)
        if not isinstance(told, Color):
            return None, 1.0
        red, green, blue = (round(255 * max(0.0, min(1.0, share))) for share in told.to("srgb").coordinates)
    except (NotImplementedError, ValueError):  # colours of other spaces, and what the parser takes apart wrongly
        return None, 1.0
    return (red, green, blue), told.alpha
