"""Whether what does something in the claim does it in the context: roles that change hands between the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from assistant.grounding.alignment import Alignment, agreement
from assistant.grounding.lists import in_one_list
from assistant.grounding.relations import BE, DETERMINERS, PREPOSITIONS, Relation, relations
from assistant.grounding.tokens import Token
from assistant.records import Reason

_PASSED = ("on", "in", "for", "of", "with", "by", "at")
_REACH = 4
_LINKS = {
    "unlike": "than",
    "than": "than",
    "before": "before",
    "after": "after",
    "from": "from",
    "to": "to",
    "into": "to",
}


def role_clashes(found: Alignment) -> Iterator[Reason]:
    """Parts that change hands between the claim and the context."""
    reason = _other_part(found) or _other_subject(found) or _exchanged(found) or _reversed(found) or _turned(found)
    if reason is not None:
        yield reason


def without_converses(found: Alignment, reasons: Sequence[Reason]) -> Iterator[Reason]:
    """The reasons without those that say the same from the other side: "A lends to B" and "B borrows from A"."""
    checks = [reason.check for reason in reasons]
    if checks.count("opposite") == 1 and ("role" in checks or _subjects_differ(found, reasons)):
        yield from (reason for reason in reasons if reason.check not in ("opposite", "role"))
    else:
        yield from reasons


def _subjects_differ(found: Alignment, reasons: Sequence[Reason]) -> bool:
    """Whether the two contrary verbs have each another's noun as subject."""
    contrary = next(reason for reason in reasons if reason.check == "opposite")
    ours = [item for item in relations(found.claim) if found.claim[item.verb].text == contrary.claim]
    theirs = [item for item in relations(found.context) if found.context[item.verb].text == contrary.context]
    subjects = [found.claim[item.noun] for item in ours if item.role == "agent"]
    others = [item for item in theirs if item.role == "agent"]
    return bool(subjects and others) and not any(_is_part(found, noun, item) for noun in subjects for item in others)


def _other_part(found: Alignment) -> Reason | None:
    """A noun that does in the claim what is done to it in the context, or what another does there."""
    ours, theirs = relations(found.claim), relations(found.context)
    for own in ours:
        noun, verb = found.claim[own.noun], found.claim[own.verb]
        same_verb = [item for item in theirs if agreement(verb, found.context[item.verb])]
        parts = [item for item in same_verb if _is_part(found, noun, item)]
        others = [item for item in same_verb if item.role == own.role]
        if not same_verb or any((item.role == "agent") == (own.role == "agent") for item in parts):
            continue
        someone = noun.actor or noun.named
        if parts and (
            someone or {item.role for item in same_verb if item.verb == parts[0].verb} == {"agent", "patient"}
        ):
            if someone or len([item for item in ours if item.verb == own.verb]) == 2:
                return _reason(found, own, parts[0])
            continue
        rivals = [item for item in others if _is_someone(found.context[item.noun]) or _rest_agrees(found, own, item)]
        if someone and rivals and not parts and not _stands_with(found, own, rivals):
            return _reason(found, own, rivals[0])
    return None


def _other_subject(found: Alignment) -> Reason | None:
    """One verb and one noun, but of another: "trade with A grew" against "trade with B grew"."""
    theirs = relations(found.context)
    for own in relations(found.claim):
        mine = _someone_in(found.claim, own)
        same = [
            item
            for item in theirs
            if item.role == own.role == "agent" and agreement(found.claim[own.verb], found.context[item.verb])
        ]
        others = [_someone_in(found.context, item) for item in same]
        if mine and others and all(others) and not any(_share(mine, names) for names in others):
            return _reason(found, own, same[0])
    return None


def _someone_in(tokens: Sequence[Token], item: Relation) -> list[Token]:
    """Who is named between the noun and its verb."""
    return [token for token in tokens[item.noun + 1 : item.verb] if _is_someone(token)]


def _share(first: Sequence[Token], second: Sequence[Token]) -> bool:
    return any(agreement(one, other) for one in first for other in second)


def _exchanged(found: Alignment) -> Reason | None:
    """Two nouns that do each what the other does in the context."""
    ours = [item for item in relations(found.claim) if item.role == "agent"]
    theirs = [item for item in relations(found.context) if item.role == "agent"]
    for one, two in permutations(ours, 2):
        if agreement(found.claim[one.noun], found.claim[two.noun]):
            continue
        for first, second in permutations(theirs, 2):
            crossed = _is_part(found, found.claim[one.noun], second) and _is_part(found, found.claim[two.noun], first)
            same = agreement(found.claim[one.verb], found.context[first.verb]) and agreement(
                found.claim[two.verb], found.context[second.verb]
            )
            if crossed and same and not agreement(found.context[first.verb], found.context[second.verb]):
                return _reason(found, one, second)
    return None


