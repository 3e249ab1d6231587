"""Does a passage say what a claim says, in other words? What agrees, what clashes and what is missing.

Five things are compared one by one, since likeness of meaning blurs each of them: figures and dates, the direction of a
change, whether something is denied, whether it is a duty or a choice, and names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.drafts.figures import Figure, figures
from assistant.records import Reason
from assistant.terms import content_words, stem

Rarity = Callable[[str], float]

_NEGATIONS = re.compile(
    r"\b(not|no|never|nobody|nothing|none|neither|nor|cannot|without|barred?|bars|excludes?|excluded|exclusions?|"
    r"exempt|outside|out of scope|fails?|failed|(?:leaves?|left|leaving|taken?|falls?)\b[^,;.]{0,40}\bout\b|missed|lacks?|"
    r"lacking|against|oppos\w+|reject\w+|refus\w+|unpublished|unlawful|seldom|rarely|unlikely)\b|n['’]t\b",
    re.IGNORECASE,
)
# These deny nothing about the matter itself.
_NO_DENIAL = re.compile(
    r"\b(not (?:only|merely|solely|just|an average)|no longer than|no (?:fewer|more|less|later) than|not least|"
    r"No\.? ?10|and not (?=[^,;.]*(?:[,;.]|$))[^,;.]*|instead of [^,;.]*|rather than [^,;.]*|in place of [^,;.]*)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[;:]\s|,\s(?=(?:but|although|though|while|whereas|and|yet|so|nor|which|who|or)\b)|\.\s|\s\(|\)\s?|"
    r"\s(?=(?:but|although|whereas|yet|because)\s)"
)
_OPPOSITES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (
            "up|upwards?|rose|rises?|risen|rising|increas\\w+|grew|grow|grown|growing|higher|climb\\w*|doubled?|more",
            "down|downwards?|fell|falls?|fallen|falling|decreas\\w+|dropp?\\w*|declin\\w+|lower|fewer|less|shrunk|shrink|"
            "reduc\\w+|halv\\w+|cut",
        ),
        ("highest|most|largest", "lowest|fewest|least|smallest"),
        ("before", "after"),
        ("helps?|eases?|supports?", "hinders?|at the expense of|fixe[sd] attention"),
        ("met|reached|achieved", "missed"),
        ("compulsory|mandatory|binding", "optional|voluntary"),
    )
)
_DUTY = re.compile(
    r"\b(must|ha(?:s|ve|d) to|required?|requires|requirement|obliged?|compulsory|mandatory|need(?:s|ed)? to|shall|cannot|"
    r"may not|duty)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(may|can|could|might|optional|voluntary|free to|allow(?:s|ed)?|permit(?:s|ted)?|encourag\w+|lets?|option)\b",
    re.IGNORECASE,
)
_NOT_CHOICE = re.compile(r"\b(?:may|can|could) not\b|\bcannot\b", re.IGNORECASE)
_CAPITALISED = r"[A-Z][\w’'-]*"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s(?:(?:of|and|for|the)\s){{0,2}}{_CAPITALISED})*")
_PLACED = re.compile(rf"\b(in|at|from|chaired by|led by|under)\s((?:the\s)?{_CAPITALISED}(?:\s{_CAPITALISED})*)")
_SAME_AS = {"british": "uk", "britain": "uk", "parliament": "uk", "charities": "vcse", "charity": "vcse"}
"""Words that the sources put shorter, by what they put."""
_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b")
_SMALL = frozenset("a an and for in of on or the to with".split())


@dataclass(frozen=True, slots=True)
class Wording:
    """How a passage stands to a claim."""

    covered: float
    """Share of the claim's content words that the passage or what stands around it says, by rarity; 0 to 1."""
    here: float
    """The same share by the passage alone."""
    unknown: float
    """Weight of the claim's content words that are said nowhere around, as a count of wholly rare words."""
    clashes: tuple[Reason, ...]
    """Where the passage says otherwise."""
    missing: tuple[Reason, ...]
    """Figures and names of the claim that the passage does not give."""


def compare(claim: str, passage: str, around: str, rarity: Rarity) -> Wording:
    """Compare a claim with a passage; ``around`` is what its paragraph and headings say besides.

    >>> compare("The pledge adds 15,000 officers.", "It adds 13,000 more officers.", "The pledge", lambda word: 1.0).clashes
    (Reason(check='figure', claim='15,000', context='13,000'),)
    """
    here = said_in(passage, claim)
    held = here | said_in(around, claim)
    weights = {stem(word): rarity(word) for word in content_words(claim) if word[0].isalpha()}
    total = sum(weights.values()) or 1.0
    unknown = sum(weight for term, weight in weights.items() if term not in held)
    clause = _nearest_clause(claim, passage, rarity)
    figure_clashes, figure_gaps = _figures(claim, passage, around)
    name_clashes, name_gaps = _names(claim, clause, held)
    clashes = [*figure_clashes, *name_clashes, *_directions(claim, clause), *_denials(claim, clause)]
    clashes += _duties(claim, clause)
    return Wording(
        covered=1 - unknown / total if weights else 0.0,
        here=sum(weight for term, weight in weights.items() if term in here) / total,
        unknown=unknown,
        clashes=tuple(dict.fromkeys(clashes)),
        missing=(*figure_gaps, *name_gaps),
    )


