"""The words that a question for a list is made of, besides names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from assistant.answering.register_fields import Register

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
"""What is listed, by the register that holds it; the plural alone, since "a precedent" is after one."""
ASKING = frozenset(
    "advise advised advises ask asked asking asks call called calls demand demanded demands expect expected expects "
    "propose proposed proposes recommend recommended recommends request requested requests should suggest suggested "
    "suggests urge urged urges want wanted wants".split()
)
"""Verbs by which something is asked of somebody."""
PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "should"})
"""With one of these in front, whoever is named is asked and does not ask."""
ALL = frozenset({"all", "anything", "every", "everything", "list", "full", "complete", "entire", "whole"})
"""Words that want everything there is."""
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
    "apply be been being belong can carry case cite cited cites come comes contain contains could date deal deals "
    "direct directed do done each entries exactly explicitly fall far find gave given gives go got has have hello hi "
    "hold holds i implement include includes intended it library made make makes me meant must need or out outcome "
    "outcomes overall please policy register registers relate related relating relevant responsible rest rests result "
    "results s set shift shifts so specifically still summary targeted thanks the their them there these they things "
    "this those total us we with would you your".split()
)
"""Words that change nothing of what is asked for."""
TOPIC = frozenset({"area", "field", "subject", "theme", "topic"})
RELATING = frozenset({"relate", "related", "relating", "relevant"})
SHIFT = frozenset({"shift", "shifts"})
REPORT = frozenset({"report", "authors", "tank"})
"""Words for the one document that recommends."""
TIMING = frozenset({"deadline", "deadlines", "timeframe", "timeframes", "timetable", "timing"})
"""Words for a date by which something is to be done."""
BOUNDS = frozenset({"after", "before", "between", "since", "until"})
"""Words before a year that make it an end of several."""
