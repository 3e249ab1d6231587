"""Who does what in one sentence.

Without a parser, a noun's role is read from its neighbours: what comes right before a verb does it, what comes right
after has it done to it, and "was … by" reverses the two. If the neighbours say nothing, nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.claims.lexicon import COMMON_VERBS
from assistant.claims.tokens import Token
from assistant.text.terms import STOPWORDS

Role = Literal["agent", "patient", "recipient"]
BE = frozenset("is are was were be been being gets got".split())
DETERMINERS = frozenset("the a an its their his her this these those our such".split())
PREPOSITIONS = frozenset("of in on for by with from at under over through against between among into than as".split())
_NOUN_ENDINGS = ("tion", "ment", "ity", "ness", "ance", "ence", "ship", "ism", "ly", "sion")
_NO_VERB_STARTS = STOPWORDS | {"according"}
_VERBS_LIKE_ADVERBS = frozenset("supply apply rely reply comply imply multiply".split())
_NO_VERBS = frozenset(
    "therefore consequently accordingly hence thus however yet still because although though while whereas year month "
    "week day term nearly almost together perhaps possibly single new big large small smaller larger bigger broader "
    "wider better worse greater longer shorter higher lower fewer older newer stronger weaker poorer richer faster "
    "slower earlier later further public national local".split()
)
_AMOUNTS = frozenset("no more fewer less least".split())
_SAME_AS_BASE = frozenset("put set cut split spread run become come let".split())
_BETWEEN_SUBJECT_AND_VERB = frozenset(
    "is are was were be been being has have had which that who also then now already still do does did to".split()
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A noun and its role in what a verb says, both as token indexes."""

    verb: int
    noun: int
    role: Role
    start: int
    """First token of the noun phrase that ends at ``noun``."""


def relations(tokens: Sequence[Token]) -> list[Relation]:
    """Return what can be read of who does what from the neighbours of each word that may be a verb."""
    found: list[Relation] = []
    for verb in range(len(tokens)):
        if not _may_be_verb(tokens, verb):
            continue
        before = _subject(tokens, verb)
        if before is None and _goes_on(tokens, verb):
            before = next((item.noun for item in found if item.role == "agent"), None)
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
        to = _recipient(tokens, verb)
        if to is not None:
            found.append(Relation(verb, to, "recipient", _phrase_start(tokens, to)))
    return found


def _goes_on(tokens: Sequence[Token], verb: int) -> bool:
    """Return whether the verb shares the subject of the sentence: "… and passes its profits on"."""
    after = tokens[verb + 1].text.lower() if verb + 1 < len(tokens) else ""
    joined = verb > 0 and tokens[verb - 1].text.lower() in ("and", "but", "or")
    return joined and (tokens[verb].base in COMMON_VERBS or after in DETERMINERS)


