"""Finds roles that claim and context exchange: whoever acts in the one must act in the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.claims.alignment import Alignment
from assistant.claims.counterparts import mostly_in_order
from assistant.claims.lexicon import lemma
from assistant.claims.lists import in_one_list
from assistant.claims.relations import BE, DETERMINERS, PREPOSITIONS, relations
from assistant.claims.tokens import Token
from assistant.claims.verb_parts import is_part, is_someone, part_clash, text_of
from assistant.deadlines import within_deadline
from assistant.records import Reason

_CONVERSES = frozenset(
    "more less fewer buy sell lend borrow precede follow before after above below higher lower bigger smaller larger "
    "longer shorter earlier later faster slower older newer richer poorer better worse stronger weaker easier "
    "harder".split()
)
"""Words that reverse with their nouns: "A lends to B" is "B borrows from A"."""
_PASSED = ("on", "in", "for", "of", "with", "by", "at")
_REACH = 4
_TIMES = {"before", "after", "during"}
_LINKS = {
    "unlike": "than",
    "than": "than",
    "before": "before",
    "after": "after",
    "during": "during",
    "from": "from",
    "to": "to",
    "into": "to",
}


def role_clashes(found: Alignment) -> Iterator[Reason]:
    """Yield roles that differ between the claim and the context."""
    reason = part_clash(found) or _reversed(found) or _turned(found) or _displaced_word(found)
    if reason is not None:
        yield reason


def without_converses(found: Alignment, reasons: Sequence[Reason]) -> Iterator[Reason]:
    """Yield the reasons, except for those that say the same from the other side: "A lends to B", "B borrows from A"."""
    checks = [reason.check for reason in reasons]
    if checks.count("opposite") == checks.count("negation") == 1:
        yield from (reason for reason in reasons if reason.check not in ("opposite", "negation"))
        return  # "not trusted" is "distrusted"
    contrary = next((reason for reason in reasons if reason.check == "opposite"), None)
    # "Before protests" against "after protests" is not reversed: the noun has not changed sides.
    turned = not any(
        reason.check == "role" and reason.claim.split()[1:] == reason.context.split()[1:] for reason in reasons
    )
    converse = turned and contrary and {lemma(contrary.claim.lower()), contrary.claim.lower()} & _CONVERSES
    if checks.count("opposite") == 1 and converse and ("role" in checks or _subjects_differ(found, reasons)):
        yield from (reason for reason in reasons if reason.check not in ("opposite", "role"))
    else:
        yield from reasons


def _subjects_differ(found: Alignment, reasons: Sequence[Reason]) -> bool:
    """Return whether each of the two opposite verbs has the other's noun as subject."""
    contrary = next(reason for reason in reasons if reason.check == "opposite")
    ours = [item for item in relations(found.claim) if found.claim[item.verb].text == contrary.claim]
    theirs = [item for item in relations(found.context) if found.context[item.verb].text == contrary.context]
    subjects = [found.claim[item.noun] for item in ours if item.role == "agent"]
    others = [item for item in theirs if item.role == "agent"]
    return bool(subjects and others) and not any(is_part(found, noun, item) for noun in subjects for item in others)


def _reversed(found: Alignment) -> Reason | None:
    """Return three matches in the opposite order: "A exceeds B" against "B exceeds A"."""
    matches = found.matches
    places = sorted(matches)
    for number, pivot in enumerate(places):
        for first in places[max(0, number - _REACH) : number]:
            for second in places[number + 1 : number + 1 + _REACH]:
                a, p, b = matches[first], matches[pivot], matches[second]
                if not a > p > b:
                    continue
                ends = (found.claim[first], found.claim[second])
                if not (all(map(is_someone, ends)) or all(end.kind == "figure" for end in ends)) and not (
                    _same_preposition(found.claim, first, second)
                ):
                    continue
                turned = _turns(found.claim, first, second) != _turns(found.context, b, a)
                if not turned and not in_one_list(found.context, b, a) and not in_one_list(found.claim, first, second):
                    return Reason("role", text_of(found.claim, first, second), text_of(found.context, b, a))
    return None


def _same_preposition(tokens: Sequence[Token], first: int, second: int) -> bool:
    """Return whether two words have similar places in their clauses: "On skills … on transport"."""
    words = tokens[first].kind in ("word", "name") and tokens[second].kind in ("word", "name")
    return words and _lead(tokens, first) == _lead(tokens, second) != ""


def _turns(tokens: Sequence[Token], start: int, end: int) -> tuple[bool, bool]:
    """Return whether the words between are passive, and whether they lead from a thing to its origin."""
    inside = tokens[start + 1 : end]
    texts = {token.text.lower() for token in inside}
    passive = "by" in texts or any(
        first.text.lower() in BE and second.kind == "word" and second.text.endswith(("ed", "en"))
        for first, second in pairwise(inside)
    )
    return passive, bool(texts & {"from", "at", "for"})


def _turned(found: Alignment) -> Reason | None:
    """Find "from A to B" against "from B to A", "more A than B" against "more B than A", "before" against "after"."""
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
                return Reason("role", text_of(found.claim, start, end), text_of(found.context, low, high))
    for index in matches:
        if len({ours[index], theirs[index]} & _TIMES) == 2:
            return Reason(
                "role", f"{ours[index]} {found.claim[index].text}", f"{theirs[index]} {found.claim[index].text}"
            )
    return None


def _same_kind(first: Token, second: Token) -> bool:
    return (first.kind in ("word", "name")) == (second.kind in ("word", "name"))


def _displaced_word(found: Alignment) -> Reason | None:
    """Find a word after "with" or "its" where the context has another there, and this one elsewhere."""
    if not mostly_in_order(found):
        return None
    held = set(found.matches.values())
    fronted = min(found.anchors, default=0)
    for index, own in found.moved.items():
        if index < fronted:
            continue  # "in the south, wages rose"
        lead = _lead(found.claim, index)
        for place in within_deadline(found.gap_of(index).context):
            if place in held or not lead or _lead(found.context, place) != lead:
                continue
            if not in_one_list(found.context, own, place) and found.claim[index].kind in ("word", "name"):
                return Reason("role", f"{lead} {found.claim[index].text}", f"{lead} {found.context[place].text}")
    return None


def _lead(tokens: Sequence[Token], place: int) -> str:
    """Return the preposition or possessive before a noun, articles skipped; empty for none."""
    for index in range(place - 1, max(-1, place - 3), -1):
        text = tokens[index].text.lower()
        if text in PREPOSITIONS or text in ("its", "their", "to"):
            return text
        if text not in ("the", "a", "an"):
            return ""
    return ""


def _link(tokens: Sequence[Token], place: int) -> str:
    """Return the preposition before the token's noun phrase; empty for none of interest."""
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
