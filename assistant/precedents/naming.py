"""The case that a query names: "like the Plymouth Alliance but for housing"."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

from assistant.precedents.cases import Cases
from assistant.registers.entries import Precedent
from assistant.text.terms import content_terms

NAMED = 0.6
"""Share of a name's words, each by how few cases have it, that a case so named must have in its own name."""
_CAPITAL = re.compile(r"\b[A-Z]\w+")
_LIKE = re.compile(
    r"^(?:(?:find|show|give|is|are|there|was|me|us|any|anything|something|somewhere|some|more|others?|cases?|"
    r"precedents?|examples?)\s+)*(?:like|similar to)\s+(?P<name>.+?)(?:,?\s+but\s+(?P<words>.+?))?[\s.?!]*$",
    re.IGNORECASE | re.DOTALL,
)


class Likeness(NamedTuple):
    """What a query of this form asks for."""

    name: str
    """What the case is called."""
    words: str
    """In what it should differ; empty where the query does not say."""


def read_likeness(query: str) -> Likeness | None:
    """The parts of "like NAME but WORDS"; None for a query of another form.

    >>> read_likeness("Anything like the Plymouth Alliance, but for housing?")
    Likeness(name='the Plymouth Alliance', words='for housing')
    >>> read_likeness("what is it like to bid?") is None
    True
    """
    found = _LIKE.match(query.strip())
    return Likeness(found["name"].strip(), (found["words"] or "").strip()) if found else None


def named_case(cases: Cases, name: str) -> str | None:
    """Id of the case that goes by a name: whose title, body and place have most of its words; None where none has.

    Words with a capital are the name where it has any: of "the DVLA taking work back" the first alone.
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
    """Every word that a case may be called by, its bodies' initials included."""
    initials = ("".join(word[0] for word in _CAPITAL.findall(body)) for body in entry.organisation.split(";"))
    return " ".join((entry.title, entry.organisation, entry.place, entry.id.replace("-", " "), *initials))
