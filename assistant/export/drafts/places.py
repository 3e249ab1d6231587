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
_TEXT = qn("w:t")
_READ = (_TEXT, qn("w:p"), qn("w:tab"), qn("w:br"), qn("w:cr"))
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
        _split(end, to + 1)
        run = _split(start, at)
        last = run if end is start else end.getparent()
        return Run(run, document), Run(last, document)


def find_places(document: WordDocument, sentences: Sequence[str]) -> list[Place | None]:
    """Return the place of each sentence, given in reading order; None for one that does not stand there as read.

    Only letters and digits are compared: reading changes spaces, hyphens and composed characters. What touches the
    first and last of them, as quotation marks and stops do, belongs to the sentence.
    """
    characters = list(_characters(document))
    letters = [(letter, n) for n, found in enumerate(characters) if found for letter in _letters(_at(found))]
    whole, begin, least = "".join(letter for letter, _ in letters), 0, 0
    places: list[Place | None] = []
    for sentence in sentences:
        sought = "".join(_letters(sentence))
        found = whole.find(sought, begin) if sought else -1
        if found < 0:
            places.append(None)
            continue
        begin = found + len(sought)
        first, last = letters[found][1], letters[begin - 1][1]
        while first > least and _touches(characters[first - 1]):
            first -= 1
        while last + 1 < len(characters) and _touches(characters[last + 1]):
            last += 1
        least = last + 1
        start, end = characters[first], characters[last]
        places.append(Place(start, end) if start and end else None)
    return places


def _characters(document: WordDocument) -> Iterator[tuple[Element, int] | None]:
    """Yield the place of each character of the body's runs in order; None for space, and where a line begins."""
    for element in document.element.body.iter(*_READ):
        around = {parent.tag for parent in element.iterancestors()}
        if element.tag != _TEXT:
            yield None
        elif element.getparent().tag == qn("w:r") and _PASSED_OVER.isdisjoint(around):
            for place, character in enumerate(element.text or ""):
                yield None if character.isspace() else (element, place)


def _at(place: tuple[Element, int]) -> str:
    element, index = place
    return str(element.text[index])


def _touches(place: tuple[Element, int] | None) -> bool:
    return place is not None and not any(_letters(_at(place)))


def _letters(text: str) -> Iterator[str]:
    return (letter for letter in unicodedata.normalize("NFKD", text) if letter.isalnum())


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
