"""Checks that each noun of the claim has the role in its verb that it has in the context."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from assistant.claims.alignment import Alignment, agreement
from assistant.claims.lists import in_one_list
from assistant.claims.relations import DETERMINERS, Relation, relations
from assistant.claims.tokens import Token
from assistant.deadlines import within_deadline
from assistant.records import Reason

_MOST_EXCHANGED = 40
"""Most doers of verbs that are tried against each other, more than any sentence of the library has."""
_HELPERS = frozenset("is are was were be been has have had to will would".split())
_GENERIC = frozenset(
    "organisation body group agency institution scheme programme report paper plan thing one other this that people "
    "party side authority official government".split()
)
"""Nouns that may replace a name or another noun."""


def part_clash(found: Alignment) -> Reason | None:
    """Return the first noun that does in the claim what is done to it in the context, or what another does there."""
    ours, theirs = relations(found.claim), relations(found.context)
    for own in ours:
        same = [item for item in theirs if agreement(found.claim[own.verb], found.context[item.verb])]
        other = _other_part(found, own, same, ours, theirs) or _other_pair(found, own, same, ours)
        if other is not None:
            return reason_of(found, own, other)
    return _other_subject(found, ours, theirs) or _exchanged(found, ours, theirs)


def is_someone(token: Token) -> bool:
    """Return whether a token is a name, or a noun for somebody who acts."""
    return token.actor or token.named


def is_part(found: Alignment, noun: Token, item: Relation) -> bool:
    """Return whether a noun of the claim is in a noun phrase of the context."""
    return any(agreement(noun, token) for token in found.context[item.start : item.noun + 1] if token.content)


def reason_of(found: Alignment, own: Relation, other: Relation) -> Reason:
    """Return the two readings of a verb side by side."""
    return Reason(
        "role",
        text_of(found.claim, *sorted((own.verb, own.noun))),
        text_of(found.context, *sorted((other.verb, other.noun))),
    )


def text_of(tokens: Sequence[Token], start: int, end: int) -> str:
    """Return the words from one token to another."""
    return " ".join(token.text for token in tokens[start : end + 1])


def _other_part(
    found: Alignment,
    own: Relation,
    same: Sequence[Relation],
    ours: Sequence[Relation],
    theirs: Sequence[Relation],
) -> Relation | None:
    noun = found.claim[own.noun]
    held = [item for item in same if is_part(found, noun, item)]
    if any(_acts(item) == _acts(own) for item in held):
        return None
    rivals = [item for item in same if item.role == own.role]
    for other in held or rivals:
        sure = _is_sure(found.claim, ours, own.verb) and _is_sure(found.context, theirs, other.verb)
        if held:
            if is_someone(noun) or sure:
                return other
            continue
        rest = _rest_agrees(found, own, other, ours, theirs)
        known = own.noun in found.matches
        if _stands_with(found, own, other) or noun.base in _GENERIC or noun.pronoun:
            continue
        if is_someone(noun) and (rest or (known and is_someone(found.context[other.noun]))):
            return other
        replaced = known and (own.role == "agent" or other.noun not in found.matches.values())
        if sure and (replaced or (rest and own.role == "agent")):
            return other
    return None


def _acts(item: Relation) -> bool:
    return item.role == "agent"


def _is_sure(tokens: Sequence[Token], read: Sequence[Relation], verb: int) -> bool:
    """Return whether a word is certainly a verb: it has a doer and an object, or a helping verb before it."""
    if {"agent", "patient"} <= {item.role for item in read if item.verb == verb}:
        return True
    if tokens[verb].base == "have":
        return True
    before = tokens[verb - 1] if verb else None
    return before is not None and (before.kind == "force" or before.text.lower() in _HELPERS)


def _rest_agrees(
    found: Alignment, own: Relation, other: Relation, ours: Sequence[Relation], theirs: Sequence[Relation]
) -> bool:
    """Return whether the other noun of the two verbs is the same, and only this one differs."""
    if other.noun in found.matches.values():
        return False
    rest = [item for item in ours if item.verb == own.verb and item.role != own.role]
    return any(
        is_part(found, found.claim[mine.noun], item)
        for mine in rest
        for item in theirs
        if item.verb == other.verb and item.role == mine.role
    )


def _stands_with(found: Alignment, own: Relation, other: Relation) -> bool:
    """Return whether the noun is listed with the other in the context, or is part of the same name."""
    for place, token in enumerate(found.context):
        if agreement(found.claim[own.noun], token):
            if token.run >= 0 and token.run == found.context[other.noun].run:
                return True
            if in_one_list(found.context, place, other.noun):
                return True
            if own.role == "patient" and place > other.noun and _is_added(found.context, place):
                return True
    return False


def _is_added(tokens: Sequence[Token], place: int) -> bool:
    """Return whether the noun is added: "and its canteen" after another object."""
    while place > 0 and (tokens[place - 1].text.lower() in DETERMINERS or tokens[place - 1].content):
        place -= 1
    return place > 0 and tokens[place - 1].text.lower() in ("and", "or", ",")


def _other_pair(found: Alignment, own: Relation, same: Sequence[Relation], ours: Sequence[Relation]) -> Relation | None:
    """Find "A blamed C" where A blamed B and B blamed C: the doer of one verb, the object of another of its kind."""
    if own.role != "agent":
        return None
    for patient in ours:
        if patient.verb != own.verb or patient.role != "patient":
            continue
        with_doer = [item for item in same if _acts(item) and is_part(found, found.claim[own.noun], item)]
        with_object = [item for item in same if not _acts(item) and is_part(found, found.claim[patient.noun], item)]
        verbs = {item.verb for item in with_doer}
        if with_doer and with_object and not verbs & {item.verb for item in with_object}:
            return next((item for item in same if item.verb in verbs and not _acts(item)), None)
    return None


def _other_subject(found: Alignment, ours: Sequence[Relation], theirs: Sequence[Relation]) -> Reason | None:
    """Find one verb and one noun, but of another: "trade with A grew" against "trade with B grew"."""
    for own in ours:
        mine = _someone_between(found.claim, own)
        same = [item for item in theirs if _acts(item) and agreement(found.claim[own.verb], found.context[item.verb])]
        others = [_someone_between(found.context, item) for item in same]
        shared = any(agreement(one, other) for names in others for one in mine for other in names)
        if _acts(own) and mine and others and all(others) and not shared:
            return reason_of(found, own, same[0])
    return None


def _someone_between(tokens: Sequence[Token], item: Relation) -> list[Token]:
    """Return whoever is named between the noun and its verb."""
    return [token for token in tokens[item.noun + 1 : item.verb] if is_someone(token)]


def _exchanged(found: Alignment, ours: Sequence[Relation], theirs: Sequence[Relation]) -> Reason | None:
    """Find two nouns that each do what the other does in the context."""
    actors = list(filter(_acts, theirs))[:_MOST_EXCHANGED]
    for one, two in within_deadline(permutations(list(filter(_acts, ours))[:_MOST_EXCHANGED], 2)):
        if agreement(found.claim[one.noun], found.claim[two.noun]):
            continue
        firsts, seconds = _doing(found, one, two, actors), _doing(found, two, one, actors)
        for first, second in ((first, second) for first in firsts for second in seconds if first is not second):
            if not agreement(found.context[first.verb], found.context[second.verb]):
                return reason_of(found, one, second)
    return None


def _doing(found: Alignment, own: Relation, other: Relation, actors: Sequence[Relation]) -> list[Relation]:
    """Return where the context says of the other's noun what the claim says of its own."""
    verb, noun = found.claim[own.verb], found.claim[other.noun]
    return [item for item in actors if agreement(verb, found.context[item.verb]) and is_part(found, noun, item)]
