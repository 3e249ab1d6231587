"""The kind of thing that a question asks for, and whether words hold one: a sum, a share, a count, a date, a name.

A passage on the right topic without a number cannot answer "how many?".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from assistant.text.dates import MONTHS

Kind = Literal["share", "sum", "count", "date", "name", "other"]

_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("share", re.compile(r"\bwhat (percentage|proportion|share|fraction)\b|\bper ?cent\b|\bpercentage\b", re.I)),
    ("sum", re.compile(r"\bhow (much|expensive)\b|\bwhat sum\b|\bat what (price|rate|salary)\b", re.I)),
    ("count", re.compile(r"\bhow (many|big|large|few)\b|\b(number|headcount) of\b|\bwhat number\b", re.I)),
    (
        "date",
        re.compile(r"\bwhen\b|\b(what|which) (date|year|month|day)\b|\bhow (long|soon|often)\b|\bdeadline\b", re.I),
    ),
    (
        "name",
        re.compile(
            r"\bwho(m|se)?\b"
            r"|\bwhich (body|organisation|department|minister|person|council|company|firm|authority|area)",
            re.I,
        ),
    ),
    ("other", re.compile(r"\bwhy\b|\bhow (do|does|did|is|are|was|were|should|would|can|could|will)\b", re.I)),
    # Last, since a question that only mentions a budget does not ask for it.
    ("sum", re.compile(r"\b(cost|budget|price|fare|fee|salary|spend|spent)s?\b", re.I)),
)
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "share": re.compile(r"%|\bper ?cent\b|\b(half|third|quarter|fifth|majority|in (ten|five|four|three))\b", re.I),
    "sum": re.compile(r"[£$€]\s?\d|\b(million|billion|bn|pounds?|pence|free)\b", re.I),
    "count": re.compile(
        r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|third|quarter|hundred|"
        r"thousand|million|billion|both|first|no)\b",
        re.I,
    ),
    "date": re.compile(
        rf"\b(19|20)\d\d\b|\b({'|'.join(MONTHS)}|weeks?|months?|years?|days?|spring|summer|autumn|winter)\b", re.I
    ),
    "name": re.compile(r"^[^\S\n]*\S.*\b[A-Z][a-z]", re.M),
}


@lru_cache(maxsize=16384)
def kind_asked(question: str) -> Kind:
    """Return the kind of thing that a question asks for; the first of `Kind` that fits.

    >>> kind_asked("How many staff does the unit have, and what share is seconded?")
    'share'
    >>> kind_asked("Why was the unit founded?")
    'other'
    """
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), "other")


def holds_kind(kind: Kind, text: str) -> bool:
    """Return whether the words hold something of that kind; "other" always.

    >>> holds_kind("sum", "The fund has £4 million."), holds_kind("sum", "The fund has four partners.")
    (True, False)
    """
    return kind == "other" or _HOLDS[kind].search(text) is not None
