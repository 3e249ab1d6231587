"""What the styles of a Word file say about a paragraph: heading, list, quotation, hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.reading.word.package import Element, W, is_number

_HEADING_NAME = re.compile(r"heading (\d)")
_LIST_NAME = re.compile(r"list(?: bullet| number| continue)?(?: (\d))?")
_CONTENTS = re.compile(r"toc \d|toc heading|table of (?:figures|authorities)")
_QUOTES = frozenset({"quote", "intense quote", "block text"})
_BODY_OUTLINE = 9
_SMALLEST = 4
"""Half points: what is no larger is not read by people."""


def value(element: Element | None, path: str = "", name: str = "val") -> str | None:
    """An attribute of an element or, with a path of tags such as ``pPr/pStyle``, of one below it."""
    if element is not None and path:
        element = element.find("/".join(W + tag for tag in path.split("/")))
    return None if element is None else element.get(W + name)


def is_on(properties: Element | None, tag: str) -> bool | None:
    """A property that is on or off, such as ``vanish``; None where nothing is said."""
    element = None if properties is None else properties.find(W + tag)
    return None if element is None else element.get(f"{W}val", "true").lower() not in ("0", "false", "off", "none")


@dataclass
class StyleSheet:
    """Styles by identifier; names are the built-in English ones whatever the language of Word."""

    styles: dict[str, Element] = field(default_factory=dict)
    default: str | None = None
    """Identifier of the paragraph style that is used where none is named."""
    run_defaults: Element | None = None
    """What holds for runs where no style says otherwise."""
    _known_runs: dict[str | None, list[Element]] = field(default_factory=dict)

    def chain(self, identifier: str | None) -> Iterator[Element]:
        """A style and those it is based on; a circle is gone round once."""
        seen: set[str] = set()
        while identifier and identifier in self.styles and identifier not in seen:
            seen.add(identifier)
            style = self.styles[identifier]
            yield style
            identifier = value(style, "basedOn")

    def names(self, paragraph: Element) -> list[str]:
        """Lower-case names of a paragraph's style and of those it is based on."""
        return [(value(style, "name") or "").lower() for style in self._of(paragraph)]

    def heading_level(self, paragraph: Element) -> int | None:
        """1 to 6 for a heading (deeper ones count as 6), from its outline level or the name of its style."""
        for properties in (paragraph, *self._of(paragraph)):
            outline = value(properties, "pPr/outlineLvl")
            if outline is not None and is_number(outline):
                return min(int(outline) + 1, 6) if int(outline) < _BODY_OUTLINE else None
            name = _HEADING_NAME.fullmatch((value(properties, "name") or "").lower())
            if name:
                return min(max(int(name.group(1)), 1), 6)
        return 1 if self.is_title(paragraph) else None

    def is_title(self, paragraph: Element) -> bool:
        """True for the title of the document."""
        return self.names(paragraph)[:1] == ["title"]

    def is_contents(self, paragraph: Element) -> bool:
        """True for lines of a table of contents or of figures."""
        return any(_CONTENTS.fullmatch(name) for name in self.names(paragraph))

    def is_caption(self, paragraph: Element) -> bool:
        """True for captions of tables and figures."""
        return "caption" in self.names(paragraph)

    def is_quotation(self, paragraph: Element) -> bool:
        """True for block quotations."""
        return not _QUOTES.isdisjoint(self.names(paragraph))

    def list_level(self, paragraph: Element) -> int | None:
        """1 and up for an item of a list: numbering of its own, of its style, or a list style by name."""
        # "List Paragraph" alone is only an indented paragraph; "List Bullet 2" is a list of its own, one level in.
        found = next((found for name in self.names(paragraph) if (found := _LIST_NAME.fullmatch(name))), None)
        named = int(found.group(1) or 1) if found else None
        numbers = (properties.find(f"{W}pPr/{W}numPr") for properties in (paragraph, *self._of(paragraph)))
        number = next((each for each in numbers if each is not None), None)
        if number is None:
            return named
        if value(number, "numId") in (None, "0"):
            return None
        depth = value(number, "ilvl") or "0"
        return max(min(int(depth), 8) + 1 if is_number(depth) else 1, named or 1)

    def run_properties(self, run: Element, paragraph: Element) -> Iterator[Element]:
        """What is said of a run, nearest first: by itself, its style, its paragraph's style and the file's defaults."""
        own = run.find(f"{W}rPr")
        if own is not None:
            yield own
            yield from self._runs_of(value(own, "rStyle"))
        yield from self._runs_of(value(paragraph, "pPr/pStyle") or self.default)
        if self.run_defaults is not None:
            yield self.run_defaults

    def paragraph_properties(self, paragraph: Element) -> Iterator[Element]:
        """What is said of a paragraph, nearest first: by itself and its style."""
        found = (each.find(f"{W}pPr") for each in (paragraph, *self._of(paragraph)))
        return (properties for properties in found if properties is not None)

    def hides(self, run: Element, paragraph: Element) -> bool:
        """True when a run is hidden, or smaller than people read."""
        said = list(self.run_properties(run, paragraph))
        is_hidden = next((on for properties in said if (on := is_on(properties, "vanish")) is not None), False)
        half_points = next((size for properties in said if (size := value(properties, "sz")) is not None), "")
        return is_hidden or (is_number(half_points) and int(half_points) <= _SMALLEST)

    def _runs_of(self, identifier: str | None) -> list[Element]:
        """What a style and those it is based on say of runs."""
        if identifier not in self._known_runs:
            found = (style.find(f"{W}rPr") for style in self.chain(identifier))
            self._known_runs[identifier] = [properties for properties in found if properties is not None]
        return self._known_runs[identifier]

    def _of(self, paragraph: Element) -> Iterator[Element]:
        return self.chain(value(paragraph, "pPr/pStyle") or self.default)


def load_styles(part: Element | None) -> StyleSheet:
    """The styles of a styles part; none where there is no part."""
    sheet = StyleSheet(run_defaults=None if part is None else part.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
    for style in () if part is None else part.iter(f"{W}style"):
        identifier = style.get(f"{W}styleId")
        if identifier:
            sheet.styles.setdefault(identifier, style)
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                sheet.default = identifier
    return sheet
