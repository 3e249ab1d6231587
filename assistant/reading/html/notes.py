"""Footnotes of web pages: found by the links that call them, by the lists that hold them or by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from assistant.reading.builder import mark, normalise
from assistant.reading.footnotes import SUPERSCRIPTS, parse_footnote
from assistant.reading.html.styles import Element
from assistant.records import Footnote

_LABEL = re.compile(r"[\[(]?\s*(?:foot|end)?(?:note)?\s*(\d{1,4}|[a-z]|[ivx]{1,6}|[*†‡§]{1,3})\s*[\])]?", re.I)
_REFERENCE_CLASSES = frozenset({"footnote-ref", "footnote-reference", "noteref", "footnote", "reference"})
_NOTE_LISTS = (
    ".//*[contains(concat(' ', normalize-space(@class), ' '), ' footnotes ') or @role='doc-endnotes'"
    " or contains(concat(' ', normalize-space(@class), ' '), ' endnotes ')]"
    "//li | .//ol[contains(concat(' ', normalize-space(@class), ' '), ' references ')]/li"
)
_NOTE_BODIES = frozenset({"li", "p", "div", "dd", "tr", "aside"})
_BACK_CLASSES = frozenset({"reversefootnote", "footnote-back", "footnote-backref", "mw-cite-backlink"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NOTES_HEADING = re.compile(r"(?:foot|end)?notes(?: and references)?|references", re.I)
_DEFINITION = re.compile(r"\s*\[\^([^\]\s]{1,20})\]:\s*")
_LONGEST_NOTE = 5000
"""Characters; a link to anything longer leads to a section, not to a note."""

_RAISED = str.maketrans(SUPERSCRIPTS, "0123456789")
_RAISE = str.maketrans("0123456789+-()n", f"{SUPERSCRIPTS}⁺⁻⁽⁾ⁿ")
_IN_TEXT = re.compile(rf"\[\^([^\]\s]{{1,20}})\]|([{SUPERSCRIPTS}]{{1,4}})")
_UNIT_OR_POWER = re.compile(r"(?:(?<![^\W\d_])[kcdm]?m|(?<![\d.,])10)$")


@dataclass
class Notes:
    """A page's notes and the elements that call them."""

    footnotes: dict[str, Footnote] = field(default_factory=dict)
    calls: dict[Element, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    """Numbers that are called by a link whose note is not in the page."""

    def mark_in_text(self, text: str, before: str = "") -> str:
        """Text with ``[^12]`` and superscript characters as marks, where there is a note of that number."""

        def to_mark(found: re.Match[str]) -> str:
            number = found.group(1) or found.group(2).translate(_RAISED)
            is_power = found.group(2) and _UNIT_OR_POWER.search((before + text[: found.start()])[-8:])
            return mark(number) if number in self.footnotes and not is_power else found.group()

        return _IN_TEXT.sub(to_mark, text)

    def superscript(self, raised: str, before: str) -> str:
        """What stands for ``<sup>`` text behind ``before``: a mark if it calls a note, else the raised characters."""
        label = _LABEL.fullmatch(raised.strip())
        if label and label.group(1) in self.footnotes and not _UNIT_OR_POWER.search(before[-8:]):
            return mark(label.group(1))
        return raised.translate(_RAISE) if re.search(r"\d", raised) else raised


def lift_notes(page: Element) -> Notes:
    """The notes of a page, which are taken out of it."""
    notes = Notes()
    bodies: dict[str, Element] = {}
    _collect_linked(page, notes, bodies)
    _collect_listed(page, bodies)
    _collect_numbered(page, bodies)
    notes.lost = [number for number in dict.fromkeys(notes.calls.values()) if number not in bodies]
    for number, body in bodies.items():
        notes.footnotes[number] = _footnote(number, body)
    for body in bodies.values():
        if body.getparent() is not None:
            body.drop_tree()
    _drop_empty_headings(page)
    return notes


def _collect_linked(page: Element, notes: Notes, bodies: dict[str, Element]) -> None:
    targets = {name: element for element in page.iter() for name in (element.get("id"), element.get("name")) if name}
    numbers: dict[Element, str] = {}
    for link in list(page.iter("a")):
        href = link.get("href") or ""
        label = _LABEL.fullmatch(link.text_content().strip()) if href.startswith("#") else None
        if label is None or not _calls_a_note(link) or any(outer in numbers for outer in link.iterancestors()):
            continue  # inside a note it is the way back
        number = label.group(1)
        body = _body_of(targets.get(unquote(href[1:])), link)
        if body is not None and (body in numbers or number not in bodies):
            number = numbers.setdefault(body, number)
            bodies.setdefault(number, body)
        notes.calls[link] = number


def _calls_a_note(link: Element) -> bool:
    if link.get("role") == "doc-noteref" or link.get("rel") == "footnote":
        return True
    classes = set((link.get("class") or "").split())
    raised = any(outer.tag == "sup" for outer in _near(link)) or link.find(".//sup") is not None
    return raised or not classes.isdisjoint(_REFERENCE_CLASSES)


def _near(element: Element) -> Iterator[Element]:
    """The two elements around one."""
    for steps, outer in enumerate(element.iterancestors()):
        if steps == 2:
            return
        yield outer


def _body_of(target: Element | None, link: Element) -> Element | None:
    """The element that holds the note a link leads to; None when it leads to something else."""
    if target is None:
        return None
    for body in (target, *target.iterancestors()):
        if body.tag in _NOTE_BODIES:
            break
    else:
        return None
    holds_call = any(outer is body for outer in link.iterancestors())
    if holds_call or body.find(".//h2") is not None or len(body.text_content()) > _LONGEST_NOTE:
        return None
    return body


def _collect_listed(page: Element, bodies: dict[str, Element]) -> None:
    """Notes that no link calls: items of a list of notes, numbered by their place."""
    taken = set(bodies.values())
    for item in page.xpath(_NOTE_LISTS):
        if (
            item not in taken
            and item.getparent() is not None
            and not any(outer in taken for outer in item.iterancestors())
        ):
            number = str(len(item.xpath("preceding-sibling::li")) + _start(item.getparent()))
            bodies.setdefault(number, item)


def _collect_numbered(page: Element, bodies: dict[str, Element]) -> None:
    """Paragraphs that begin with ``[^12]:``, or with a raised number that was raised in the text before."""
    raised: set[str] = set()
    for element in page.iter("p", "sup"):
        if element.tag == "sup":
            raised.add(element.text_content().strip(" []"))
            continue
        if definition := _DEFINITION.match(element.text_content()):
            bodies.setdefault(definition.group(1), element)
        elif len(element) and element[0].tag == "sup" and not (element.text or "").strip():
            number = element[0].text_content().strip(" []")
            if number.isdigit() and number in raised:
                bodies.setdefault(number, element)


def _start(ordered: Element) -> int:
    start = ordered.get("start") or ""
    return int(start) if re.fullmatch(r"\d{1,4}", start) else 1


def _footnote(number: str, body: Element) -> Footnote:
    for link in list(body.iter("a", "span")):
        if link is not body and _leads_back(link):
            link.drop_tree()
    for block in body.iter("p", "li", "div", "td", "br"):  # their words must not run together
        block.tail = f" {block.tail or ''}"
    text = _DEFINITION.sub("", body.text_content(), count=1).strip()
    text = normalise(re.sub(rf"^[\[(]?{re.escape(number)}[\])]?[.:]?\s+", "", text).strip(" ↩↑^\ufe0e\n\t"))
    footnote = parse_footnote(number, text)
    outside = (link.get("href") for link in body.iter("a"))
    address = next((href for href in outside if href and href.startswith(("https://", "http://"))), None)
    return replace(footnote, url=address) if footnote.url is None and address else footnote


def _leads_back(link: Element) -> bool:
    if link.get("role") == "doc-backlink" or not _BACK_CLASSES.isdisjoint((link.get("class") or "").split()):
        return True
    if link.tag != "a" or not (link.get("href") or "").startswith("#"):
        return False
    text = link.text_content().strip()
    return text in ("↩", "↩︎", "↑", "^", "⤴", "Back") or _LABEL.fullmatch(text) is not None


def _drop_empty_headings(page: Element) -> None:
    """A heading over nothing but lifted notes says nothing any more."""
    for heading in list(page.iter(*_HEADINGS)):
        if _NOTES_HEADING.fullmatch(heading.text_content().strip()) and not (heading.tail or "").strip():
            for sibling in heading.itersiblings():
                if sibling.tag in _HEADINGS:
                    break
                if sibling.text_content().strip() or (sibling.tail or "").strip():
                    return
            heading.drop_tree()
