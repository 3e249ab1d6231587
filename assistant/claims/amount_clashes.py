"""Figures, dates and rates of the claim that the context lacks or contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims.alignment import Alignment, same_amount, share_of
from assistant.claims.counterparts import Fits, counterpart, mostly_in_order
from assistant.claims.lists import in_one_list
from assistant.claims.tokens import Token
from assistant.records import Reason
from assistant.text.amounts import LENGTHS

_CHECKS = {"figure": "figure", "date": "date", "rate": "unit"}
_ROUND, _NEAR = 0.08, 0.02
"""How far a share may lie from the round one that it is just over or nearly: in words, and in figures."""


def amount_clashes(found: Alignment) -> Iterator[Reason]:
    """Yield figures, dates and rates of the claim that the context lacks, and rates that the claim drops."""
    matches = found.matches
    for index, token in enumerate(found.claim):
        if token.kind not in _CHECKS or index in matches:
            continue
        if token.key == "1th" and not any(_is_other_ordinal(item) for item in found.context):
            continue  # "first" can be expressed in many ways
        if token.key == "2" and any(item.text.lower() == "both" for item in found.context):
            continue
        if _is_rounded(found, index) or _counts_names(found, index):
            continue
        other = counterpart(found, index, _same_kind_as(token))
        yield Reason(_CHECKS[token.kind], token.text, other.text if other else "")
    for index in found.moved:
        token = found.claim[index]
        if token.kind in _CHECKS:
            own, places = found.moved[index], found.gap_of(index).context
            kinds = {token.kind} if token.kind == "date" else {"figure", "rate"} if token.kind == "rate" else {"figure"}
            others = [place for place in places if found.context[place].kind in kinds and place != own]
            followed = token.kind != "figure" or any(other > index for other in found.anchors)
            listed = any(in_one_list(found.context, own, place) for place in places)
            if others and followed and not listed and mostly_in_order(found):
                yield Reason(_CHECKS[token.kind], token.text, found.context[others[0]].text)
    yield from _lengths(found)
    yield from _behind_its_word(found)
    held = set(matches.values())
    replaced = any(token.kind == "rate" and index not in matches for index, token in enumerate(found.claim))
    for column, token in enumerate(found.context):
        if token.kind == "rate" and column not in held and not replaced:
            before = [place for place in range(max(0, column - 6), column) if found.context[place].kind == "figure"]
            if before and before[-1] in held:
                yield Reason("unit", "", token.text)


def _is_other_ordinal(token: Token) -> bool:
    return token.key != "1th" and bool(re.fullmatch(r"\d+th", token.key))


def _lengths(found: Alignment) -> Iterator[Reason]:
    """Compare "several weeks" with "several months", where no number differs."""
    held = set(found.matches.values())
    others = [
        token
        for place, token in enumerate(found.context)
        if token.kind == "word" and _is_length(token) and place not in held
    ]
    for index, token in enumerate(found.claim):
        if token.kind == "word" and _is_length(token) and index not in found.matches and others:
            yield Reason("unit", token.text, others[0].text)


def _is_length(token: Token) -> bool:
    return token.base in LENGTHS or token.base.removesuffix("s") in LENGTHS or token.base == "centuries"


def _behind_its_word(found: Alignment) -> Iterator[Reason]:
    """Compare "published each month" with "published each year", where "monthly" occurs elsewhere."""
    matches = found.matches
    for index, own in matches.items():
        token = found.claim[index]
        word = _next_content(found.claim, index, -1)
        if token.kind != "rate" or word not in matches:
            continue
        place = _next_content(found.context, matches[word], 1)
        other = found.context[place] if place is not None else token
        if place != own and other.kind == token.kind and not same_amount(token.key, other.key):
            yield Reason(_CHECKS[token.kind], token.text, other.text)


def _next_content(tokens: Sequence[Token], index: int, step: int) -> int | None:
    """Return the nearest token with a meaning before or after another, without a mark between."""
    place = index + step
    while 0 <= place < len(tokens) and tokens[place].kind != "mark":
        if tokens[place].content:
            return place
        place += step
    return None


def _is_rounded(found: Alignment, index: int) -> bool:
    """Return whether the claim rounds: "just over half" for 54 per cent; less in figures, never for a round amount."""
    token = found.claim[index]
    value, nearness = share_of(token.key), _NEAR if any(map(str.isdigit, token.text)) else _ROUND
    bound = next((item.key for item in found.claim[max(0, index - 2) : index] if item.family == "bound"), "")
    for place, item in enumerate(found.context):
        other = share_of(item.key) if item.kind == "figure" else None
        rounded = any(before.family == "bound" for before in found.context[max(0, place - 2) : place])
        if value is not None and other is not None and not rounded:
            above = float(other - value)
            if (bound == "least" and 0 < above < nearness) or (bound in ("nearly", "most") and 0 < -above < nearness):
                return True
            if bound == "about" and abs(above) < nearness / 2:
                return True
    return False


def _counts_names(found: Alignment, index: int) -> bool:
    """Return whether the claim counts names that follow: "two areas, A and B"."""
    runs = {token.run for token in found.claim[index + 1 : index + 14] if token.named and token.run >= 0}
    return found.claim[index].key == str(len(runs)) and all(
        place in found.matches for place, token in enumerate(found.claim) if token.run in runs and token.content
    )


def _same_kind_as(token: Token) -> Fits:
    return lambda tokens, index: tokens[index].kind == token.kind
