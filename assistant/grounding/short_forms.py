"""Acronyms of a claim and its context with their long forms, defined in brackets or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.glossary import collect_glossary

_SMALL = r"(?:of|for|and|the|on|in|to|&)"
_NAME = re.compile(rf"[A-Z][\w'’]+(?:(?:,? |-)(?:{_SMALL} )*[A-Z][\w'’]+)+")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,7}(?=s?\b)")


ShortForms = tuple[tuple[str, str], ...]
"""Pairs of an acronym and its long form."""


def find_short_forms(claim: str, context: str) -> ShortForms:
    """Pairs of acronym and long form; a name counts as the long form when its initials spell an acronym in use.

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
    """Runs of capitalised words and every run within them."""
    for match in _NAME.finditer(text):
        words = match[0].split()
        for start in range(len(words)):
            for end in range(len(words), start + 1, -1):
                if words[start][0].isupper() and words[end - 1][0].isupper():
                    yield " ".join(words[start:end])


def _spellings(name: str) -> Iterator[str]:
    words = re.split(r"[ -]", name)
    yield "".join(word[0] for word in words if word[0].isupper())
    yield "".join(word[0] for word in words)
