"""Who does what to whom.

Without a parser, a noun's part in a clause is read from its neighbours: what stands right before a verb does it, what
stands right behind it has it done to them, and "was … by" turns the two round. Where the neighbours say nothing, nothing
is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Literal

from assistant.grounding.alignment import Alignment, agreement
from assistant.grounding.lists import in_one_list
from assistant.grounding.tokens import Token
from assistant.records import Reason
from assistant.terms import STOPWORDS

Role = Literal["agent", "patient"]

_BE = frozenset("is are was were be been being gets got".split())
_DETERMINERS = frozenset("the a an its their his her this that these those our such".split())
_PREPOSITIONS = frozenset("of in on for by with from at under over through against between among into than as".split())
_NOUN_ENDINGS = ("tion", "ment", "ity", "ness", "ance", "ence", "ship", "ism", "ly", "sion")
_NO_VERB_STARTS = STOPWORDS | {"according"}
_VERBS_LIKE_ADVERBS = frozenset("supply apply rely reply comply imply multiply".split())
_NO_VERBS = frozenset(
    "therefore consequently accordingly hence thus however yet still because although though while whereas year month "
    "week day term nearly almost together perhaps possibly single new big large small public national local".split()
)
_SAME_AS_BASE = frozenset("put set cut split spread run become come let".split())
_BETWEEN_SUBJECT_AND_VERB = frozenset(
    "is are was were be been being has have had which that who also then now already still do does did to".split()
)
_REACH = 4


@dataclass(frozen=True, slots=True)
class Relation:
    """A noun and its part in what a verb says, both as indexes of tokens."""

    verb: int
    noun: int
    role: Role
    start: int
    """First token of the noun phrase that ends at ``noun``."""


def relations(tokens: Sequence[Token]) -> list[Relation]:
    """What can be read of who does what from the neighbours of each word that may be a verb."""
    found = []
    for verb, token in enumerate(tokens):
        if not _may_be_verb(tokens, verb):
            continue
        before = _subject(tokens, verb)
        passive = _is_passive(tokens, verb)
        if before is not None:
            found.append(Relation(verb, before, "patient" if passive else "agent", _phrase_start(tokens, before)))
        behind = _agent_behind(tokens, verb)
        if behind is not None:
            found.append(Relation(verb, behind, "agent", _phrase_start(tokens, behind)))
        elif not passive:
            after = _object(tokens, verb)
            if after is not None:
                found.append(Relation(verb, after, "patient", _phrase_start(tokens, after)))
    return found


def role_clashes(found: Alignment) -> Iterator[Reason]:
    """Parts that change hands between the claim and the context."""
    reason = _other_part(found) or _exchanged(found) or _reversed(found) or _turned(found)
    if reason is not None:
        yield reason


def _may_be_verb(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.kind != "word" or token.named or token.actor or token.owner or token.base in _NO_VERBS:
        return False
    written = token.text.lower()
    if (written.endswith(_NOUN_ENDINGS) and written not in _VERBS_LIKE_ADVERBS) or written.split()[0] in _NO_VERB_STARTS:
        return False
    before = tokens[place - 1] if place else None
    if token.text.lower() == token.base and not _stands_as_verb(tokens, place):
        return False
    if before is None or token.text.endswith("ing"):
        return True
    return before.text.lower() not in _DETERMINERS | _PREPOSITIONS and not before.owner


def _stands_as_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word without an ending has the neighbours of a verb: a modal, "to", an object or nothing before."""
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return (
        before is None
        or before.kind == "force"
        or before.text.lower() in ("to", "then", "which", "that", "who")
        or (after is not None and (after.text.lower() in _DETERMINERS | {"by", "to"} or after.named or after.actor))
    )


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


def _subject(tokens: Sequence[Token], verb: int) -> int | None:
    for place in range(verb - 1, -1, -1):
        token = tokens[place]
        if token.content:
            if token.kind == "word" and (token.text.endswith("ly") or token.base in _NO_VERBS):
                continue
            if token.kind not in ("word", "name") or token.owner:
                return None
            return _head_noun(tokens, place)
        if token.kind == "force" or token.text.lower() in _BETWEEN_SUBJECT_AND_VERB:
            continue
        if token.text == "," and place + 1 < verb and tokens[place + 1].text.lower() in ("which", "who"):
            continue
        return None
    return None


