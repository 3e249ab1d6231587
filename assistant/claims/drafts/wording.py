"""Does a passage say what a claim says, in other words? What agrees, what clashes and what is missing.

Compares five things one by one, since similarity of meaning blurs each of them: figures and dates, the direction of a
change, negation, duty or choice, and names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.claims.drafts.figures import Figure, figures
from assistant.claims.drafts.force import denials, directions, forces
from assistant.records import Reason
from assistant.text.terms import content_words, stem

Rarity = Callable[[str], float]

_CLAUSE_END = re.compile(
    r"[;:]\s|,\s(?=(?:but|although|though|while|whereas|and|yet|so|nor|which|who|or)\b)|\.\s|\s\(|\)\s?|"
    r"\s(?=(?:but|although|whereas|yet|because)\s)"
)
_CAPITALISED = r"(?<!\w)[A-Z][\w’'-]*"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s(?:(?:of|and|for|the)\s){{0,2}}{_CAPITALISED})*")
_PLACED = re.compile(rf"\b(in|at|from|chaired by|led by|under)\s((?:the\s)?{_CAPITALISED}(?:\s{_CAPITALISED})*)")
_SAME = tuple(
    frozenset(words.split())
    for words in (
        "uk british britain",
        "england english",
        "wales welsh",
        "scotland scottish",
        "germany german",
        "france french",
        "vcse charity charities",
    )
)
"""Words that stand for each other in these texts."""
_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b")
_SMALL = frozenset("a an and for in of on or the to with".split())


ONE_CLAUSE = 0.75
"""Share of the words in common from which on one clause of a passage is what the claim is about."""
LARGE = 1000
"""From here on numbers of like sentences are taken to count the same thing."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a passage stands to a claim."""

    covered: float
    """Share of the claim's content words that the passage or what stands around it says, by rarity; 0 to 1."""
    here: float
    """The same share by the passage alone."""
    clashes: tuple[Reason, ...]
    """Where the passage says otherwise."""
    figures_met: int
    """Figures of the claim that the passage gives, or gives otherwise for the same thing."""
    missing: tuple[Reason, ...]
    """Figures and names of the claim that the passage does not give."""


def compare(claim: str, passage: str, around: str, rarity: Rarity) -> Wording:
    """Compare a claim with a passage; ``around`` is what its paragraph and headings say besides.

    >>> compare("It has 40 boats.", "It has 30 boats.", "", lambda word: 1.0).clashes
    (Reason(check='figure', claim='40', context='30'),)
    """
    here = said_in(passage, claim)
    held = here | said_in(around, claim)
    weights = {stem(word): rarity(word) for word in content_words(claim) if word[0].isalpha()}
    total = sum(weights.values()) or 1.0
    clause = _nearest_clause(claim, passage, rarity)
    met, figure_clashes, figure_gaps = _figures(claim, passage, around)
    name_clashes, name_gaps = _names(claim, clause, held)
    force_clashes, force_gaps = forces(claim, clause)
    clashes = [*figure_clashes, *name_clashes, *directions(claim, clause), *denials(claim, clause), *force_clashes]
    return Wording(
        covered=sum(weight for term, weight in weights.items() if term in held) / total,
        here=sum(weight for term, weight in weights.items() if term in here) / total,
        clashes=tuple(dict.fromkeys(clashes)),
        figures_met=met,
        missing=(*figure_gaps, *name_gaps, *force_gaps),
    )


def said_in(text: str, claim: str) -> set[str]:
    """Return stems of a text's content words, and words of the claim that it gives as an acronym or spells out.

    >>> sorted(said_in("AI can help.", "Artificial intelligence is used.") - said_in("AI can help.", ""))
    ['artificial', 'intelligenc']
    """
    held = set(_stems(text))
    for acronym in _ACRONYM.findall(claim):
        if _spelt_out(acronym, text):
            held.add(stem(acronym.lower()))
    for acronym in _ACRONYM.findall(text):
        held.update(_stems(_spelt_out(acronym, claim)))
    same = [{stem(word) for word in words} for words in _SAME]
    return held.union(*(stems for stems in same if stems & held))


def _spelt_out(acronym: str, text: str) -> str:
    """Return the run of words whose initials spell the acronym; empty where there is none."""
    words = [word for word in re.findall(r"[A-Za-z][\w’'-]*", text) if word.lower() not in _SMALL]
    initials = "".join(word[0].lower() for word in words)
    place = initials.find(acronym.lower())
    return " ".join(words[place : place + len(acronym)]) if place >= 0 else ""


