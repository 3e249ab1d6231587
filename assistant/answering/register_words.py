"""The words that a question for a list consists of, besides names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from assistant.registers.field_values import LAST_YEAR, Register

Role = Literal["any", "speaker", "object", "to", "for", "about", "at"]
"""What a name is in a question: who says it, whom it is asked of, what it is about."""

KINDS: Mapping[str, Register] = {
    "recommendations": "recommendations",
    "proposals": "recommendations",
    "suggestions": "recommendations",
    "precedents": "precedents",
    "studies": "precedents",
    "cases": "precedents",
    "examples": "precedents",
}
"""What is listed, by its register; only plurals, since "a precedent" asks for one."""
ASKING = frozenset(
    "addressed advise advised advises aimed ask asked asking asks call called calls demand demanded demands directed "
    "expect expected expects propose proposed proposes recommend recommended recommends request requested requests "
    "should suggest suggested suggests urge urged urges want wanted wants".split()
)
"""Verbs by which something is asked of somebody."""
PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "should"})
"""After one of these, whoever is named is asked and does not ask."""
ALL = frozenset({"all", "anything", "every", "everything", "list", "full", "complete", "entire", "whole"})
"""Words that ask for everything."""
LISTING = ALL | {"what", "which", "many", "show", "give", "tell", "number", "summarise"}
"""Words that a question for a list has."""
ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("to", "at"), "to"),
    "for": "for",
    **dict.fromkeys(
        "about on around under concern concerning cover covering regarding involve involving".split(), "about"
    ),
    **dict.fromkeys(("in", "from", "by", "of"), "at"),
    **dict.fromkeys(("does", "did"), "speaker"),
    **dict.fromkeys(("is", "are", "was", "were"), "object"),
    **dict.fromkeys(("with", "that", "name", "mention"), "any"),
}
"""What the next name is, by the word before it."""
SMALL = LISTING | frozenset(
    "a according act actor actually address addressed addressee addressees addresses aimed also altogether an and any "
    "apply be been being belong can carry case cite cited cites collect come comes compile contain contains could "
    "date deal deals direct directed do done each earlier entries exactly explicitly fall falls far find gave given "
    "gives go got had has have hello hi hold holds i implement include includes intended it library made make makes "
    "me meant must need or out outcome outcomes overall past please policy previous pull put register registers "
    "relate related relating relevant responsible rest rests result results s set shift shifts so specifically still "
    "summary targeted thanks the their them there these they things this those together total us we with would you "
    "your".split()
)
"""Words that change nothing of what is asked for."""
SMALL_OF_CASES = frozenset({"happened", "only", "seen", "tried", "where"})
"""Words that change nothing where cases are asked for; "only proposed" is proposed, "only to X" is another list."""
OPENING = re.compile(
    r"^(?:(?:I|we|(?:my|our) \w+)(?:['’]d| would)? (?:want|need|like)s?(?: to (?:get|have|know|read|see))? )",
    re.IGNORECASE,
)
"""How a request begins, before it says what it is for."""
BACKGROUND = re.compile(r"^(?:I|we|my|our)\b[^?.!]*[a-z)]\. (?=\S)", re.IGNORECASE)
"""A first sentence that says why something is asked."""
TOPIC = frozenset({"area", "field", "subject", "theme", "topic"})
RELATING = frozenset({"relate", "related", "relating", "relevant"})
SHIFT = frozenset({"shift", "shifts"})
REPORT = frozenset({"report", "authors", "tank"})
"""Words for the one document with recommendations."""
TIMING = frozenset({"deadline", "deadlines", "timeframe", "timeframes", "timetable", "timing"})
"""Words for a date by which something is to be done."""
_YEAR = re.compile(r"(?:19|20)\d\d$")
_BOUNDS = frozenset({"after", "before", "between", "since", "until"})


def years_at(words: Sequence[str]) -> tuple[int, int, int]:
    """Return the first and last year that a question's next words name, and how many words do; zeros for none.

    >>> years_at(["between", "2010", "and", "2012"]), years_at(["since", "2010"]), years_at(["2010"])
    ((2010, 2012, 4), (2010, 9999, 2), (2010, 2010, 1))
    """
    bound = words[0] if words[0] in _BOUNDS else ""
    behind = words[1:] if bound else words
    if not behind or not _YEAR.match(behind[0]):
        return 0, 0, 0
    year = int(behind[0])
    is_span = behind[1:2] == (["and"] if bound == "between" else ["to"] if not bound else [])
    if len(behind) > 2 and is_span and _YEAR.match(behind[2]):
        return year, int(behind[2]), len(words) - len(behind) + 3
    ends = {
        "": (year, year),
        "after": (year + 1, LAST_YEAR),
        "since": (year, LAST_YEAR),
        "before": (0, year - 1),
        "until": (0, year),
    }
    return (*ends[bound], 1 + bool(bound)) if bound in ends else (0, 0, 0)