def _head_noun(tokens: Sequence[Token], place: int) -> int | None:
    """The noun that "of" leads back to; None behind another preposition, where the subject stands elsewhere."""
    start = place
    while start > 0 and (
        tokens[start - 1].content and tokens[start - 1].kind in ("word", "name") or tokens[start - 1].run >= 0
    ):
        start -= 1
    while start > 0 and tokens[start - 1].text.lower() in _DETERMINERS:
        start -= 1
    if start == 0 or tokens[start - 1].text.lower() not in _PREPOSITIONS:
        return place
    if tokens[start - 1].text.lower() in ("of", "in", "for", "at") and start > 1 and tokens[start - 2].kind in ("word", "name"):
        return start - 2
    return None


def _phrase_start(tokens: Sequence[Token], noun: int) -> int:
    start = noun
    while start > 0 and (tokens[start - 1].kind in ("word", "name") or tokens[start - 1].run >= 0):
        start -= 1
    return start


def _object(tokens: Sequence[Token], verb: int) -> int | None:
    """The last word of the noun phrase right behind a verb."""
    last = None
    for place in range(verb + 1, min(len(tokens), verb + 6)):
        token = tokens[place]
        if token.content:
            if token.kind not in ("word", "name"):
                return last
            last = place
            if token.actor or (token.named and not _run_goes_on(tokens, place)):
                return place
            continue
        if last is None and (token.text.lower() in _DETERMINERS or token.family == "quantifier"):
            continue
        if token.run >= 0 or (token.text.lower() in ("of", "for") and _run_goes_on(tokens, place)):
            continue
        return last
    return last


def _run_goes_on(tokens: Sequence[Token], place: int) -> bool:
    run = tokens[place].run
    return run >= 0 and any(token.run == run for token in tokens[place + 1 : place + 3])


def _is_passive(tokens: Sequence[Token], verb: int) -> bool:
    """ "Was asked", "trained by": a form of "be" before, or "by" right behind, save for "-ing"."""
    written = tokens[verb].text.lower()
    if written.endswith("ing") or (written == tokens[verb].base and written not in _SAME_AS_BASE):
        return False
    if verb + 1 < len(tokens) and tokens[verb + 1].text.lower() == "by" and tokens[verb].text.endswith(("ed", "en", "n", "t")):
        return True
    for token in reversed(tokens[max(0, verb - 3) : verb]):
        if token.text.lower() in _BE or (token.kind == "force" and token.text.endswith(" be")):
            return True
        if token.content and not token.text.endswith("ly"):
            return False
    return False


def _agent_behind(tokens: Sequence[Token], verb: int) -> int | None:
    """The noun that "by" names as doing what the verb says."""
    for place in range(verb + 1, min(len(tokens) - 1, verb + 5)):
        token = tokens[place]
        if token.text.lower() == "by":
            return _object(tokens, place)
        if token.kind in ("mark", "force"):
            return None
    return None


def _other_part(found: Alignment) -> Reason | None:
    """A noun that does in the claim what is done to it in the context, or what another does there."""
    ours, theirs = relations(found.claim), relations(found.context)
    for own in ours:
        noun, verb = found.claim[own.noun], found.claim[own.verb]
        same_verb = [item for item in theirs if agreement(verb, found.context[item.verb])]
        parts = [item for item in same_verb if _is_part(found, noun, item)]
        others = [item for item in same_verb if item.role == own.role]
        if not same_verb or any(item.role == own.role for item in parts):
            continue
        someone = noun.actor or noun.named
        if parts and (someone or {item.role for item in same_verb if item.verb == parts[0].verb} == {"agent", "patient"}):
            if someone or len([item for item in ours if item.verb == own.verb]) == 2:
                return _reason(found, own, parts[0])
            continue
        rivals = [item for item in others if _is_someone(found.context[item.noun]) or _rest_agrees(found, own, item)]
        if someone and rivals and not parts and not _stands_with(found, own, rivals):
            return _reason(found, own, rivals[0])
    return None


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
    return first > 0 and tokens[first - 1].text.lower() == tokens[second - 1].text.lower() in _PREPOSITIONS


def _voice(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words between are in the passive voice, or lead from a thing to its doer."""
    inside = tokens[start + 1 : end]
    return any(token.text.lower() in ("by", "from", "at", "for") for token in inside) or any(
        first.text.lower() in _BE and second.kind == "word" and second.text.endswith(("ed", "en"))
        for first, second in pairwise(inside)
    )


_LINKS = {"than": "than", "before": "before", "after": "after", "from": "from", "to": "to", "into": "to"}


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
            return Reason("role", f"{ours[index]} {found.claim[index].text}", f"{theirs[index]} {found.claim[index].text}")
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
        if text not in _DETERMINERS and text not in ("on", "in") and not (token.content and index == place - 1):
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