def said_in(text: str, claim: str) -> set[str]:
    """Stems of a text's content words, with those words of the claim that it gives as an acronym or spells out.

    >>> sorted(said_in("AI can help.", "Artificial intelligence is used.") - said_in("AI can help.", ""))
    ['artificial', 'intelligence']
    """
    held = set(_stems(text))
    for acronym in _ACRONYM.findall(claim):
        if _spelt_out(acronym, text):
            held.add(stem(acronym.lower()))
    for acronym in _ACRONYM.findall(text):
        held.update(_stems(_spelt_out(acronym, claim)))
    return held | {stem(word) for word, other in _SAME_AS.items() if stem(other) in held}


def _spelt_out(acronym: str, text: str) -> str:
    """The run of words whose initials give the acronym; empty where there is none."""
    words = [word for word in re.findall(r"[A-Za-z][\w’'-]*", text) if word.lower() not in _SMALL]
    initials = "".join(word[0].lower() for word in words)
    place = initials.find(acronym.lower())
    return " ".join(words[place : place + len(acronym)]) if place >= 0 else ""


def _stems(text: str) -> Iterator[str]:
    return map(stem, content_words(text))


def _nearest_clause(claim: str, passage: str, rarity: Rarity) -> str:
    """The clause of the passage that shares most with the claim, so that a "not" of another one counts for nothing."""
    said = {stem(word): rarity(word) for word in content_words(claim)}
    clauses = [clause for clause in _CLAUSE_END.split(passage) if clause.strip()] or [passage]
    return max(clauses, key=lambda clause: sum(said.get(term, 0.0) for term in set(_stems(clause))))


def _figures(claim: str, passage: str, around: str) -> tuple[list[Reason], list[Reason]]:
    """Clashes and gaps: a figure that is not there clashes where another of its kind stands in its place."""
    said, here, near = figures(claim), figures(passage), figures(around)
    clashes, gaps = [], []
    for figure in said:
        same = [other for other in here if figure.equals(other)]
        opposite = [other for other in same if {figure.bound, other.bound} == {"least", "most"}]
        if opposite and len(opposite) == len(same):
            clashes.append(Reason("bound", figure.words, opposite[0].words))
        if same or any(figure.equals(other) for other in near):
            continue
        rival = next(_rivals(figure, said, here), None) or next(_rivals(figure, said, near), None)
        if rival is None:
            gaps.append(Reason("figure", figure.words, "no such figure"))
        else:
            clashes.append(Reason("date" if figure.kind in ("year", "month") else "figure", figure.words, rival.words))
    return clashes, gaps


def _rivals(figure: Figure, said: Iterable[Figure], held: Iterable[Figure]) -> Iterator[Figure]:
    """Figures of the same kind that the claim does not give."""
    return (
        other for other in held if other.kind == figure.kind and not any(other.equals(own) for own in said)
    )


def _directions(claim: str, clause: str) -> Iterator[Reason]:
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            said, held = here.search(claim), there.search(clause)
            if said and held and not there.search(claim) and not here.search(clause):
                yield Reason("direction", said[0], held[0])


def _denials(claim: str, clause: str) -> Iterator[Reason]:
    said, held = _denied(claim), _denied(clause)
    if len(said) % 2 != len(held) % 2:
        yield Reason("negation", ", ".join(said) or "no denial", ", ".join(held) or "no denial")


def _denied(text: str) -> list[str]:
    return [found[0].lower() for found in _NEGATIONS.finditer(_NO_DENIAL.sub(" ", text))]


def _duties(claim: str, clause: str) -> Iterator[Reason]:
    said_duty, said_choice = _DUTY.search(claim), _choice(claim)
    held_duty, held_choice = _DUTY.search(clause), _choice(clause)
    if said_duty and not said_choice and held_choice and not held_duty:
        yield Reason("modal", said_duty[0], held_choice[0])
    if said_choice and not said_duty and held_duty and not held_choice:
        yield Reason("modal", said_choice[0], held_duty[0])


def _choice(text: str) -> re.Match[str] | None:
    return _CHOICE.search(_NOT_CHOICE.sub(" ", text))


def _names(claim: str, clause: str, held: set[str]) -> tuple[list[Reason], list[Reason]]:
    """Clashes and gaps: a name that is not there clashes where another stands behind the same word, as "in Leeds"."""
    clashes, gaps = [], []
    placed = {before.lower(): name for before, name in _PLACED.findall(clause)}
    for found in _NAME.finditer(claim):
        words = [word for word in content_words(found[0]) if word[0].isalpha()]
        opens_sentence = found.start() == 0 and len(words) < 2
        if opens_sentence or not words or any(stem(word) in held for word in words):
            continue
        before = _PLACED.search(claim, max(0, found.start() - 12), found.end())
        rival = placed.get(before[1].lower()) if before else None
        if rival and not set(_stems(rival)) & set(_stems(claim)):
            clashes.append(Reason("name", found[0], rival))
        else:
            gaps.append(Reason("name", found[0], "no such name"))
    return clashes, gaps
