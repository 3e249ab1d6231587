"""What a clause says of a matter beyond its words: which way it goes, whether it is denied, how strongly it binds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.records import Reason
from assistant.text.terms import content_terms

_NEGATIONS = re.compile(
    r"\b(not|non(?=-)|no|never|nobody|nothing|none of|neither|nor|cannot|without|barred?|bars|excludes?|excluded|"
    r"exclusions?|exempt|out of scope|fails?|failed|missed|lacks|lacking|oppos\w+|reject\w+|refus\w+|unpublished|"
    r"unlawful|seldom|rarely|unlikely|(?:falls?|fell|lies?|is|are|remains?|stays?|sits?) outside|"
    r"(?:leaves?|left|leaving|taken?|falls?)\b[^,;.]{0,40}\bout\b|"
    r"(?:is|are|was|were|voted|argued|came out|decided) against)\b|n['’]t\b",
    re.IGNORECASE,
)
# These deny nothing about the matter itself.
_NO_DENIAL = re.compile(
    r"\b(not (?:only|merely|solely|just)|no longer than|no (?:fewer|more|less|later) than|not least|"
    r"No\.? ?10|and not (?=[^,;.]*(?:[,;.]|$))[^,;.]*|instead of [^,;.]*|rather than [^,;.]*|in place of [^,;.]*)",
    re.IGNORECASE,
)
_OPPOSITES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (
            "up|upwards?|rose|rises?|risen|rising|increas\\w+|grew|grow|grown|growing|higher|climb\\w*|doubled?|more|above",
            "down|downwards?|fell|falls?|fallen|falling|decreas\\w+|dropp?\\w*|declin\\w+|lower|fewer|less|shrunk|shrink|"
            "reduc\\w+|halv\\w+|cut|below",
        ),
        ("highest|most|largest", "lowest|fewest|least|smallest"),
        ("before", "after"),
        ("helps?|eases?", "hinders?|harms?"),
        (
            "welcom\\w+|support\\w*|favour\\w*|prais\\w+",
            "regret\\w*|oppos\\w+|sorry|reject\\w*|object\\w*|criticis\\w+|against",
        ),
        ("forwards?", "backwards?"),
        ("ahead", "behind|trails?|lags?"),
        ("clear|specific|concrete", "vague|unclear"),
        ("easy|easier|easily", "hard|harder|difficult\\w*"),
        ("strong|stronger|strength", "weak|weaker|weakness"),
        ("bigger|larger|longer", "smaller|shorter"),
        ("cheap|cheaper", "dear|dearer|costly|costlier|expensive"),
        ("best|success\\w*", "worst|failure"),
        ("met|reached|achieved", "missed"),
        ("compulsory|mandatory|binding", "optional|voluntary"),
    )
)
_FORCES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for name, words in (
        (
            "duty",
            "must|ha(?:s|ve|d) to|required?|requires|requirement|obliged?|obliges|compulsory|mandatory|needs? to|shall|"
            "duty|cannot|(?:may|can|could) not|compel\\w*",
        ),
        ("advice", "should|ought|expected to|asks? for|asked|recommend\\w*|propos\\w*|would like|wants?"),
        (
            "choice",
            "(?:may|can|could|might)(?! not)|optional|voluntary|free to|freedom|allow\\w*|permit\\w*|encourag\\w+|"
            "invit\\w+|lets?|option",
        ),
        ("future", "will(?! have to)|going to"),
    )
)
_OPPOSED = frozenset((("duty", "choice"), ("choice", "duty")))
_STRONGER = frozenset((("duty", "advice"), ("future", "advice"), ("future", "choice")))
"""What a claim asserts, and the weaker thing that a passage says."""


def directions(claim: str, clause: str) -> Iterator[Reason]:
    """Yield where one says up and the other down, or another pair of opposites; a text that says both is left alone."""
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            said, held = here.search(claim), there.search(clause)
            if said and held and not there.search(claim) and not here.search(clause):
                yield Reason("direction", said[0], held[0])


def denials(claim: str, clause: str) -> Iterator[Reason]:
    """Yield where one denies what the other does not: by an odd number of negations more, or of another thing."""
    said, held = _denied(claim), _denied(clause)
    if len(said) % 2 != len(held) % 2:
        yield Reason("negation", _listed(said), _listed(held))
    elif said:
        here, there = _what_is_denied(claim), _what_is_denied(clause)
        if here and there and here & set(content_terms(clause)) - there and there & set(content_terms(claim)) - here:
            yield Reason("negation", f"not {_listed(here)}", f"not {_listed(there)}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words) or "no denial"


def _what_is_denied(text: str) -> set[str]:
    """Return the stem of the first content word after each plain "no" or "not"."""
    return {
        next(iter(content_terms(found[1])), "") for found in re.finditer(r"\b(?:no|not|without)\s([\w\s]+)", text)
    } - {""}


def _denied(text: str) -> list[str]:
    found = [found[0].lower() for found in _NEGATIONS.finditer(_NO_DENIAL.sub(" ", text))]
    # A "nor" only carries on what was denied before it.
    return [word for place, word in enumerate(found) if word != "nor" or not place]


def forces(claim: str, clause: str) -> tuple[list[Reason], list[Reason]]:
    """Return clashes, duty against choice, and gaps: a certainty that is only proposed, a duty that is only advice."""
    said, held = _forces_of(claim), _forces_of(clause)
    if not said or not held or said.keys() & held.keys():
        return [], []
    pairs = [(one, other) for one in said for other in held]
    clashes = [Reason("modal", said[one], held[other]) for one, other in pairs if (one, other) in _OPPOSED]
    gaps = [Reason("modal", said[one], held[other]) for one, other in pairs if (one, other) in _STRONGER]
    return clashes[:1], gaps[:1]


def _forces_of(text: str) -> dict[str, str]:
    return {name: found[0].lower() for name, pattern in _FORCES if (found := pattern.search(text))}
