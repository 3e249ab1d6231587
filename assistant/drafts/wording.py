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
    r"\b(not|no|never|nobody|nothing|none of|neither|nor|cannot|without|barred?|bars|excludes?|excluded|exclusions?|"
    r"exempt|(?:falls?|fell|lies?|is|are|remains?|stays?|sits?) outside|out of scope|fails?|failed|(?:leaves?|left|leaving|taken?|falls?)\b[^,;.]{0,40}\bout\b|missed|lacks|"
    r"lacking|(?:is|are|was|were|voted|argued|came out|decided) against|oppos\w+|reject\w+|refus\w+|unpublished|unlawful|seldom|rarely|unlikely)\b|n['’]t\b",
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
_FORCES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for name, words in (
        (
            "duty",
            "must|ha(?:s|ve|d) to|required?|requires|requirement|obliged?|obliges|compulsory|mandatory|needs? to|shall|duty|"
            "cannot|(?:may|can|could) not|compel\\w*",
        ),
        ("advice", "should|ought|expected to|asks? for|asked|recommend\\w*|propos\\w*|would like|wants?"),
        (
            "choice",
            "(?:may|can|could|might)(?! not)|optional|voluntary|free to|freedom|allow\\w*|permit\\w*|encourag\\w+|invit\\w+|"
            "lets?|option",
        ),
        ("future", "will(?! have to)|is to|are to|going to"),
    )
)
_OPPOSED = frozenset((("duty", "choice"), ("choice", "duty")))
_STRONGER = frozenset((("duty", "advice"), ("future", "advice"), ("future", "choice")))
"""What a claim asserts, and the weaker thing that a passage says."""
_CAPITALISED = r"(?<!\w)[A-Z][\w’'-]*"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s(?:(?:of|and|for|the)\s){{0,2}}{_CAPITALISED})*")
_PLACED = re.compile(rf"\b(in|at|from|chaired by|led by|under)\s((?:the\s)?{_CAPITALISED}(?:\s{_CAPITALISED})*)")
_SAME_AS = {"british": "uk", "britain": "uk", "parliament": "uk", "charities": "vcse", "charity": "vcse"}
"""Words that the sources put shorter, by what they put."""
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
    unknown: float
    """Weight of the claim's content words that are said nowhere around, as a count of wholly rare words."""
    clashes: tuple[Reason, ...]
    """Where the passage says otherwise."""
    figures_met: int
    """Figures of the claim that the passage gives, or gives otherwise for the same thing."""
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
    met, figure_clashes, figure_gaps = _figures(claim, passage, around)
    name_clashes, name_gaps = _names(claim, clause, held)
    force_clashes, force_gaps = _forces(claim, clause)
    clashes = [*figure_clashes, *name_clashes, *_directions(claim, clause), *_denials(claim, clause), *force_clashes]
    return Wording(
        covered=1 - unknown / total if weights else 0.0,
        here=sum(weight for term, weight in weights.items() if term in here) / total,
        unknown=unknown,
        clashes=tuple(dict.fromkeys(clashes)),
        figures_met=met,
        missing=(*figure_gaps, *name_gaps, *force_gaps),
    )


def said_in(text: str, claim: str) -> set[str]:
    """Stems of a text's content words, with those words of the claim that it gives as an acronym or spells out.

    >>> sorted(said_in("AI can help.", "Artificial intelligence is used.") - said_in("AI can help.", ""))
    ['artificial', 'intelligenc']
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
    """The clause of the passage that shares most with the claim, so that a "not" of another one counts for nothing.

    The whole passage where the claim takes up much of the rest as well.
    """
    said = {stem(word): rarity(word) for word in content_words(claim)}

    def shared(text: str) -> float:
        return sum(said.get(term, 0.0) for term in set(_stems(text)))

    clauses = [clause for clause in _CLAUSE_END.split(passage) if clause.strip()] or [passage]
    nearest = max(clauses, key=shared)
    return nearest if shared(nearest) >= ONE_CLAUSE * shared(passage) else passage


def _figures(claim: str, passage: str, around: str) -> tuple[int, list[Reason], list[Reason]]:
    """How many figures the passage meets, clashes and gaps.

    A figure that is not there clashes where another of its kind stands in its place. So does one that the passage gives
    of another name, as in "Leeds in 2017 and York in 2024".
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
    """Figures of the same kind that the claim does not give; small numbers must count the same thing."""
    for other in held:
        if other.kind != figure.kind or any(other.equals(own) for own in said):
            continue
        if figure.kind != "number" or figure.counts & other.counts or min(figure.value, other.value) >= LARGE:
            yield other


def _of_same_name(figure: Figure, claim: str, passage: str) -> Figure | None:
    """The figure that an enumeration gives of the claim's name, where it gives the claim's figure of another."""
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
    elif said:
        here, there = _what_is_denied(claim), _what_is_denied(clause)
        if here and there and here & set(_stems(clause)) - there and there & set(_stems(claim)) - here:
            yield Reason("negation", f"not {', '.join(here)}", f"not {', '.join(there)}")


def _what_is_denied(text: str) -> set[str]:
    """Stem of the first content word behind each plain "no" or "not"."""
    return {next(_stems(found[1]), "") for found in re.finditer(r"\b(?:no|not|without)\s([\w\s]+)", text)} - {""}


def _denied(text: str) -> list[str]:
    found = [found[0].lower() for found in _NEGATIONS.finditer(_NO_DENIAL.sub(" ", text))]
    # A "nor" only carries on what was denied before it.
    return [word for place, word in enumerate(found) if word != "nor" or not place]


def _forces(claim: str, clause: str) -> tuple[list[Reason], list[Reason]]:
    """A duty against a choice is a clash; a certainty that is only proposed, and a duty that is only advice, a gap."""
    said, held = _forces_of(claim), _forces_of(clause)
    if not said or not held or said.keys() & held.keys():
        return [], []
    pairs = [(one, other) for one in said for other in held]
    clashes = [Reason("modal", said[one], held[other]) for one, other in pairs if (one, other) in _OPPOSED]
    gaps = [Reason("modal", said[one], held[other]) for one, other in pairs if (one, other) in _STRONGER]
    return clashes[:1], gaps[:1]


def _forces_of(text: str) -> dict[str, str]:
    return {name: found[0].lower() for name, pattern in _FORCES if (found := pattern.search(text))}


def _names(claim: str, clause: str, held: set[str]) -> tuple[list[Reason], list[Reason]]:
    """Clashes and gaps: a name that is not there clashes where another stands behind the same word, as "in Leeds"."""
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
