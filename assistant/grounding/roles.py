"""Who does what to whom: the order of what is matched, save where the voice turns it round."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.grounding.alignment import Alignment
from assistant.grounding.tokens import Token
from assistant.records import Reason

_LIST_WORDS = frozenset(["and", "or", ",", "&", "the", "a", "both", "as", "well", "nor"])
_BE = frozenset(["be", "become"])
_SOURCES = {"from": "from", "to": "to", "into": "to", "by": "by", "than": "than", "over": "over", "under": "under"}


def role_clashes(found: Alignment) -> Iterator[Reason]:
    """Two things that change places around what links them, as in "A asks B" against "B asks A"."""
    matches = found.matches
    places = sorted(matches)
    for number, pivot in enumerate(places):
        if not _links(found.claim[pivot]):
            continue
        for first in places[max(0, number - 4) : number]:
            for second in places[number + 1 : number + 5]:
                if not (_bears_role(found.claim[first]) and _bears_role(found.claim[second])):
                    continue
                a, p, b = matches[first], matches[pivot], matches[second]
                claim_turned = _passive(found.claim, pivot, second)
                if a > p > b:
                    context_turned = _passive(found.context, p, a)
                    if claim_turned == context_turned and not _in_list(found.context, b, a):
                        yield _reason(found, first, second, b, a)
                        return
                elif a < p < b and p - a <= 8 and b - p <= 8:
                    if claim_turned != _passive(found.context, p, b) and _close(places, first, pivot, second):
                        yield _reason(found, first, second, a, b)
                        return
    yield from _directions(found)


def _links(token: Token) -> bool:
    """Whether a token may be the verb of a clause: no name, amount or actor."""
    return token.kind == "word" and not token.named and not token.actor


def _bears_role(token: Token) -> bool:
    return token.named or token.actor or token.kind in ("figure", "date", "word")


def _close(places: list[int], first: int, pivot: int, second: int) -> bool:
    return places.index(pivot) - places.index(first) <= 2 and places.index(second) - places.index(pivot) <= 2


def _passive(tokens: tuple[Token, ...], verb: int, agent: int) -> bool:
    """Whether ``agent`` stands behind "by", with no other such noun between."""
    for place in range(agent - 1, max(verb, agent - 5), -1):
        token = tokens[place]
        if token.text.lower() == "by":
            return True
        if token.kind in ("mark", "force") or (token.content and not tokens[agent].run == token.run >= 0):
            if token.kind == "word" and place > agent - 3:
                continue
            return False
    return False


def _in_list(tokens: tuple[Token, ...], low: int, high: int) -> bool:
    """Whether the two are members of one list."""
    between = tokens[low + 1 : high]
    return any(item.text in ("and", "or", ",") for item in between) and all(
        item.text in _LIST_WORDS or item.content for item in between
    )


def _directions(found: Alignment) -> Iterator[Reason]:
    """ "From A to B" against "from B to A", "more A than B" against "more B than A"."""
    matches = found.matches
    ours = {index: _preposition(found.claim, index) for index in matches}
    theirs = {index: _preposition(found.context, place) for index, place in matches.items()}
    changed = [index for index in matches if ours[index] and theirs[index] and ours[index] != theirs[index]]
    for first in changed:
        for second in changed:
            if first < second and ours[first] == theirs[second] and ours[second] == theirs[first]:
                yield _reason(found, first, second, matches[first], matches[second])
                return


def _preposition(tokens: tuple[Token, ...], place: int) -> str:
    """The preposition right before the noun phrase that ends or begins at a place; empty for none."""
    for index in range(place - 1, max(-1, place - 4), -1):
        token = tokens[index]
        if token.text.lower() in _SOURCES:
            return _SOURCES[token.text.lower()]
        if token.kind in ("mark", "force") or (token.kind == "stop" and token.text.lower() not in ("the", "a", "an")):
            return ""
    return ""


def _reason(found: Alignment, first: int, second: int, low: int, high: int) -> Reason:
    low, high = sorted((low, high))
    claim = " ".join(token.text for token in found.claim[first : second + 1])
    return Reason("role", claim, " ".join(token.text for token in found.context[low : high + 1]))
