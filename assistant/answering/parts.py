"""Questions that ask for two things, cut into their parts, so that each of them is searched and answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models.embedding import Array
from assistant.records import RetrievedChunk
from assistant.text.terms import content_terms

LONGEST = 40
"""Words of a question, from which on what comes before it is a story, and its parts are not told apart."""
UNLIKELY = 0.30
"""Probability of an answer, see `abstention`, below which passages for a part alone would be beside the point. It does
not show that the library lacks the part: of questions as people ask them, it mostly has it.
"""
PART_WORDS = 120
"""Longest answer to one part, in words, about."""
_BEFORE = "by|in|on|at|for|from|to|with|over|above|of|within|under|through|into"
_ASKING = rf"(?:(?:{_BEFORE})\s+)?(?:who(?:m|se)?|what|when|where|which|why|how)\b"
_HELPING = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may)\b"
# Behind a question mark; before "and how …"; before ", and does …", where a bare "and does" may go on with a sentence.
_CUT = re.compile(
    rf"(?<=\?)\s+(?=\S)|,?\s+(?=(?:and|but|or)\s+{_ASKING})|,\s+(?=(?:and|but|or)\s+{_HELPING})", re.IGNORECASE
)
_JOINED = re.compile(r"^(?:and|but|or)\s+", re.IGNORECASE)
_ASKS = re.compile(rf"\?|\b{_ASKING}|^{_HELPING}", re.IGNORECASE)
# A pair ("when and where …") or a further question.
_MORE = re.compile(rf"\b(?:who|what|when|where|why|how|which)$|,\s+{_ASKING}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two things that a question asks for, and what was found for it."""

    words: str
    """As the question has it."""
    standalone: str
    """As it was searched."""
    vector: Array
    """Of ``standalone``, ``(dim,)``."""
    retrieved: tuple[RetrievedChunk, ...]
    chance: float
    """That what was found answers it, see `abstention`."""


def answered_apart(parts: Sequence[Part]) -> Sequence[Part]:
    """Return the parts to be answered one by one; none where one of the two is unlikely to have an answer."""
    unlikely = [part for part in parts if part.chance < UNLIKELY]
    return () if len(unlikely) == 1 else parts


def split_parts(question: str) -> tuple[str, ...]:
    """The two questions that one asks, as worded; empty where it asks one, or more than can be told apart.

    >>> split_parts("How many staff has the unit, and who leads its board?")
    ('How many staff has the unit', 'who leads its board?')
    >>> split_parts("When and where does the council meet?")
    ()
    """
    parts = tuple(_JOINED.sub("", part.strip(" ,")) for part in _CUT.split(question))
    if len(parts) != 2 or len(question.split()) > LONGEST or any(map(_MORE.search, parts)):
        return ()
    # "… and in which year?" asks for nothing by itself.
    asks_enough = all(_ASKS.search(part) and len(content_terms(part)) >= 2 for part in parts)
    return parts if asks_enough else ()
