"""Questions that ask for two things, cut into their parts, so that an answer can say which of them it lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.embedding import Array
from assistant.records import RetrievedChunk
from assistant.terms import content_terms

LONGEST = 40
"""Words of a question, from which on what comes before it is a story, and its parts are not told apart."""
MISSING_BELOW = 0.10
"""Probability of an answer, see `abstention`, below which a part counts as not in the library. To say so wrongly, above
an answer that answers it, is worse than silence: on dev the likeliest false notice has 0.16.
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


def missing_part(parts: Sequence[Part]) -> Part | None:
    """The part that nothing answers while something answers the other; None where there is no such part."""
    lacking = [part for part in parts if part.chance < MISSING_BELOW]
    return lacking[0] if len(lacking) == 1 and len(parts) > 1 else None


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