def _is_part(found: Alignment, noun: Token, item: Relation) -> bool:
    return any(agreement(noun, token) for token in found.context[item.start : item.noun + 1] if token.content)


def _rest_agrees(found: Alignment, own: Relation, other: Relation) -> bool:
    """Whether the other noun of the two verbs is the same, and only this one differs."""
    if other.noun in found.matches.values() or found.claim[own.noun].base == "government":
        return False
    rest = [item for item in relations(found.claim) if item.verb == own.verb and item.role != own.role]
    return any(
        _is_part(found, found.claim[mine.noun], item)
        for mine in rest
        for item in relations(found.context)
        if item.verb == other.verb and item.role == mine.role
    )


def _is_someone(token: Token) -> bool:
    return token.actor or token.named


def _stands_with(found: Alignment, own: Relation, others: Sequence[Relation]) -> bool:
    """Whether the noun is listed with one of the others in the context, or is part of the same name."""
    places = [place for place, token in enumerate(found.context) if agreement(found.claim[own.noun], token)]
    for place in places:
        for item in others:
            token = found.context[item.noun]
            if (token.run >= 0 and token.run == found.context[place].run) or in_one_list(
                found.context, place, item.noun
            ):
                return True
    return not places and not any(_rest_agrees(found, own, item) for item in others)


def _reversed(found: Alignment) -> Reason | None:
    """Three matches in the opposite order: "A exceeds B" against "B exceeds A"."""
    matches = found.matches
    places = sorted(matches)
    for number, pivot in enumerate(places):
        for first in places[max(0, number - _REACH) : number]:
            for second in places[number + 1 : number + 1 + _REACH]:
                a, p, b = matches[first], matches[pivot], matches[second]
                if not a > p > b:
                    continue
                ends, middle = (found.claim[first], found.claim[second]), found.claim[pivot]
                if not (all(map(_is_someone, ends)) or all(end.kind == "figure" for end in ends)) and not (
                    _is_someone(middle) and _same_preposition(found.claim, first, second)
                ):
                    continue
                turned = _voice(found.claim, first, second) != _voice(found.context, b, a)
                if not turned and not in_one_list(found.context, b, a) and not in_one_list(found.claim, first, second):
                    return Reason("role", _text(found.claim, first, second), _text(found.context, b, a))
    return None


def _same_preposition(tokens: Sequence[Token], first: int, second: int) -> bool:
    """ "On skills … on transport": two words in like places of their clauses."""
    return first > 0 and tokens[first - 1].text.lower() == tokens[second - 1].text.lower() in PREPOSITIONS


def _voice(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words between are in the passive voice, or lead from a thing to its doer."""
    inside = tokens[start + 1 : end]
    return any(token.text.lower() in ("by", "from", "at", "for") for token in inside) or any(
        first.text.lower() in BE and second.kind == "word" and second.text.endswith(("ed", "en"))
        for first, second in pairwise(inside)
    )


def _turned(found: Alignment) -> Reason | None:
    """ "From A to B" against "from B to A", "more A than B" against "more B than A", "before" against "after"."""
    matches = found.matches
    ours = {index: _link(found.claim, index) for index in matches}
    theirs = {index: _link(found.context, place) for index, place in matches.items()}
    for first in matches:
        for second in matches:
            if first == second or not ours[first] or ours[first] != theirs[second]:
                continue
            swapped = theirs[first] != ours[first] and ours[second] != theirs[second]
            paired = ours[first] in ("than", "before", "after") or (theirs[first] and theirs[first] == ours[second])
            if swapped and paired and _same_kind(found.claim[first], found.claim[second]):
                low, high = sorted((matches[first], matches[second]))
                start, end = sorted((first, second))
                return Reason("role", _text(found.claim, start, end), _text(found.context, low, high))
    for index in matches:
        pair = {ours[index], theirs[index]}
        if pair == {"before", "after"}:
            return Reason(
                "role", f"{ours[index]} {found.claim[index].text}", f"{theirs[index]} {found.claim[index].text}"
            )
    return None


def _same_kind(first: Token, second: Token) -> bool:
    return (first.kind in ("word", "name")) == (second.kind in ("word", "name"))


def _link(tokens: Sequence[Token], place: int) -> str:
    """The preposition before the noun phrase that a token belongs to; empty for none of interest."""
    for index in range(place - 1, max(-1, place - 5), -1):
        token = tokens[index]
        text = token.text.lower()
        if text in _LINKS:
            return _LINKS[text]
        if text in ("rather than", "instead of") or (token.family == "negation" and tokens[index - 1].text == ","):
            return "than"
        if text not in DETERMINERS and text not in _PASSED and not (token.content and index == place - 1):
            return ""
    return ""


def _reason(found: Alignment, own: Relation, other: Relation) -> Reason:
    return Reason(
        "role",
        _text(found.claim, *sorted((own.verb, own.noun))),
        _text(found.context, *sorted((other.verb, other.noun))),
    )


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start : end + 1])
