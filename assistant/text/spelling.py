"""Corrects misspelt words of a question before the search: "goverment" is nowhere in the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from spellchecker import SpellChecker

from assistant.text.terms import STOPWORDS

SHORTEST = 4
"""Shortest word corrected, in letters; shorter ones resemble too many others."""
LONGEST = 30
"""Longest word corrected, in letters; the candidates for a longer one take too much memory."""
SHORT = 5
"""Words up to this many letters are corrected only for a missing letter or a swap: "Gove" is not "give"."""
# Not part of a compound, of a number with letters or of an address.
_WORD = re.compile(r"(?<![\w@./’'-])[A-Za-z]+(?:['’][a-z]+)?(?![\w@/-]|\.\w)")
# Contractions without their apostrophe, and lower-case acronyms, also in the plural.
_NOT_MISSPELT = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|ca|wo|could|would|should|must|need|might|ought|ai|sha)nt"
    r"|(?:what|who|how|where|when|why|that|there|here|it|he|she|let)s|(?:they|you|we)(?:re|ve|ll|d)"
    r"|(?:i|could|would|should|might|must)ve|(?:it|that|there|he|she)ll|[^aeiouy]+|[a-z]{2,3}s"
)
_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"([bt])re(s?)$", r"\1er\2"),
        (r"our(?=s?$|ed$|ing$|ite|able|al)", "or"),
        (r"([iy])s(?=e[sdr]?$|ing$|ations?$)", r"\1z"),
        (r"ll(?=ed$|ing$|ers?$|or)", "l"),
        (r"ogue(s?)$", r"og\1"),
        (r"mme(s?)$", r"m\1"),
        (r"ence(s?)$", r"ense\1"),
    )
)


def correct(question: str, is_held: Callable[[str], bool]) -> str:
    """Return the question with words that neither the library nor a dictionary knows replaced by the likeliest known
    one.

    The replacement is one edit away (a swap counts as one), and is a word of the library or a function word ("thier").
    Names (a capital inside the sentence, or all capitals), contractions without their apostrophe and parts of compounds
    stay.

    Args:
        question: as asked.
        is_held: returns whether any text of the library holds a word.

    >>> correct("How is the goverment's plan for thier bords funded?", {"government", "boards"}.__contains__)
    "How is the government's plan for their boards funded?"
    """

    def corrected(found: re.Match[str]) -> str:
        word, ending = found[0].removesuffix("'s").removesuffix("’s"), ""
        if word != found[0]:
            ending = found[0][len(word) :]
        is_name = word[1:] != word[1:].lower() or (word[0].isupper() and found.start() > 0)
        lowered = word.lower()
        if is_name or not SHORTEST <= len(word) <= LONGEST or "’" in word or "'" in word or is_held(lowered):
            return found[0]
        if _NOT_MISSPELT.fullmatch(lowered):
            return found[0]
        likeliest = next((other for other in _known_near(lowered) if other in STOPWORDS or is_held(other)), None)
        if likeliest is None:
            return found[0]
        return (likeliest.capitalize() if word[0].isupper() else likeliest) + ending

    return _WORD.sub(corrected, question)


@lru_cache(maxsize=4096)
def _known_near(word: str) -> tuple[str, ...]:
    """Return dictionary words one likely slip away, likeliest first; empty for a word that the dictionary knows.

    Slips seldom touch the first letter; they more often drop or swap letters than add one.
    """
    dictionary = _dictionary()
    if word in dictionary or _american(word) in dictionary:
        return ()
    near = {other for other in dictionary.known(dictionary.edit_distance_1(word)) if other.isalpha()}
    swapped = {other for other in near if sorted(other) == sorted(word)}
    likeliest = swapped | {other for other in near if len(other) > len(word) and other[0] == word[0]}
    others = {other for other in near - likeliest if len(word) > SHORT and other[0] == word[0]}
    return tuple(sorted(likeliest | others, key=lambda other: (other in others, -dictionary[other], other)))


def _american(word: str) -> str:
    """Return a British spelling as the dictionary, which is American, spells it."""
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return word


@lru_cache(maxsize=1)
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en", distance=1)
