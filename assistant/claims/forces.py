"""Negation, modal words, quantifiers and bounds: does the claim assert as much as its context, and no more?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.claims.alignment import Alignment
from assistant.claims.force_classes import ADDED_HARD, DROPPED_HARD, MAY_STAND_FOR
from assistant.claims.tokens import Token
from assistant.records import Reason

_OPEN = frozenset("whether if unless would could might provided when where question depends without even".split())
_MERELY = ("only", "merely", "just", "simply")
_NOT_MERELY = tuple(f"not {word}" for word in _MERELY)
_REACH = 4
"""Tokens within which a decision in the context is the one that the claim names."""
_AT_AMOUNTS = ("bound", "side")


@dataclass(frozen=True, slots=True)
class _Force:
    """A force word and the token that it modifies; -1 for none."""

    index: int
    token: Token
    head: int
    name: str


@dataclass(frozen=True, slots=True)
class ForceFindings:
    """Clashes, and small departures that only lower the score."""

    clashes: tuple[Reason, ...]
    departures: int


def check_forces(found: Alignment) -> ForceFindings:
    """Compare every force word in the claim with those of the context, and those of the context that it covers."""
    ours, theirs = _forces(found.claim), _forces(found.context)
    covered = [force for force in theirs if _is_covered(found, force)]
    clashes = [*_negations(found, ours, theirs, covered)]
    clashes += _conditions(found)
    departures = 0
    for family in ("modality", "quantifier"):
        hard, soft = _family(found, family, ours, theirs, covered)
        clashes += hard
        departures += soft
    clashes += _amount_words(found, ours, theirs)
    return ForceFindings(tuple(clashes), departures)


def _forces(tokens: tuple[Token, ...]) -> list[_Force]:
    found = []
    for index, token in enumerate(tokens):
        if token.kind == "force" and not (token.family == "negation" and _is_contrast(tokens, index)):
            found.append(_Force(index, token, _head(tokens, index, token.family), token.key))
        elif token.family == "proposal":
            found.append(_Force(index, token, index, "propose"))
    return found


def _is_contrast(tokens: tuple[Token, ...], index: int) -> bool:
    """Return whether ", not after it" only says what the clause before it excludes."""
    return index > 0 and tokens[index].text == "not" and tokens[index - 1].text == ","


def _head(tokens: tuple[Token, ...], index: int, family: str) -> int:
    places = range(index + 1, len(tokens))
    if family in _AT_AMOUNTS:
        if token_is_behind(tokens[index]):
            places = range(index - 1, max(-1, index - 6), -1)
        wanted = "date" if family == "side" else "figure"
        for place in places:
            if tokens[place].kind == wanted or (family == "side" and tokens[place].kind == "figure"):
                return place
        return -1
    for place in places:
        if tokens[place].content:
            return place
    return next((place for place in range(index - 1, -1, -1) if tokens[place].content), -1)


def token_is_behind(token: Token) -> bool:
    """Return whether the token is "or more", which follows its number."""
    return token.text in ("or more", "or fewer", "or less", "or so")


def _is_covered(found: Alignment, force: _Force) -> bool:
    """Return whether the claim says what this word of the context modifies."""
    held = set(found.matches.values())
    if force.head in held and force.name != "propose":
        return True
    places = [index for index, token in enumerate(found.context) if token.content]
    before = [place for place in places if place < force.index][-1:]
    after = [place for place in places if place > force.index][:2]
    if force.name == "propose":
        return bool(after) and after[0] in held
    replaced = any(force.head in gap.context and gap.claim for gap in found.gaps)
    return replaced and bool(before and before[0] in held and len(after) == 2 and after[1] in held)


def _negations(found: Alignment, ours: list[_Force], theirs: list[_Force], covered: list[_Force]) -> Iterator[Reason]:
    mere = [token for token in found.claim if token.text.lower() in _MERELY]
    if mere and any(token.text in _NOT_MERELY for token in found.context):
        yield Reason("negation", mere[0].text, f"not {mere[0].text}")
    mine = [force for force in ours if force.token.family == "negation"]
    held = [force for force in covered if force.token.family == "negation"]
    every = [force for force in theirs if force.token.family == "negation"]
    if len(mine) != len(held) and _lacks(found.claim) != _lacks(found.context):
        return  # "has no fund" may be reworded as "lacks a fund"
    if len(mine) > len(held) and len(mine) > len(every):
        yield Reason("negation", mine[-1].token.text, _around(found.context, found.matches.get(mine[-1].head, 0)))
    elif len(held) > len(mine):
        yield Reason("negation", "", held[0].token.text)
    elif mine and held:
        matches = found.matches
        heads = {force.head for force in every}
        for force in mine:
            if force.head in matches and matches[force.head] not in heads:
                near = [place for place in heads if abs(place - matches[force.head]) <= 3]
                if not near:
                    yield Reason("negation", force.token.text, _around(found.context, matches[force.head]))


def _lacks(tokens: tuple[Token, ...]) -> bool:
    return any(token.base in ("lack", "absence", "absent", "missing") for token in tokens)


def _family(
    found: Alignment, family: str, ours: list[_Force], theirs: list[_Force], covered: list[_Force]
) -> tuple[list[Reason], int]:
    def of_family(forces: list[_Force]) -> list[_Force]:
        return [
            force
            for force in forces
            if force.token.family == family or (family == "modality" and force.name == "propose")
        ]

    mine, all_theirs, held = of_family(ours), of_family(theirs), of_family(covered)
    clashes: list[Reason] = []
    soft = 0
    matches = found.matches
    left = list(all_theirs)
    for force in mine:
        allowed = MAY_STAND_FOR.get(force.name, frozenset([force.name]))
        at_head = [item for item in all_theirs if force.head in matches and item.head == matches[force.head]]
        fit = [item for item in left if item.name in allowed and _is_near(found, force, item)]
        if at_head and not any(item.name in allowed for item in at_head):
            if force.name == "propose" and force.token.family == "proposal":
                continue
            hard = [item for item in at_head if item.name != "propose"]
            if hard:
                clashes.append(Reason(family, force.token.text, hard[0].token.text))
                continue
        if fit:
            nearest = min(fit, key=lambda item: abs(item.head - matches.get(force.head, item.head)))
            if nearest.name == force.name:
                left.remove(nearest)
            continue
        if any(item.name in allowed for item in all_theirs):
            if force.name in ADDED_HARD and not (family == "modality" and _repeats(mine, force)):
                clashes.append(Reason(family, force.token.text, _around(found.context, matches.get(force.head, 0))))
            continue
        place = matches.get(force.head, 0)
        if force.name in ("decide", "promise", "plan") and any(
            item.base == force.token.base and item.text.endswith("ed")
            for item in found.context[max(0, place - 3) : place + 4]
        ):
            continue
        if force.name == "should" and _is_instruction(found, force):
            continue
        if force.name in ADDED_HARD and not _is_mild(found, force):
            clashes.append(Reason(family, force.token.text, _around(found.context, matches.get(force.head, 0))))
        else:
            soft += force.name != "propose"
    names = [force.name for force in mine]
    for force in held:
        if force.name == "propose":
            may = {"may"} if not any(item.name == "may" for item in all_theirs) else set()
            if not ({"propose", "should", "plan", "would"} | may) & set(names):
                clashes.append(Reason(family, "", force.token.text))
            continue
        if any(force.name in MAY_STAND_FOR.get(name, frozenset([name])) for name in names):
            continue
        if any(reason.context == force.token.text for reason in clashes) or _is_asked(found.context, force.index):
            continue
        if force.name in DROPPED_HARD:
            clashes.append(Reason(family, "", force.token.text))
        else:
            soft += 1
    return clashes, soft


def _is_asked(tokens: tuple[Token, ...], index: int) -> bool:
    """Return whether it only asks: "How the UK could reach" asserts nothing."""
    return any(token.text.lower() in ("how", "what", "which", "where") for token in tokens[max(0, index - 4) : index])


def _conditions(found: Alignment) -> Iterator[Reason]:
    """Yield what the context makes conditional, after "whether" or "if", and the claim asserts."""
    if any(token.text.lower() in _OPEN for token in found.claim):
        return
    held = set(found.matches.values())
    for index, token in enumerate(found.context):
        if token.text.lower() in ("whether", "if", "unless"):
            following = [place for place in range(index + 1, len(found.context)) if found.context[place].content][:2]
            if len(following) == 2 and all(place in held for place in following):
                yield Reason("modality", "", token.text)
                return


def _is_near(found: Alignment, force: _Force, item: _Force) -> bool:
    """Return whether two decisions are about one thing; other forces may be further apart."""
    place = found.matches.get(force.head)
    return force.name != "decide" or place is None or abs(item.head - place) <= _REACH


def _repeats(forces: list[_Force], force: _Force) -> bool:
    """Return whether the same word comes before: "should plan and should pay" is "should plan and pay"."""
    return any(item.name == force.name and item.index < force.index for item in forces)


def _is_mild(found: Alignment, force: _Force) -> bool:
    """Return whether the force is weak: "each" of several, or "is to run" for "asked to run"."""
    if force.token.text in ("each", "whole", "entire"):
        return True
    place = found.matches.get(force.head, 0)
    if any(token.family == "proposal" for token in found.context[:place]):
        return False
    return force.name == "will" and place > 0 and found.context[place - 1].text.lower() == "to"


def _is_instruction(found: Alignment, force: _Force) -> bool:
    """Return whether "should publish" rests on an instruction: "Publish …", "do not publish"."""
    place = found.matches.get(force.head)
    return place is not None and found.context[place].opening


def _amount_words(found: Alignment, ours: list[_Force], theirs: list[_Force]) -> Iterator[Reason]:
    """Compare "at least 5" with "up to 5", "by 2028" with "after 2028"."""
    matches = found.matches
    for family, check in (("bound", "quantifier"), ("side", "date")):
        loose = [
            [force for force in forces if force.token.family == family and force.head < 0] for forces in (ours, theirs)
        ]
        if all(loose) and loose[0][0].name != loose[1][0].name:
            yield Reason(check, loose[0][0].token.text, loose[1][0].token.text)
        mine = {force.head: force for force in ours if force.token.family == family and force.head >= 0}
        other = {force.head: force for force in theirs if force.token.family == family and force.head >= 0}
        for index, place in matches.items():
            if found.claim[index].kind not in ("figure", "date"):
                continue
            said, stands = mine.get(index), other.get(place)
            if said is not None and stands is not None:
                if stands.name not in MAY_STAND_FOR.get(said.name, frozenset([said.name])):
                    yield Reason(check, said.token.text, stands.token.text)
            elif said is not None and family == "bound" and said.name in ("least", "most"):
                yield Reason(check, said.token.text, _around(found.context, place))


def _around(tokens: tuple[Token, ...], place: int) -> str:
    return " ".join(token.text for token in tokens[max(0, place - 3) : place + 3])
