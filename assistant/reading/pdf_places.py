"""Where words of a page's text, as it was read, stand on the page itself.

Reading undoes hyphenation, removes marks, and puts columns in order, so the text is laid beside the printed rows again:
each row is cut into pieces that stand in the text as they are, and pieces that follow each other in both make chains.
Of several places for the same words the longest chain decides. Where two are as long, nothing is said.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.reading.pdf_characters import SeenGlyphs
from assistant.reading.pdf_visibility import Box, Glyph
from assistant.records import Span

_SAME_ROW = 0.25
"""Of the size: how far apart the baselines of one row may lie."""
_RAISED = 0.6
"""The same for characters smaller than the row's."""
_NEW_SEGMENT = 1.0
"""Ems between words that may belong to different columns or cells."""
_SAME_SIZE = 0.6
"""Points."""
_NEXT_ROW = 4.0
"""Ems down to the row that goes on."""
_MOST_PLACES = 200
"""For one piece; words as short as that are found by their neighbours or not at all."""
_MOST_WORDS, _MOST_CLAIMS = 20_000, 50_000
"""Of a page; beyond that nothing is looked for."""
_MARK_LETTERS = 4
"""Of a bullet, a number or a note's mark beside the words of a row."""
_SHORTEST_CHAIN = 3
"""Letters; a shorter one proves nothing."""
_CLEAR_LEAD = 8
"""Letters by which a chain must be longer than another that claims the same words."""


@dataclass(slots=True)
class _Word:
    """Neighbouring characters of one style."""

    glyphs: list[Glyph]
    box: Box
    """Left, top, right, bottom, as the text reads."""
    y: float
    size: float
    letters: str = ""


@dataclass(eq=False, slots=True)
class _Segment:
    """Words side by side in one row, without wide gaps."""

    words: list[_Word]
    x0: float
    x1: float
    y: float
    size: float


@dataclass(eq=False, slots=True)
class _Piece:
    """Words of a segment that stand in the text one behind the other."""

    segment: _Segment
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


@dataclass(eq=False, slots=True)
class _Claim:
    """A piece at a place in the text, ``letters[start:end]``."""

    piece: _Piece
    start: int
    end: int
    before: list[_Claim] = field(default_factory=list)
    after: list[_Claim] = field(default_factory=list)

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def place_words(seen: SeenGlyphs, text: str, span: Span) -> list[Box] | None:
    """Boxes of the words ``text[span]``, one for each printed row, left, bottom, right, top in the page's own space.

    None where it is not certain where they stand.

    Args:
        seen: what a reader of the page sees.
        text: the page's whole text as it was read.
        span: the words within it.
    """
    letters, places = _letters_of(text)
    wanted = [n for n, place in enumerate(places) if span.start <= place < span.end]
    if not wanted:
        return None
    words = _words(seen)
    if len(words) > _MOST_WORDS:
        return None
    claims = _claims([piece for segment in _segments(words) for piece in _cut(segment, letters)], letters)
    if len(claims) > _MOST_CLAIMS:
        return None
    return _boxes(_settle(claims), wanted[0], wanted[-1] + 1)


