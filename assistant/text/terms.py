"""The content words of a text, stemmed, for comparing wordings."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import lru_cache

from assistant.text.caching import kept

_WORD = re.compile(r"[£$€]?\d[\d.,]*\d%?|\d%?|[A-Za-z][A-Za-z0-9&]*(?:['’][a-z]+)?")
STOPWORDS = frozenset(
    "a about above after again all also an and any are as at be because been before being between both but by can "
    "could did do does doing done down during each else ever every for from further get gets give given go had has "
    "have having he her here hers him his how i if in into is it its itself just know let like many may me might "
    "more most much must my no nor not now of off on once one only or other our out over own per please said say "
    "says shall she should so some such tell than that the their them then there these they thing things this those "
    "though through to too under until up us use used using very was we were what when where whether which while "
    "who whom whose why will with within without would yes yet you your".split()
)
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "er", "es", "ly", "s", "e", "y")


def content_terms(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order; figures unchanged.

    >>> content_terms("Who should fund the Mission Councils?")
    ['fund', 'mission', 'council']
    """
    return list(_content(text)[1])


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, in order, in lower case and unstemmed."""
    return list(_content(text)[0])


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a rough stem: one common English ending is cut where at least four letters remain.

    >>> stem("procurement") == stem("procuring")
    True
    """
    if not word[0].isalpha():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            cut = word[: -len(suffix)]
            return cut[:-1] if cut.endswith("e") and len(cut) > 4 else cut  # "procurement" as "procuring"
    return word


def share_held(weights: Mapping[str, float], held: Container[str]) -> float:
    """Return the share of the terms, by weight, that are in ``held``; 0 for no terms.

    >>> share_held({"mission": 1.0, "council": 3.0}, {"council"})
    0.75
    """
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


@kept(16384)
def _content(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = tuple(word for word in map(_plain, _WORD.findall(text)) if word and word not in STOPWORDS)
    return words, tuple(map(stem, words))


def _plain(word: str) -> str:
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    return lowered.rstrip(".,") if lowered[0].isdigit() else lowered


def bare_words(text: str) -> str:
    """Return a text's words alone, in lower case with single spaces.

    >>> bare_words("Hull's lamps: a scheme")
    'hull s lamps a scheme'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))
