"""Small words that change a sentence's meaning if left out: a negation, a condition, a rank or a term of office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.claims.alignment import Alignment
from assistant.claims.tokens import Token
from assistant.records import Reason

_DENIED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|doubt(?:s|ed)?|disput(?:es?|ed)|rul(?:es?|ed|ing) out|"
    r"reject(?:s|ed)? the (?:claim|idea|view|suggestion)|no (?:evidence|signs?|proof|indication))\b"
)
_RANK = re.compile(r"\b(?:deputy|vice|assistant|former|ex|acting|interim|shadow|draft)\b")
_GONE = re.compile(r"\b(?:used|was|were) to\b")
_CONDITION = re.compile(r"(?<!as )(?<!even )\b(?:unless|if|provided|except|only (?:where|if|when)|as long as)\b")
_ENDED = re.compile(r"\b(?:had|was|were)\b.*\buntil\b")
_LASTS = re.compile(r"\b(?:has|have|is|are)\b")
_CAUSE = re.compile(r"\b(?:because|due to|owing to|thanks to|as a result of)\b")
_CONCESSION = re.compile(r"\b(?:despite|although|though|in spite of)\b")
_ENDS = (".", ";", ":", "!", "?")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words stand: the tokens from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


def turning_clashes(found: Alignment) -> Iterator[Reason]:
    """Yield words of the context that change what the claim repeats, and that the claim drops or changes."""
    held = set(found.matches.values())
    for kind, check in ((_DENIED, "negation"), (_RANK, "name"), (_GONE, "modality")):
        for place in _places(found.context, kind):
            reach = 1 if kind is _RANK else 3
            following = _content(found.context, range(place.end, len(found.context)))[:reach]
            if not _said(found.claim, kind) and held.intersection(following):
                yield Reason(check, "", place.text)
                break
    if not _said(found.claim, _CONDITION):
        for place in _places(found.context, _CONDITION):
            bound = _bound_by(found.context, place)
            if len(bound) == 2 and held.issuperset(bound):
                yield Reason("modality", "", place.text)
                break
    ended, lasts = _places(found.context, _ENDED), _places(found.claim, _LASTS)
    if ended and lasts and not _said(found.context, _LASTS):
        yield Reason("date", lasts[0].text, ended[0].text)
    for ours, theirs in ((_CAUSE, _CONCESSION), (_CONCESSION, _CAUSE)):
        said, held_there = _places(found.claim, ours), _places(found.context, theirs)
        if said and held_there and not _said(found.claim, theirs) and not _said(found.context, ours):
            yield Reason("opposite", said[0].text, held_there[0].text)


def _bound_by(tokens: Sequence[Token], place: _Place) -> list[int]:
    """Return the two content words nearest to a condition in its clause; none where that is unclear."""
    before = tokens[place.start - 1].text.lower() if place.start else "."
    if before in ("and", "but", "or"):
        return []
    if before in _ENDS:
        comma = next((index for index in range(place.end, len(tokens)) if tokens[index].text == ","), len(tokens))
        return _content(tokens, range(comma, len(tokens)))[:2]
    return _content(tokens, range(place.start - 1, -1, -1))[:2]


def _content(tokens: Sequence[Token], places: range) -> list[int]:
    """Return the places with a meaning of their own, up to the end of the sentence."""
    kept: list[int] = []
    for index in places:
        if tokens[index].text in _ENDS:
            break
        if tokens[index].content:
            kept.append(index)
    return kept


def _said(tokens: Sequence[Token], kind: re.Pattern[str]) -> bool:
    return bool(_places(tokens, kind))


def _places(tokens: Sequence[Token], kind: re.Pattern[str]) -> list[_Place]:
    starts, length = [], 0
    for token in tokens:
        starts.append(length)
        length += len(token.text) + 1
    text = " ".join(token.text.lower() for token in tokens)
    return [
        _Place(
            max(index for index, start in enumerate(starts) if start <= match.start()),
            max(index for index, start in enumerate(starts) if start < match.end()) + 1,
            match[0],
        )
        for match in kind.finditer(text)
    ]
