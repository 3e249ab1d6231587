"""Acronyms of a claim and its context with their long forms, defined in brackets or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.deadlines import check_deadline
from assistant.text.glossary import collect_glossary

_SMALL = r"(?:of|for|and|the|on|in|to|&)"
_WORD = r"[A-Z][\w'’]{1,60}+"
_NAME = re.compile(rf"(?<!\w){_WORD}(?:(?:,? |-)(?:{_SMALL} )*{_WORD})+")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,7}(?=s?\b)")
_LONGEST_ACRONYM = 9
"""Letters of the longest that `_ACRONYM` finds; a name with more capitals has none."""
_MOST_WORDS = 30
"""Words of the longest name that is tried, small ones included."""

ShortForms = tuple[tuple[str, str], ...]
"""Pairs of an acronym and its long form."""


def find_short_forms(claim: str, context: str) -> ShortForms:
    """Return pairs of acronym and long form; a name is the long form when its initials spell an acronym in use.

    >>> find_short_forms("The NPPS applies.", "The National Procurement Policy Statement applies.")
    (('NPPS', 'National Procurement Policy Statement'),)
    """
    found = collect_glossary([context, claim])
    acronyms = {item for text in (claim, context) for item in _ACRONYM.findall(text)} - set(found)
    if acronyms:
        for text in (claim, context):
            for name in _names(text):
                for spelled in _spellings(name):
                    if spelled in acronyms:
                        found.setdefault(spelled, name)
    return tuple(sorted(found.items()))


def _names(text: str) -> Iterator[str]:
    """Yield runs of capitalised words, and every shorter run within them that an acronym could spell, longest first."""
    for match in _NAME.finditer(text):
        check_deadline()
        words = match[0].split()
        capitals = [place for place, word in enumerate(words) if word[0].isupper()]
        for number, start in enumerate(capitals):
            for end in reversed(capitals[number + 1 : number + _LONGEST_ACRONYM]):
                if end - start < _MOST_WORDS:
                    yield " ".join(words[start : end + 1])


def _spellings(name: str) -> Iterator[str]:
    words = re.split(r"[ -]", name)
    yield "".join(word[0] for word in words if word[0].isupper())
    yield "".join(word[0] for word in words)
