"""Raw HTML in Markdown that keeps words from the readers of the rendered page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from lxml import etree
from markdown_it.token import Token

from assistant.reading.html.hiding import NEVER_TEXT, Look, look_of
from assistant.reading.html.styles import StyleSheet

# A tag without an end goes to the end of the text, as in a browser; a search for the end of each would take forever.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<closing>/?)(?P<name>(?!https?:)[a-z][\w-]*)"
    r"(?P<attributes>(?:=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))|[^>])*+)(?:>|\Z)",
    re.I | re.S,
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[a-z][\w-]*)(?:\s*=\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>[^\s\"'>]+)))?", re.I | re.A
)
_STYLE = re.compile(r"<style\b[^<>]{0,300}>(.*?)(?:</style\s*>|\Z)", re.I | re.S)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SILENT = frozenset({*NEVER_TEXT, "title"}) - _VOID
"""Elements whose inside is never text, and that hide nothing: they are not reported."""


@dataclass
class Hiding:
    """Goes through pieces of raw HTML in order and knows whether the words behind them show."""

    sheet: StyleSheet = field(default_factory=StyleSheet)
    name: str = ""
    """The element that hides what follows; empty while words show."""
    depth: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether words are left out that were never meant to be read, as a script."""
        return self.name in _SILENT

    def take(self, markup: str) -> None:
        """Go through the tags of a piece."""
        for tag in _TAG.finditer(markup):
            self.take_tag(tag)

    def strip(self, text: str) -> str:
        """The words of a text that show, without its tags."""
        parts: list[str] = []
        last = 0
        for tag in _TAG.finditer(text):
            if not tag[0].endswith(">"):
                continue
            parts.append("" if self.name else text[last : tag.start()])
            self.take_tag(tag)
            last = tag.end()
        return "".join(parts) + ("" if self.name else text[last:])

    def take_tag(self, tag: re.Match[str]) -> bool:
        """Go past one tag; returns whether what follows is hidden."""
        name = (tag["name"] or "").lower()  # none for a comment
        if not name or name in _VOID or (name == "svg" and tag["attributes"].endswith("/")):
            return bool(self.name)
        if self.name:
            if name == self.name:
                self.depth += -1 if tag["closing"] else 1
                self.name = self.name if self.depth > 0 else ""
        elif not tag["closing"] and (name in _SILENT or self._hides(name, tag["attributes"])):
            self.name, self.depth = name, 1
        return bool(self.name)

    def _hides(self, name: str, attributes: str) -> bool:
        element = etree.Element(re.sub(r"[^a-z0-9]", "-", name))
        for found in reversed(list(_ATTRIBUTE.finditer(attributes))):  # of two with one name the first holds
            value = unescape(found["a"] or found["b"] or found["c"] or "")
            element.set(found["name"].lower(), re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd]", " ", value))
        return look_of(element, self.sheet.values(element).get(element, {}), Look()).hides


def collect_sheet(text: str) -> StyleSheet:
    """The style sheets that stand in a file."""
    sheet = StyleSheet()
    for found in _STYLE.finditer(text):
        sheet.add(found[1])
    return sheet


def holds_hiding(text: str, sheet: StyleSheet) -> bool:
    """Whether any raw HTML in a file hides what follows it."""
    hiding = Hiding(sheet)
    return any(hiding.take_tag(tag) for tag in _TAG.finditer(text))


def shown_tokens(tokens: Iterable[Token], hiding: Hiding) -> Iterator[tuple[Token, bool]]:
    """The tokens of blocks, each with whether it shows; blocks between two pieces of raw HTML may be hidden by them.

    Blocks are hidden whole; an element ends with the list item or quotation in which it began.
    """
    level = 0
    is_shown = True
    for token in tokens:
        has_left = token.level < level
        if not is_shown and (has_left or (token.level == level and token.nesting >= 0 and not hiding.name)):
            is_shown = True
            hiding.name = ""
        yield token, is_shown
        if token.type == "html_block" and (is_shown or token.level == level):
            level = token.level
            hiding.take(token.content)
            is_shown = is_shown and not hiding.name
        elif token.type == "inline" and not is_shown:
            for child in token.children or ():
                if child.type == "html_inline":
                    hiding.take(child.content)
