"""Notes in a chapter of their own, or at the end of each chapter, in the size of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.reading.lists import without_marks
from assistant.reading.pdf.lines import Line, Row
from assistant.reading.pdf.notes import PageNote, numbers_called
from assistant.reading.pdf.paragraphs import seam

_HEADING = re.compile(r"(?:\d{1,2}\.?\s+)?(?:(?:end|foot)[\s-]?)?notes(?: and references)?|references", re.IGNORECASE)
_START = re.compile(r"\[?(\d{1,3})[\].)]?\s+(?=\S)")
_LEAST = 2
"""Notes that make a chapter of notes."""


def holds_endnotes(rows: Sequence[Row], body_size: float, *, goes_on: bool) -> bool:
    """True for a page with nothing but small print below the heading of notes, or on which such a chapter goes on."""
    pieces = [piece for row in rows for piece in row]
    heading = next((piece for piece in pieces if _HEADING.fullmatch(piece.text.strip())), None)
    if heading is None and not goes_on:
        return False
    if heading is not None:
        pieces = [piece for piece in pieces if piece.y > heading.y and piece.x1 > heading.x0]
    small = sum(piece.size <= 0.93 * body_size for piece in pieces)
    return small > 0.7 * len(pieces)


def take_endnotes(body: Sequence[Sequence[Line]], words: Counter[str]) -> tuple[list[list[Line]], list[PageNote]]:
    """The body lines of each page without its chapters of notes, and their notes.

    Such a chapter begins with its heading and a note 1, and most of its numbers are called in the text before it.
    Headings over notes that begin at 1 again part it; any other ends it.
    """
    lines = [line for page in body for line in page]
    taken: set[int] = set()
    notes: list[PageNote] = []
    for n, line in enumerate(lines):
        if n in taken or not _HEADING.fullmatch(line.text.strip()):
            continue
        series = notes[-1].series if notes else None
        found, end = _cut(lines, n + 1, words, -1 if series is None else series)
        called = numbers_called(before.text for before in lines[:n])
        if len(found) >= _LEAST and sum(note.number in called for note in found) * 2 > len(found):
            notes += found
            taken.update(range(n, end))
    kept: list[list[Line]] = [[] for _ in body]
    for n, line in enumerate(lines):
        if n not in taken:
            kept[line.page].append(line)
    return kept, notes


def _cut(lines: Sequence[Line], start: int, words: Counter[str], series: int) -> tuple[list[PageNote], int]:
    """The notes from a place on, and where they end."""
    notes: list[PageNote] = []
    n = start
    while n < len(lines):
        line = lines[n]
        begin = _begins(line, notes)
        if begin:
            series += begin == "1"
            text = _START.sub("", line.text, count=1)
            notes.append(PageNote(begin, line.page, without_marks(text), lines=[line], series=series))
        elif line.table is not None or _is_heading(line, notes):
            following = next((m for m in range(n + 1, min(n + 4, len(lines))) if _number(lines[m]) == "1"), None)
            if following is None:
                break
            n = following
            continue
        else:
            note = notes[-1]
            end, space = seam(note.text, line.text, words)
            note.text = end + space + without_marks(line.text)
            note.lines.append(line)
        n += 1
    return notes, n


def _number(line: Line) -> str:
    found = _START.match(line.text)
    return found.group(1) if found else ""


def _begins(line: Line, notes: Sequence[PageNote]) -> str:
    """The number of the note that begins with the line, or nothing: it follows the last one, where that stands."""
    number = _number(line)
    if not notes:
        return number if number == "1" else ""
    first = notes[0].lines[0]
    is_beneath = abs((line.x0 - line.left) - (first.x0 - first.left)) < 1.4 * line.size
    is_next = number and 0 < int(number) - int(notes[-1].number) <= 2
    return number if is_beneath and (is_next or (number == "1" and notes[-1].number != "1")) else ""


def _is_heading(line: Line, notes: Sequence[PageNote]) -> bool:
    if not notes:
        return True
    first = notes[0].lines[0]
    return line.size > 1.08 * first.size or (line.bold and not first.bold)