def _stems(text: str) -> Iterator[str]:
    return map(stem, content_words(text))


def _nearest_clause(claim: str, passage: str, rarity: Rarity) -> str:
    """Return the clause of the passage that shares most with the claim, so that a "not" in another does not count.

    The whole passage if the claim uses much of the rest as well.
    """
    said = {stem(word): rarity(word) for word in content_words(claim)}

    def shared(text: str) -> float:
        return sum(said.get(term, 0.0) for term in set(_stems(text)))

    clauses = [clause for clause in _CLAUSE_END.split(passage) if clause.strip()] or [passage]
    nearest = max(clauses, key=shared)
    return nearest if shared(nearest) >= ONE_CLAUSE * shared(passage) else passage


def _figures(claim: str, passage: str, around: str) -> tuple[int, list[Reason], list[Reason]]:
    """Return how many figures the passage meets, clashes and gaps.

    A missing figure clashes where another of its kind takes its place. So does one that the passage gives for another
    name, as in "Leeds in 2017 and York in 2024".
    """
    said, here, near = figures(claim), figures(passage), figures(around)
    met = 0
    clashes, gaps = [], []
    for figure in said:
        same = [other for other in here if figure.equals(other)]
        met += bool(same)
        opposite = [other for other in same if {figure.bound, other.bound} == {"least", "most"}]
        if opposite and len(opposite) == len(same):
            clashes.append(Reason("bound", figure.words, opposite[0].words))
        rival = _of_same_name(figure, claim, passage) if same else None
        if rival is None and (same or any(figure.equals(other) for other in near)):
            continue
        rival = rival or next(_rivals(figure, said, here), None) or next(_rivals(figure, said, near), None)
        if rival is None:
            gaps.append(Reason("figure", figure.words, "no such figure"))
        else:
            is_date = figure.kind in ("year", "month", "day")
            clashes.append(Reason("date" if is_date else "figure", figure.words, rival.words))
            met += bool(figure.counts & rival.counts)
    return met, clashes, gaps


def _rivals(figure: Figure, said: Iterable[Figure], held: Iterable[Figure]) -> Iterator[Figure]:
    """Yield figures of the same kind that the claim does not give; small numbers must count the same thing."""
    for other in held:
        if other.kind != figure.kind or any(other.equals(own) for own in said):
            continue
        if figure.kind != "number" or figure.counts & other.counts or min(figure.value, other.value) >= LARGE:
            yield other


def _of_same_name(figure: Figure, claim: str, passage: str) -> Figure | None:
    """Return the figure that a list gives for the claim's name, where it gives the claim's figure for another."""
    names = [set(_stems(found[0])) for found in _NAME.finditer(claim) if len(found[0].split()) > 1]
    parts = [(set(_stems(part)), figures(part)) for part in re.split(r"[,;]\s|\sand\s", passage)]
    named = [held for words, held in parts if any(name and name <= words for name in names)]
    if any(figure.equals(other) for held in named for other in held):
        return None
    said = figures(claim)
    rivals = [
        other
        for held in named
        for other in held
        if other.kind == figure.kind and not any(other.equals(own) for own in said)
    ]
    return rivals[0] if rivals and figure.kind in ("year", "pounds", "share") else None


def _names(claim: str, clause: str, held: set[str]) -> tuple[list[Reason], list[Reason]]:
    """Return clashes and gaps: a missing name clashes where another follows the same word, as "in Leeds"."""
    clashes, gaps = [], []
    placed = {before.lower(): name for before, name in _PLACED.findall(clause)}
    for found in _NAME.finditer(claim):
        words = [word for word in content_words(found[0]) if word[0].isalpha()]
        opens_sentence = found.start() == 0 and len(words) < 2 and not found[0].isupper()
        if opens_sentence or all(stem(word) in held for word in words[found.start() == 0 :]):
            continue
        before = _PLACED.search(claim, max(0, found.start() - 12), found.end())
        rival = placed.get(before[1].lower()) if before else None
        if rival and not set(_stems(rival)) & set(_stems(claim)):
            clashes.append(Reason("name", found[0], rival))
        else:
            gaps.append(Reason("name", found[0], "no such name"))
    return clashes, gaps
