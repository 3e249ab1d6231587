"""Where words of a page's text, as it was read, stand on the page itself.

Reading undoes hyphenation, removes marks, and puts columns in order, so the text is laid beside the printed rows again:
each row is cut into pieces that stand in the text as they are, and pieces that follow each other in both make chains.
Of several places for the same words the longest chain decides. Where two are as long, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.reading.pdf.characters import SeenGlyphs
from assistant.reading.pdf.pieces import Piece, letters_of, pieces_of, plain_letters, union, words_of
from assistant.reading.pdf.visibility import Box
from assistant.records import Span

_SAME_ROW = 0.25
"""Of the size: how far apart the baselines of one row may lie."""
_SAME_SIZE = 0.6
"""Points."""
_NEXT_ROW = 4.0
"""Ems down to the row that goes on."""
_MOST_PLACES = 200
"""For one piece; words as short as that are found by their neighbours or not at all."""
_MOST_WORDS, _MOST_CLAIMS = 20_000, 50_000
"""Of a page; beyond that nothing is looked for."""
_SHORTEST_CHAIN = 3
"""Letters; a shorter one proves nothing."""
_CLEAR_LEAD = 8
"""Letters by which a chain must be longer than another that claims the same words."""


@dataclass(eq=False, slots=True)
class _Claim:
    """A piece at a place in the text, ``letters[start:end]``."""

    piece: Piece
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
    letters, places = letters_of(text)
    wanted = [n for n, place in enumerate(places) if span.start <= place < span.end]
    if not wanted:
        return None
    words = words_of(seen)
    if len(words) > _MOST_WORDS:
        return None
    claims = _claims(pieces_of(words, letters), letters)
    if len(claims) > _MOST_CLAIMS:
        return None
    return _boxes(_settle(claims), wanted[0], wanted[-1] + 1)


def _claims(pieces: Sequence[Piece], letters: str) -> list[_Claim]:
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


def _follows(piece: Piece, other: Piece) -> bool:
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
                length = len(plain_letters(glyph.text))
                inside = min(at + length, end) - max(at, start)
                if inside > 0:
                    covered += inside
                    row = id(claim.piece.segment)
                    rows[row] = union(rows[row], glyph.box) if row in rows else glyph.box
                at += length
    return list(rows.values()) if covered == end - start else None
