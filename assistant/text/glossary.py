"""Acronyms and their long forms, collected from the texts, to widen a question's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from assistant.text.terms import bare_words

# "voluntary, community and social enterprise (VCSE)"; the plural s of "SMEs" is not part of the acronym.
_BRACKET = re.compile(r" \(([A-Z][A-Za-z&]{1,9}?)s?\)")
_WORDS_BEFORE = re.compile(r"(?<![\w'’/-])(?:[\w'’/-]+,? ){1,9}[\w'’/-]+\Z")
_LONGEST_FORM = 300
"""In characters; trying every start of a long text would take forever."""
# "NAO (National Audit Office)"
_BEFORE = re.compile(r"\b([A-Z]{2,8})s? \(([A-Za-z][\w'’/,-]*(?: [\w'’/,-]+){1,8})\)")
_SMALL = frozenset(["a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with", "by", "at"])


class Definition(NamedTuple):
    """An acronym, the long form beside it, and where the acronym stands in the text."""

    acronym: str
    long_form: str
    position: int


def collect_glossary(texts: Iterable[str]) -> dict[str, str]:
    """Return the long form of each acronym; of several, the most frequent.

    >>> collect_glossary(["Reform helps voluntary, community and social enterprise (VCSE) bodies."])
    {'VCSE': 'voluntary, community and social enterprise'}
    """
    found: dict[str, Counter[str]] = {}
    for text in texts:
        for item in definitions(text):
            found.setdefault(item.acronym, Counter())[item.long_form] += 1
    return {acronym: forms.most_common(1)[0][0] for acronym, forms in sorted(found.items())}


def definitions(text: str) -> Iterator[Definition]:
    """Yield acronyms with their long forms: first those where the acronym is in brackets, then the others.

    >>> list(definitions("The National Audit Office (NAO) reports."))
    [Definition(acronym='NAO', long_form='National Audit Office', position=27)]
    """
    for match in _BRACKET.finditer(text):
        if form := _matching_tail(_words_before(text, match.start()), match.group(1)):
            yield Definition(match.group(1), form, match.start(1))
    for match in _BEFORE.finditer(text):
        if form := _matching_tail(match.group(2), match.group(1)):
            yield Definition(match.group(1), form, match.start(1))


def expand(question: str, glossary: Mapping[str, str]) -> list[str]:
    """Return words to add to a search: long forms of the question's acronyms, acronyms of its long forms.

    >>> expand("What do VCSEs need?", {"VCSE": "voluntary, community and social enterprise"})
    ['voluntary, community and social enterprise']
    """
    tokens = set(re.findall(r"[A-Za-z&]+", question))
    lowered = bare_words(question)
    extra = []
    for acronym, form in glossary.items():
        if tokens & {acronym, f"{acronym}s"} or (
            acronym.isupper() and len(acronym) > 2 and tokens & {acronym.lower(), f"{acronym.lower()}s"}
        ):
            extra.append(form)
        elif bare_words(form) in lowered:
            extra.append(acronym)
    return extra


def unexplained(text: str, glossary: Mapping[str, str]) -> dict[str, str]:
    """Return the acronyms of a text that does not give their long forms, in its order, with those forms.

    >>> unexplained("VCSEs answer to the National Audit Office (NAO).", {"NAO": "National Audit Office", "VCSE": "v c"})
    {'VCSE': 'v c'}
    """
    said = bare_words(text)
    found = {}
    for word in re.findall(r"[A-Za-z&]+", text):
        acronym = word if word in glossary else word.removesuffix("s")
        # A text may give one organisation and the glossary several.
        form = bare_words(glossary.get(acronym, "")).removesuffix("s")
        if form and form not in said:
            found[acronym] = glossary[acronym]
    return found


def _words_before(text: str, end: int) -> str:
    """Return up to ten words directly before ``end``, single-spaced; empty for fewer than two."""
    start = max(0, end - _LONGEST_FORM)
    found = _WORDS_BEFORE.search(text, start, end)
    return found[0] if found else ""


def _matching_tail(words: str, acronym: str) -> str | None:
    """Return the shortest run of last words whose initials spell the acronym; see :func:`_initials`."""
    parts = re.findall(r"[\w'’/-]+,?", words)
    letters = re.sub("[^a-z]", "", acronym.lower())
    for size in range(2, len(parts) + 1):
        tail = parts[-size:]
        if tail[0].lower() not in _SMALL and any(letters == initials for initials in _initials(tail)):
            return " ".join(tail).rstrip(",")
    return None


def _initials(parts: list[str]) -> Iterator[str]:
    """Yield the initials of all words, then without small words, then of compounds in full and by their first part."""
    strong = [part for part in parts if part.lower().strip(",") not in _SMALL]
    for kept in (parts, strong):
        yield "".join(piece[0].lower() for part in kept for piece in re.split("[-/]", part) if piece)
        yield "".join(part[0].lower() for part in kept)
