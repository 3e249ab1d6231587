"""Where the sentences of a draft stand in its Word file, down to the run; runs are split at their ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run

Element = Any
"""An lxml element; lxml ships without type information."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Word takes no comments in text boxes; what was moved away is no part of the text.
_PASSED_OVER = frozenset({qn("w:txbxContent"), qn("w:moveFrom"), _FALLBACK})


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the file, from a character of one text element to one of another; the last is included."""

    first: tuple[Element, int]
    last: tuple[Element, int]

    def runs(self, document: WordDocument) -> tuple[Run, Run]:
        """Return its first and last run, split from what stands around it in the same runs."""
        (start, at), (end, to) = self.first, self.last
        _split(end, _sentence_end(end.text, to))
        run = _split(start, _sentence_start(start.text, at))
        last = run if end is start else end.getparent()
        return Run(run, document), Run(last, document)


def find_places(document: WordDocument, sentences: Sequence[str]) -> list[Place | None]:
    """Return the place of each sentence, given in reading order; None for one that does not stand there as read.

    Only letters and digits are compared: reading changes spaces, hyphens and composed characters.
    """
    letters: list[str] = []
    at: list[tuple[Element, int]] = []
    for element in _texts(document):
        for place, character in enumerate(element.text or ""):
            for letter in _letters(character):
                letters.append(letter)
                at.append((element, place))
    whole, begin = "".join(letters), 0
    places: list[Place | None] = []
    for sentence in sentences:
        sought = "".join(_letters(sentence))
        found = whole.find(sought, begin) if sought else -1
        if found < 0:
            places.append(None)
        else:
            begin = found + len(sought)
            places.append(Place(at[found], at[begin - 1]))
    return places


def _texts(document: WordDocument) -> Iterator[Element]:
    """Yield the text elements of the body's runs in order."""
    for element in document.element.body.iter(qn("w:t")):
        around = {parent.tag for parent in element.iterancestors()}
        if element.getparent().tag == qn("w:r") and _PASSED_OVER.isdisjoint(around):
            yield element


def _letters(text: str) -> Iterator[str]:
    return (letter for letter in unicodedata.normalize("NFKD", text) if letter.isalnum())


def _sentence_start(text: str, at: int) -> int:
    """Return where the word that holds a character begins, opening quotation marks and currency signs included."""
    while at and not text[at - 1].isspace():
        at -= 1
    return at


def _sentence_end(text: str, at: int) -> int:
    """Return where the word that holds a character ends, its stop and closing quotation marks included."""
    at += 1
    while at < len(text) and not text[at].isspace():
        at += 1
    return at


def _split(element: Element, at: int) -> Element:
    """Return the run of what follows in a text element from a character on, split from what stands before it.

    What stands before stays in ``element`` and its run; the new run has the same formatting.
    """
    run = element.getparent()
    before = [each for each in element.itersiblings(preceding=True) if each.tag != qn("w:rPr")]
    text = element.text or ""
    if at <= 0 and not before:
        return run
    after = list(element.itersiblings())
    if at >= len(text) and not after:
        return run
    new = OxmlElement("w:r")
    for name, value in run.attrib.items():
        new.set(name, value)
    if (properties := run.find(qn("w:rPr"))) is not None:
        new.append(deepcopy(properties))
    if at < len(text):
        rest = deepcopy(element)
        rest.text, element.text = text[at:], text[:at]
        for each in (rest, element):
            each.set(_SPACE, "preserve")
        new.append(rest)
    for each in after:
        new.append(each)
    run.addnext(new)
    return new
