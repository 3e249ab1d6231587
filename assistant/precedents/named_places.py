"""Places that a question names and that the cases shown for it do not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.text.dates import MONTHS
from assistant.text.terms import bare_words

_NAME = r"[A-Z][\w’'-]*"
_NAMES = rf"{_NAME}(?:\s+(?:(?:and|of|upon|the)\s+)?{_NAME})*"
_NAMED = re.compile(rf"\b(?:in|from|near|around|across)\s+(?:the\s+)?({_NAMES})")
_NO_PLACES = frozenset(
    (*MONTHS, *"Spring Summer Autumn Winter Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
)
_EVERYWHERE = frozenset(("uk", "united kingdom", "britain", "great britain"))
"""Where every case of the country is, whether or not it says so."""


def places_missed(question: str, shown: Iterable[str]) -> tuple[str, ...]:
    """Return names after "in", "from" and the like that none of the texts has, as the question spells them.

    >>> places_missed("What came of the trial in Scotland in May 2024?", ["A trial in Leeds, England."])
    ('Scotland',)
    >>> places_missed("What has been tried in the UK?", ["A trial in Leeds, United Kingdom."])
    ()
    """
    texts = [f" {bare_words(text)} " for text in shown]
    missed = []
    for found in _NAMED.finditer(question):
        name = re.sub(r"[’']s?$", "", found[1])
        plain = bare_words(name)
        if name.split()[0] in _NO_PLACES or plain in _EVERYWHERE:
            continue
        if not any(f" {plain} " in text for text in texts):
            missed.append(name)
    return tuple(dict.fromkeys(missed))
