"""Misspelt words of a question, put right before it is searched: "goverment" is nowhere in the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from spellchecker import SpellChecker

from assistant.terms import STOPWORDS

SHORTEST = 4
"""Letters of the shortest word that is put right; shorter ones are too near to too many others."""
LONGEST = 30
"""Letters of the longest word that is put right; what is one edit away from a longer one takes too much memory."""
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"tre(s?)$", r"ter\1"),
        (r"our(?=s?$|ed$|ing$|ite|able|al)", "or"),
        (r"([iy])s(?=e[sdr]?$|ing$|ations?$)", r"\1z"),
        (r"ll(?=ed$|ing$|ers?$|or)", "l"),
        (r"ogue(s?)$", r"og\1"),
        (r"mme(s?)$", r"m\1"),
        (r"ence(s?)$", r"ense\1"),
    )
)


def correct(question: str, is_held: Callable[[str], bool]) -> str:
    """The question with words that neither the library nor a dictionary knows replaced by the likeliest known one.

    Only a word one edit away is taken, a swap of neighbours included, and only one that the library holds or that says
    nothing by itself ("thier"). Names stay: a capital within the sentence, or capitals throughout.

    Args:
        question: as asked.
        is_held: whether some text of the library holds a word.

    >>> correct("How is the goverment's plan for thier bords funded?", {"government", "boards"}.__contains__)
    "How is the government's plan for their boards funded?"
    """

    def put_right(found: re.Match[str]) -> str:
        word, ending = found[0].removesuffix("'s").removesuffix("’s"), ""
        if word != found[0]:
            ending = found[0][len(word) :]
        is_name = word[1:] != word[1:].lower() or (word[0].isupper() and found.start() > 0)
        lowered = word.lower()
        if is_name or not SHORTEST <= len(word) <= LONGEST or "’" in word or "'" in word or is_held(lowered):
            return found[0]
        likeliest = next((other for other in _known_beside(lowered) if other in STOPWORDS or is_held(other)), None)
        if likeliest is None:
            return found[0]
        return (likeliest.capitalize() if word[0].isupper() else likeliest) + ending

    return _WORD.sub(put_right, question)


@lru_cache(maxsize=4096)
def _known_beside(word: str) -> tuple[str, ...]:
    """Words of the dictionary one edit away, the most frequent first; empty for a word that it knows."""
    dictionary = _dictionary()
    if word in dictionary or _american(word) in dictionary:
        return ()
    near = {other for other in dictionary.known(dictionary.edit_distance_1(word)) if other.isalpha()}
    return tuple(sorted(near, key=lambda other: (-dictionary[other], other)))


def _american(word: str) -> str:
    """A British spelling as the dictionary, which is American, has it."""
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return word


@lru_cache(maxsize=1)
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en", distance=1)
