"""Notes at the foot of PDF pages: cut at their numbers, joined over pages, and matched with their marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from assistant.reading.builder import mark
from assistant.reading.footnotes import SYMBOLS
from assistant.reading.pdf.lines import Line
from assistant.reading.pdf.paragraphs import ends_sentence, seam

_OPEN, _CLOSE = mark("\0").split("\0")
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_START = re.compile(rf"\s*(?:{_OPEN}([\d{SYMBOLS}]{{1,3}}){_CLOSE}|(\d{{1,3}}(?=[.)]?\s)|[{SYMBOLS}]{{1,3}}))[.)]?\s*")
_UNIT = re.compile(r"(?:\d|\b(?:k|c|m)?m|\bkm|\bft|\bx|\bCO)$")


@dataclass
class PageNote:
    """One note as it is printed."""

    number: str
    page: int
    """0-based page on which it begins."""
    text: str
    key: str = ""
    """What it is called in the document: the number, or number and page where a number comes again."""
    lines: list[Line] = field(default_factory=list)
    series: int | None = None
    """Of notes behind the body: how often their numbers began anew before it."""


def cut_notes(pages: Sequence[Sequence[Line]], called: Sequence[set[str]], words: Counter[str]) -> list[PageNote]:
    """The notes in the small print of each page, in order.

    A line begins a note when its number is raised, or follows the last one and is called on the page. Small print
    before the first note of a page continues the last note of the page before when that one was not finished.

    Args:
        pages: small print at the foot of each page.
        called: numbers of the marks in the body of each page.
        words: how often words stand in the document, to undo hyphenation.
    """
    notes: list[PageNote] = []
    for page, lines in enumerate(pages):
        for line in lines:
            started = _START.match(line.text)
            number = (started.group(1) or started.group(2)) if started else ""
            if started and _begins(line, number, notes, called[page]):
                notes.append(PageNote(number, page, line.text[started.end() :], lines=[line]))
            elif notes and _continues(notes[-1], line, page):
                end, space = seam(notes[-1].text, line.text, words)
                notes[-1].text = end + space + line.text
                notes[-1].lines.append(line)
    for note in notes:
        note.text = _MARK.sub(lambda found: found.group(1), note.text).strip()
    return notes


def _begins(line: Line, number: str, notes: list[PageNote], called: set[str]) -> bool:
    if line.starts_raised or not number.isdigit():
        return line.starts_raised or number in called
    last = next((int(note.number) for note in reversed(notes) if note.number.isdigit()), 0)
    in_step = 0 < int(number) - last <= 3 or number == "1"
    return in_step and (number in called or int(number) == last + 1)


def _continues(note: PageNote, line: Line, page: int) -> bool:
    last = note.lines[-1]
    if abs(line.size - last.size) > 0.6:
        return False
    if last.page == page:
        return line.y - last.y < 2.2 * line.size or line.y < last.y
    return last.page == page - 1 and not ends_sentence(note.text)


def name_notes(notes: Sequence[PageNote]) -> None:
    """Give each note its name: numbers that start again in each chapter are told apart by their page."""
    seen: set[str] = set()
    for note in notes:
        paged = f"{note.number} (page {note.page + 1}"
        names = chain([note.number, f"{paged})"], (f"{paged}, {n})" for n in count(2)))
        note.key = next(name for name in names if name not in seen)
        seen.add(note.key)


def numbers_called(texts: Iterable[str]) -> set[str]:
    """Numbers of the marks in the texts."""
    return {number for text in texts for number in _MARK.findall(text)}


def settle_marks(text: str, page: int, series: int, notes: dict[str, list[PageNote]]) -> str:
    """The text with the marks of known notes under their names; raised digits that call no note are plain again.

    A raised digit behind a figure or a unit (10⁶, m²) is a power unless a note on the same page bears its number; an
    asterisk calls none but a note of its page.

    Args:
        text: words with marks.
        page: where they stand, 0-based.
        series: how often the numbers of marks began anew before them.
        notes: all notes by number.
    """

    def settle(found: re.Match[str]) -> str:
        number = found.group(1)
        candidates = notes.get(number, [])
        near = [note for note in candidates if note.page == page and note.series is None]
        if not near and (not number.isdigit() or _UNIT.search(text[: found.start()])):
            return number
        near = near or [note for note in candidates if note.series == series]
        # Chapters with numbers of their own keep their notes behind the marks.
        ahead = near or [note for note in candidates if note.page > page] or candidates[-1:]
        return mark(ahead[0].key if ahead else number)

    return _MARK.sub(settle, text)