def _letters_of(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, without case, accents and ligatures; and which character each comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


def _plain(text: str) -> str:
    if text.isascii():
        return "".join(filter(str.isalnum, text)).lower()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


# Rows.


def _words(seen: SeenGlyphs) -> list[_Word]:
    words: list[_Word] = []
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
            word.box = _union(word.box, box)
        else:
            words.append(_Word([glyph], box, y, size))
        last = glyph
    for word in words:
        word.letters = _plain("".join(glyph.text for glyph in word.glyphs))
    return words


def _goes_on(word: _Word, glyph: Glyph, box: Box, y: float) -> bool:
    size = glyph.style.size
    is_beside = -0.5 * size < box[0] - word.box[2] < 0.3 * size
    return size == word.size and abs(y - word.y) < 0.1 * size and is_beside


def _segments(words: Sequence[_Word]) -> list[_Segment]:
    """Words by rows, raised ones with those that carry them, cut at wide gaps."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda item: (-item.size, item.y, item.box[0])):
        near = [row for row in rows if _is_in_row(word, row)]
        if near:
            min(near, key=lambda row: _away(word, row)).append(word)
        else:
            rows.append([word])
    segments: list[_Segment] = []
    for row in rows:
        row.sort(key=lambda item: item.box[0])
        start = 0
        for n, (left, right) in enumerate(pairwise(row), 1):
            if right.box[0] - left.box[2] > _NEW_SEGMENT * max(left.size, right.size):
                segments.append(_segment(row[start:n]))
                start = n
        segments.append(_segment(row[start:]))
    return segments


def _is_in_row(word: _Word, row: Sequence[_Word]) -> bool:
    tall = row[0]
    reach = _RAISED if word.size < 0.85 * tall.size else _SAME_ROW
    return abs(word.y - tall.y) <= reach * tall.size and (
        reach == _SAME_ROW or any(_gap(word, other) < 0.5 * tall.size for other in row)
    )


def _away(word: _Word, row: Sequence[_Word]) -> float:
    return min(_gap(word, other) + abs(word.y - other.y) for other in row)


def _gap(word: _Word, other: _Word) -> float:
    return max(word.box[0] - other.box[2], other.box[0] - word.box[2], 0.0)


def _segment(words: list[_Word]) -> _Segment:
    tall = max(words, key=lambda word: word.size)
    return _Segment(words, words[0].box[0], max(word.box[2] for word in words), tall.y, tall.size)


# Pieces of rows, and their places in the text.


def _cut(segment: _Segment, letters: str) -> Iterator[_Piece]:
    """The longest run of words that stands in the text, and what is left of it and right of it cut alike."""
    waiting = [(0, len(segment.words))]
    while waiting:
        first, last = waiting.pop()
        if longest := _longest_run(segment.words, first, last, letters):
            begin, end = longest
            yield _Piece(segment, begin, end, "".join(word.letters for word in segment.words[begin:end]))
            waiting += [(first, begin), (end, last)]


def _longest_run(words: Sequence[_Word], first: int, last: int, letters: str) -> tuple[int, int] | None:
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


def _claims(pieces: Sequence[_Piece], letters: str) -> list[_Claim]:
    """Every place in the text of every piece, each with those that go on from it."""
    claims: list[_Claim] = []
    starting: dict[int, list[_Claim]] = defaultdict(list)
    for piece in pieces:
        found: list[_Claim] = []
        at = letters.find(piece.letters)
        while at >= 0 and len(found) <= _MOST_PLACES:
            found.append(_Claim(piece, at, at + len(piece.letters)))
            at = letters.find(piece.letters, at + 1)
        if len(found) <= _MOST_PLACES:
            claims += found
            for claim in found:
                starting[claim.start].append(claim)
    for claim in claims:
        for following in starting[claim.end]:
            if _follows(claim.piece, following.piece):
                claim.after.append(following)
                following.before.append(claim)
    return claims


def _follows(piece: _Piece, other: _Piece) -> bool:
    """Whether a reader goes on from one piece with the other: in the row, in the next, or in the next column."""
    here, there = piece.segment, other.segment
    if here is there:
        return piece.last <= other.first
    if abs(here.size - there.size) > _SAME_SIZE:
        return False
    if abs(here.y - there.y) <= _SAME_ROW * here.size:
        return there.x0 >= here.x1
    is_whole = piece.ends_segment() and other.begins_segment()
    if 0 < there.y - here.y < _NEXT_ROW * here.size:
        overlap = other.x0 < piece.x1 and piece.x0 < other.x1
        return overlap or (is_whole and there.x0 < here.x1 and here.x0 < there.x1)
    return is_whole and there.x0 >= here.x1 and there.y < here.y


# Which claims hold.


def _settle(claims: Sequence[_Claim]) -> list[_Claim]:
    """Claims that hold: chain by chain, the longest first; what another chain claims nearly as well is left open."""
    left = sorted(claims, key=lambda claim: claim.start)
    settled: list[_Claim] = []
    while left:
        ahead, behind = _lengths(left)
        chain = _longest_chain(left, ahead)
        start, end = chain[0].start, chain[-1].end
        if end - start < _SHORTEST_CHAIN:
            break
        held = {id(claim) for claim in chain}
        taken = {id(claim.piece) for claim in chain}
        others = [claim for claim in left if id(claim) not in held]
        rivals = [
            claim
            for claim in others
            if ahead[id(claim)] + behind[id(claim)] - len(claim.piece.letters) + _CLEAR_LEAD > end - start
        ]
        settled += [claim for claim in chain if not any(rival.overlaps(claim.start, claim.end) for rival in rivals)]
        left = [claim for claim in others if id(claim.piece) not in taken and not claim.overlaps(start, end)]
        _unlink(left)
    return settled


def _unlink(left: Sequence[_Claim]) -> None:
    """Forget neighbours that are not left."""
    held = {id(claim) for claim in left}
    for claim in left:
        claim.before = [other for other in claim.before if id(other) in held]
        claim.after = [other for other in claim.after if id(other) in held]


def _lengths(claims: Sequence[_Claim]) -> tuple[dict[int, int], dict[int, int]]:
    """Letters of the longest chain from each claim on, and up to each, itself included; claims in order of start."""
    ahead: dict[int, int] = {}
    behind: dict[int, int] = {}
    for claim in reversed(claims):
        ahead[id(claim)] = len(claim.piece.letters) + max((ahead[id(other)] for other in claim.after), default=0)
    for claim in claims:
        behind[id(claim)] = len(claim.piece.letters) + max((behind[id(other)] for other in claim.before), default=0)
    return ahead, behind


def _longest_chain(claims: Sequence[_Claim], ahead: dict[int, int]) -> list[_Claim]:
    chain = [max(claims, key=lambda claim: ahead[id(claim)])]
    while chain[-1].after:
        chain.append(max(chain[-1].after, key=lambda claim: ahead[id(claim)]))
    return chain


# Boxes.


def _boxes(settled: Sequence[_Claim], start: int, end: int) -> list[Box] | None:
    """Of the letters from ``start`` to ``end``; None unless each of them has its place."""
    rows: dict[int, Box] = {}
    covered = 0
    for claim in sorted(settled, key=lambda item: item.start):
        at = claim.start
        for word in claim.piece.segment.words[claim.piece.first : claim.piece.last]:
            for glyph in word.glyphs:
                length = len(_plain(glyph.text))
                inside = min(at + length, end) - max(at, start)
                if inside > 0:
                    covered += inside
                    row = id(claim.piece.segment)
                    rows[row] = _union(rows[row], glyph.box) if row in rows else glyph.box
                at += length
    return list(rows.values()) if covered == end - start else None


def _union(first: Box, second: Box) -> Box:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
