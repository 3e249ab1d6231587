"""Splits a question that asks for two things, so that each part is searched and answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.records import Array, RetrievedChunk
from assistant.text.terms import content_terms

LONGEST = 40
"""A question this long, in words, tells a story before its parts, and is not split."""
UNLIKELY = 0.30
"""Least probability of an answer, see `abstention`, at which a part gets passages of its own. Less does not show that
the library lacks the part: for questions as people ask them, it mostly has it.
"""
PART_WORDS = 120
"""Longest answer to one part, in words, about."""
_BEFORE = "by|in|on|at|for|from|to|with|over|above|of|within|under|through|into"
_ASKING = rf"(?:(?:{_BEFORE})\s+)?(?:who(?:m|se)?|what|when|where|which|why|how)\b"
_HELPING = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may)\b"
# After a question mark; before "and how …"; before ", and does …", where a bare "and does" may continue a sentence.
_CUT = re.compile(
    rf"(?<=\?)\s+(?=\S)|,?\s+(?=(?:and|but|or)\s+{_ASKING})|,\s+(?=(?:and|but|or)\s+{_HELPING})", re.IGNORECASE
)
_JOINED = re.compile(r"^(?:and|but|or)\s+", re.IGNORECASE)
_ASKS = re.compile(rf"\?|\b{_ASKING}|^{_HELPING}", re.IGNORECASE)
# A pair ("when and where …") or a further question.
_MORE = re.compile(rf"\b(?:who|what|when|where|why|how|which)$|,\s+{_ASKING}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two things that a question asks for, and what was retrieved for it."""

    words: str
    """As in the question."""
    standalone: str
    """As searched."""
    vector: Array
    """Of ``standalone``, ``(dim,)``."""
    retrieved: tuple[RetrievedChunk, ...]
    chance: float
    """Probability that the retrieved chunks answer it, see `abstention`."""


def answered_apart(parts: Sequence[Part]) -> Sequence[Part]:
    """Return the parts to be answered one by one; none where either is unlikely to have an answer."""
    unlikely = [part for part in parts if part.chance < UNLIKELY]
    return () if len(unlikely) == 1 else parts


def split_parts(question: str) -> tuple[str, ...]:
    """Return the two questions that one asks, as worded; empty for one question, or more than can be separated.

    >>> split_parts("How many staff has the unit, and who leads its board?")
    ('How many staff has the unit', 'who leads its board?')
    >>> split_parts("When and where does the council meet?")
    ()
    """
    parts = tuple(_JOINED.sub("", part.strip(" ,")) for part in _CUT.split(question))
    if len(parts) != 2 or len(question.split()) > LONGEST or any(map(_MORE.search, parts)):
        return ()
    # "… and in which year?" asks nothing by itself.
    asks_enough = all(_ASKS.search(part) and len(content_terms(part)) >= 2 for part in parts)
    return parts if asks_enough else ()
