"""Splits a question that asks for two things, so that each part is searched and answered."""

from __future__ import annotations

import re

from assistant.text.terms import content_terms

LONGEST = 40
"""A question this long, in words, tells a story before its parts, and is not split."""
MISSING = 0.02
"""Below this chance of the best passage, see `evidence`, a part is called missing; no answered part of dev is."""
UNLIKELY = 0.30
"""Below this chance a part gets no passages of its own: the whole question finds better ones."""
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