def _may_be_verb(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.text.lower() in ("has", "have", "had"):
        after = tokens[place + 1] if place + 1 < len(tokens) else tokens[place]
        return after.text.lower() in DETERMINERS | _AMOUNTS or after.kind == "figure" or after.family == "quantifier"
    if token.kind != "word" or token.named or token.actor or token.owner or token.base in _NO_VERBS:
        return False
    written = token.text.lower()
    if (written.endswith(_NOUN_ENDINGS) and written not in _VERBS_LIKE_ADVERBS) or written.split()[
        0
    ] in _NO_VERB_STARTS:
        return False
    before = tokens[place - 1] if place else None
    if token.text.lower() == token.base and not _stands_as_verb(tokens, place):
        return False
    if before is None or token.text.endswith("ing"):
        return True
    following = tokens[place + 1].text.lower() if place + 1 < len(tokens) else "."
    if written == f"{token.base}s" and before.content and following in ("and", "or", ",", ".", ";"):
        return False  # "the audit reports and …"
    return before.text.lower() not in DETERMINERS | PREPOSITIONS and not before.owner


def _stands_as_verb(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word without an ending has a verb's neighbours: a modal, "to", an object, or nothing before."""
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return (
        before is None
        or (tokens[place].base in COMMON_VERBS and before.text.endswith("s") and after is not None)
        or before.kind == "force"
        or before.text.lower() in ("to", "then", "which", "that", "who")
        or (after is not None and (after.text.lower() in DETERMINERS | {"by", "to"} or after.named or after.actor))
    )


def _subject(tokens: Sequence[Token], verb: int) -> int | None:
    for place in range(verb - 1, -1, -1):
        token = tokens[place]
        if token.content:
            if token.kind == "word" and (token.text.endswith("ly") or token.base in _NO_VERBS):
                continue
            if token.kind not in ("word", "name") or token.owner:
                return None
            relative = any(item.text.lower() in ("which", "who") for item in tokens[place + 1 : verb])
            return place if relative else _head_noun(tokens, place)
        if token.kind == "force" or token.text.lower() in _BETWEEN_SUBJECT_AND_VERB:
            continue
        if token.text == "," and place + 1 < verb and tokens[place + 1].text.lower() in ("which", "who"):
            continue
        return None
    return None


def _head_noun(tokens: Sequence[Token], place: int) -> int | None:
    """Return the noun that "of" leads back to; None after another preposition, where the subject is elsewhere."""
    start = place
    while start > 0 and (
        (tokens[start - 1].content and tokens[start - 1].kind in ("word", "name")) or tokens[start - 1].run >= 0
    ):
        start -= 1
        if start > 1 and tokens[start - 2].run == tokens[start].run >= 0:
            start -= 2  # "Department for Transport"
    while start > 0 and tokens[start - 1].text.lower() in DETERMINERS:
        start -= 1
    if start == 0 or tokens[start - 1].text.lower() not in PREPOSITIONS:
        return place
    if (
        tokens[start - 1].text.lower() in ("of", "in", "for", "at", "with", "from")
        and start > 1
        and tokens[start - 2].kind in ("word", "name")
    ):
        return start - 2
    return None


def _phrase_start(tokens: Sequence[Token], noun: int) -> int:
    start = noun
    while start > 0 and (tokens[start - 1].kind in ("word", "name") or tokens[start - 1].run >= 0):
        start -= 1
    return start


def _object(tokens: Sequence[Token], verb: int) -> int | None:
    """Return the last word of the noun phrase right after a verb."""
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
        if last is None and (token.text.lower() in DETERMINERS or token.family == "quantifier"):
            continue
        if token.run >= 0 or (token.text.lower() in ("of", "for") and _run_goes_on(tokens, place)):
            continue
        return last
    return last


def _recipient(tokens: Sequence[Token], verb: int) -> int | None:
    """Return the name or actor that something goes to."""
    for place in range(verb + 1, min(len(tokens) - 1, verb + 9)):
        token = tokens[place]
        if token.kind in ("mark", "force"):
            return None
        if token.text.lower() == "to":
            noun = _object(tokens, place)
            following = tokens[place + 1]
            nominal = following.text.lower() in DETERMINERS or following.text.endswith("s")
            someone = noun is not None and (tokens[noun].actor or tokens[noun].named)
            return noun if someone or nominal else None
    return None


def _run_goes_on(tokens: Sequence[Token], place: int) -> bool:
    run = tokens[place].run
    return run >= 0 and any(token.run == run for token in tokens[place + 1 : place + 3])


def _is_passive(tokens: Sequence[Token], verb: int) -> bool:
    """Return whether the verb is passive: a form of "be" before, or "by" right after, except for "-ing"."""
    written = tokens[verb].text.lower()
    as_base = written == tokens[verb].base and not written.endswith("ed") and written not in _SAME_AS_BASE
    if written.endswith("ing") or as_base:
        return False
    if (
        verb + 1 < len(tokens)
        and tokens[verb + 1].text.lower() == "by"
        and tokens[verb].text.endswith(("ed", "en", "n", "t"))
    ):
        return True
    for token in reversed(tokens[max(0, verb - 3) : verb]):
        if token.text.lower() in BE or (token.kind == "force" and token.text.endswith(" be")):
            return True
        if token.content and not token.text.endswith("ly"):
            return False
    return False


def _agent_behind(tokens: Sequence[Token], verb: int) -> int | None:
    """Return the noun that "by" names as doing what the verb says."""
    for place in range(verb + 1, min(len(tokens) - 1, verb + 5)):
        token = tokens[place]
        if token.text.lower() == "by":
            return _object(tokens, place)
        if token.kind in ("mark", "force"):
            return None
    return None
