"""The printed rows of a page, cut into pieces that stand in its text as it was read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.reading.footnotes import SUPERSCRIPTS
from assistant.reading.pdf.characters import SeenGlyphs
from assistant.reading.pdf.visibility import Box, Glyph

_SAME_ROW = 0.25
"""Of the size: how far apart the baselines of one row may lie."""
_RAISED = 0.6
"""The same for characters smaller than the row's."""
_NEW_SEGMENT = 1.0
"""Ems between words that may belong to different columns or cells."""
_MARK_LETTERS = 4
"""Of a bullet, a number or a note's mark beside the words of a row."""


@dataclass(slots=True)
class Word:
    """Neighbouring characters of one style."""

    glyphs: list[Glyph]
    box: Box
    """Left, top, right, bottom, as the text reads."""
    y: float
    size: float
    is_raised: bool = False
    letters: str = ""


@dataclass(eq=False, slots=True)
class Segment:
    """Words side by side in one row, without wide gaps."""

    words: list[Word]
    x0: float
    x1: float
    y: float
    size: float


@dataclass(eq=False, slots=True)
class Piece:
    """Words of a segment that stand in the text one behind the other."""

    segment: Segment
    first: int
    last: int
    """The word behind its last one."""
    letters: str

    @property
    def x0(self) -> float:
        return self.segment.words[self.first].box[0]

    @property
    def x1(self) -> float:
        return self.segment.words[self.last - 1].box[2]

    def begins_segment(self) -> bool:
        """True with at most a bullet, a number or a mark before it."""
        return sum(len(word.letters) for word in self.segment.words[: self.first]) <= _MARK_LETTERS

    def ends_segment(self) -> bool:
        return sum(len(word.letters) for word in self.segment.words[self.last :]) <= _MARK_LETTERS


def pieces_of(words: Sequence[Word], letters: str) -> list[Piece]:
    """Pieces of the rows that the words make; ``letters`` is the page's text as `letters_of` gives it."""
    return [
        piece
        for segment in _segments(words)
        for first, last in _between_raised(segment)
        for piece in _cut(segment, first, last, letters)
    ]


def _between_raised(segment: Segment) -> list[tuple[int, int]]:
    """Stretches of words without raised ones, and each of these: marks are not in the text, powers are."""
    cuts = {0, len(segment.words)}
    for n, word in enumerate(segment.words):
        if word.is_raised or (word.size < 0.85 * segment.size and segment.y - word.y > 0.1 * segment.size):
            cuts |= {n, n + 1}
    return list(pairwise(sorted(cuts)))


def letters_of(text: str) -> tuple[str, list[int]]:
    """What `plain_letters` leaves, and which character each comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = plain_letters(character)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


def plain_letters(text: str) -> str:
    """Letters and digits alone, without case, accents and ligatures.

    >>> plain_letters("Co-oﬃce, “Zoë” 10²")
    'coofficezoe102'
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text)).lower()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


# Rows.


def words_of(seen: SeenGlyphs) -> list[Word]:
    """Neighbouring characters of one style, in the order of the content; what is drawn twice comes once."""
    words: list[Word] = []
    drawn: set[tuple[str, int, int]] = set()
    last: Glyph | None = None
    for glyph in seen.glyphs:
        if glyph is None:
            last = None
            continue
        box = seen.turn.box(glyph.box)
        key = (glyph.text, round(box[0] / 1.5), round(box[1] / 1.5))
        if key in drawn:  # twice, to look bold
            continue
        drawn.add(key)
        y = seen.turn.point(*glyph.baseline)[1]
        size = glyph.style.size
        if last is not None and _goes_on(words[-1], glyph, box, y):
            word = words[-1]
            word.glyphs.append(glyph)
            word.box = union(word.box, box)
        else:
            words.append(Word([glyph], box, y, size, glyph.text in SUPERSCRIPTS))
        last = glyph
    for word in words:
        word.letters = plain_letters("".join(glyph.text for glyph in word.glyphs))
    return words


def _goes_on(word: Word, glyph: Glyph, box: Box, y: float) -> bool:
    size = glyph.style.size
    is_beside = -0.5 * size < box[0] - word.box[2] < 0.3 * size
    if word.is_raised != (glyph.text in SUPERSCRIPTS):
        return False
    return size == word.size and abs(y - word.y) < 0.1 * size and is_beside


def _segments(words: Sequence[Word]) -> list[Segment]:
    """Words by rows, raised ones with those that carry them, cut at wide gaps."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda item: (-item.size, item.y, item.box[0])):
        near = [row for row in rows if _is_in_row(word, row)]
        if near:
            min(near, key=lambda row: _away(word, row)).append(word)
        else:
            rows.append([word])
    segments: list[Segment] = []
    for row in rows:
        row.sort(key=lambda item: item.box[0])
        start = 0
        for n, (left, right) in enumerate(pairwise(row), 1):
            if right.box[0] - left.box[2] > _NEW_SEGMENT * max(left.size, right.size):
                segments.append(_segment(row[start:n]))
                start = n
        segments.append(_segment(row[start:]))
    return segments


def _is_in_row(word: Word, row: Sequence[Word]) -> bool:
    tall = row[0]
    reach = _RAISED if word.size < 0.85 * tall.size else _SAME_ROW
    return abs(word.y - tall.y) <= reach * tall.size and (
        reach == _SAME_ROW or any(_gap(word, other) < 0.5 * tall.size for other in row)
    )


def _away(word: Word, row: Sequence[Word]) -> float:
    return min(_gap(word, other) + abs(word.y - other.y) for other in row)


def _gap(word: Word, other: Word) -> float:
    return max(word.box[0] - other.box[2], other.box[0] - word.box[2], 0.0)


def _segment(words: list[Word]) -> Segment:
    tall = max(words, key=lambda word: word.size)
    return Segment(words, words[0].box[0], max(word.box[2] for word in words), tall.y, tall.size)


# Pieces of rows, and their places in the text.


def _cut(segment: Segment, first: int, last: int, letters: str) -> Iterator[Piece]:
    """The longest run of words that stands in the text, and what is left of it and right of it cut alike."""
    waiting = [(first, last)]
    while waiting:
        first, last = waiting.pop()
        if longest := _longest_run(segment.words, first, last, letters):
            begin, end = longest
            yield Piece(segment, begin, end, "".join(word.letters for word in segment.words[begin:end]))
            waiting += [(first, begin), (end, last)]


def _longest_run(words: Sequence[Word], first: int, last: int, letters: str) -> tuple[int, int] | None:
    best: tuple[int, int, int] | None = None
    begin = first
    for end in range(first + 1, last + 1):
        run = "".join(word.letters for word in words[begin:end])
        while begin < end and run not in letters:
            run = run[len(words[begin].letters) :]
            begin += 1
        if run and (best is None or len(run) > best[0]):
            best = len(run), begin, end
    return best[1:] if best else None


def union(first: Box, second: Box) -> Box:
    """The box around both."""
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
