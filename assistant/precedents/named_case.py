"""Finds the case that a query names: "like the Plymouth Alliance but for housing"."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

from assistant.precedents.cases import Cases
from assistant.registers.entries import Precedent
from assistant.text.terms import content_terms

NAMED = 0.6
"""Least share of a name's words, weighted by rarity, that the case must have in its own name."""
_CAPITAL = re.compile(r"\b[A-Z]\w+")
_LIKE = re.compile(
    r"^(?:(?:find|show|give|is|are|there|was|me|us|any|anything|something|somewhere|some|more|others?|cases?|"
    r"precedents?|examples?)\s+)*(?:like|similar to)\s+(?P<name>.+?)(?:,?\s+but\s+(?P<words>.+?))?[\s.?!]*$",
    re.IGNORECASE | re.DOTALL,
)


class Likeness(NamedTuple):
    """The parts of such a query."""

    name: str
    """The name of the case."""
    words: str
    """How the cases wanted should differ; empty where the query does not say."""


def read_likeness(query: str) -> Likeness | None:
    """Return the parts of "like NAME but WORDS"; None for a query of another form.

    >>> read_likeness("Anything like the Plymouth Alliance, but for housing?")
    Likeness(name='the Plymouth Alliance', words='for housing')
    >>> read_likeness("what is it like to bid?") is None
    True
    """
    found = _LIKE.match(query.strip())
    return Likeness(found["name"].strip(), (found["words"] or "").strip()) if found else None


def named_case(cases: Cases, name: str) -> str | None:
    """Return the id of the case whose title, body and place have most words of a name; None where none has.

    If the name has capitalised words, only those count: "DVLA" in "the DVLA taking work back".
    """
    own = {entry.id: {*content_terms(_called(entry))} for entry in cases.entries.values()}
    titles = {entry.id: {*content_terms(entry.title)} for entry in cases.entries.values()}
    held = Counter(term for terms in own.values() for term in terms)
    asked = {*content_terms(name)}
    proper = {*content_terms(" ".join(_CAPITAL.findall(name)))} or asked

    def share(terms: set[str], wanted: set[str]) -> float:
        # A word that no case has in its name counts as the rarest do.
        weights = {term: math.log(1 + len(own) / max(held[term], 1)) for term in wanted}
        return sum(weights[term] for term in wanted & terms) / (sum(weights.values()) or 1.0)

    ranked = sorted(
        own,
        key=lambda case: (
            -share(own[case], proper),
            -share(own[case], asked),
            -share(titles[case], asked),
            len(titles[case] - asked),
        ),
    )
    return ranked[0] if ranked and share(own[ranked[0]], proper) >= NAMED else None


def _called(entry: Precedent) -> str:
    """Return every word of a case's possible names, its bodies' initials included."""
    initials = ("".join(word[0] for word in _CAPITAL.findall(body)) for body in entry.organisation.split(";"))
    return " ".join((entry.title, entry.organisation, entry.place, entry.id.replace("-", " "), *initials))
