"""Does a text state a fact? Wordings are compared word by word, with what is only spelling set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text.terms import stem

_TOKEN = re.compile(r"[£$€]?\d+(?:\.\d+)*%?|[a-z]+(?:'[a-z]+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_UNITS = (
    (re.compile(r"(?<=\d)\s*(?:per ?cent\b|percent\b|%)"), "%"),
    (re.compile(r"(?<=\d)\s*(?:bn|billion)\b"), " billion"),
    (re.compile(r"(?<=\d)\s*(?:m|mn|million)\b"), " million"),
)


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, cut to stems; figures with their currency and per cent sign.

    >>> tokens("About £1,200m, or 5 per cent, was pledged.")
    ['about', '£1200', 'million', 'or', '5%', 'was', 'pledg']
    """
    plain = _THOUSANDS.sub("", text.lower().replace("’", "'").replace("‘", "'"))
    for pattern, replacement in _UNITS:
        plain = pattern.sub(replacement, plain)
    return [stem(token.removesuffix("'s")) for token in _TOKEN.findall(plain)]


def states(text_tokens: Sequence[str], wordings: Sequence[str]) -> bool:
    """True when one of the wordings stands in the text as a run of words.

    >>> states(tokens("Small firms win a third of it."), ["one third", "a third"])
    True
    """
    joined = f" {' '.join(text_tokens)} "
    return any(f" {' '.join(tokens(wording))} " in joined for wording in wordings)


def share_stated(text: str, facts: Sequence[Sequence[str]]) -> float:
    """Share of the facts that the text states; each fact is a list of wordings, any of which will do.

    Raises:
        ValueError: there are no facts, so there is no share.
    """
    if not facts:
        raise ValueError("no facts to look for")
    own = tokens(text)
    return sum(states(own, wordings) for wordings in facts) / len(facts)
