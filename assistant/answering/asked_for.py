"""The kind of thing that a question asks for, and whether words hold one: a sum, a share, a count, a date, a name.

A passage on the right topic without a number cannot answer "how many?".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from assistant.text.dates import MONTHS
from assistant.text.terms import stem

Kind = Literal["share", "sum", "count", "date", "name", "other"]

_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("share", re.compile(r"\bwhat (percentage|proportion|share|fraction)\b|\bper ?cent\b|\bpercentage\b", re.I)),
    ("sum", re.compile(r"\bhow (much|expensive)\b|\bwhat sum\b|\bat what (price|rate|salary)\b", re.I)),
    ("count", re.compile(r"\bhow (many|big|large|few)\b|\b(number|headcount) of\b|\bwhat number\b", re.I)),
    (
        "date",
        re.compile(r"\bwhen\b|\b(what|which) (date|year|month|day)\b|\bhow (long|soon|often)\b|\bdeadline\b", re.I),
    ),
    (
        "name",
        re.compile(
            r"\bwho(m|se)?\b"
            r"|\bwhich (body|organisation|department|minister|person|council|company|firm|authority|area)",
            re.I,
        ),
    ),
    ("other", re.compile(r"\bwhy\b|\bhow (do|does|did|is|are|was|were|should|would|can|could|will)\b", re.I)),
    # Last, since a question that only mentions a budget does not ask for it.
    ("sum", re.compile(r"\b(cost|budget|price|fare|fee|salary|spend|spent)s?\b", re.I)),
)
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "share": re.compile(r"%|\bper ?cent\b|\b(half|third|quarter|fifth|majority|in (ten|five|four|three))\b", re.I),
    "sum": re.compile(r"[£$€]\s?\d|\b(million|billion|bn|pounds?|pence|free)\b", re.I),
    "count": re.compile(
        r"\d[\d,.]*|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|third|quarter|hundred|"
        r"thousand|million|billion|both|first|no)\b",
        re.I,
    ),
    "date": re.compile(
        rf"\b(19|20)\d\d\b|\b({'|'.join(MONTHS)}|weeks?|months?|years?|days?|spring|summer|autumn|winter)\b", re.I
    ),
    "name": re.compile(r"^[^\S\n]*\S.*\b[A-Z][a-z]", re.M),
}

LONGEST_TERM = 3
"""Words of a term that is to be defined; of more, some say what is asked of it."""
_COUNTED = re.compile(
    r"\b(?:how many|number of) (?:[\w-]+ ){0,2}?([\w-]+)"
    r"(?= (?:do|does|did|is|are|was|were|has|have|had|will|would|should|can|could|must"
    r"|of|in|on|at|by|from|with|for|to|that|which|who)\b|\W*$)",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(advice|advise|tips|pitfalls?|lessons?|examples?|good practice|watch out|look out|bear in mind"
    r"|where (do|should) \w+ start|(have|has|did) others"
    r"|what (should|must|do) (i|we|you|they|\w+ \w+) (think about|consider|know|avoid|learn|watch))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(compar\w+|differ\w*|versus|vs|the same as|in common|both sides|agree on|disagree\w*|contrast)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"\bhow (?:many|much|long|often|big)\b|\b(?:who(?:se|m)?|when|where|why|which|what|how)\b", re.IGNORECASE
)
_YES_OR_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|can|could|will|would|should|must|may)\b", re.IGNORECASE
)
_DEFINES = re.compile(
    r"(?:define|(?:the )?meaning of) (?P<before>[^,;?]+)|what (?:does|do) (?P<between>[^,;?]+) mean"
    r"|(?P<behind>[^,;?]+) meaning",
    re.IGNORECASE,
)
_POINTER = re.compile(r"it|this|that|they|these|those|the (?:first|last|other|second|third)(?: one)?", re.IGNORECASE)
_PLURAL = re.compile(r"[a-z]{3,}[^isu\W]s", re.IGNORECASE)
_TOKEN = re.compile(r"\d[\d,.]*|[A-Za-z][\w’'-]*")


@lru_cache(maxsize=16384)
def kind_asked(question: str) -> Kind:
    """Return the kind of thing that a question asks for; the first of `Kind` that fits.

    >>> kind_asked("How many staff does the unit have, and what share is seconded?")
    'share'
    >>> kind_asked("Why was the unit founded?")
    'other'
    """
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), "other")


def holds_kind(kind: Kind, text: str) -> bool:
    """Return whether the words hold something of that kind; "other" always.

    >>> holds_kind("sum", "The fund has £4 million."), holds_kind("sum", "The fund has four partners.")
    (True, False)
    """
    return kind == "other" or _HOLDS[kind].search(text) is not None


def is_broad(question: str) -> bool:
    """Return whether a question asks for advice, examples or a comparison, which no single sentence answers.

    >>> is_broad("We are setting up a panel. What should we think about?"), is_broad("Who pays for it?")
    (True, False)
    """
    return is_advice(question) or is_comparison(question)


def is_comparison(question: str) -> bool:
    """Return whether a question asks how things differ or what they share."""
    return _COMPARES.search(question) is not None


def is_advice(question: str) -> bool:
    """Return whether a question asks for advice or examples."""
    return _ADVICE.search(question) is not None


@lru_cache(maxsize=16384)
def question_word(question: str) -> str:
    """Return the first question word, ``yes or no`` where it opens with a verb, else an empty string.

    >>> question_word("By how much did it rise?"), question_word("Does it rise?"), question_word("rise of fees")
    ('how much', 'yes or no', '')
    """
    found = _QUESTION_WORD.search(question)
    if found:
        return found[0].lower()
    return "yes or no" if _YES_OR_NO.match(question) else ""


def as_definition(question: str) -> str:
    """Return a question for the meaning of a term as "What is …?", which the search understands best; else unchanged.

    >>> as_definition("lock keeper meaning"), as_definition("define tidal gates"), as_definition("What does it mean?")
    ('What is lock keeper?', 'What are tidal gates?', 'What does it mean?')
    """
    asked = _DEFINES.fullmatch(question.strip().rstrip("?.! "))
    term = asked and (asked["before"] or asked["between"] or asked["behind"])
    if not term or len(term.split()) > LONGEST_TERM or _POINTER.fullmatch(term):
        return question
    return f"What {'are' if _PLURAL.fullmatch(term.split()[-1]) else 'is'} {term}?"


def is_counted(question: str, words: str) -> bool:
    """Return whether a number stands shortly before what "how many …" or "number of …" asks for.

    >>> is_counted("How many boats are licensed?", "In May 40 more boats left.")
    True
    """
    asked = _COUNTED.search(question)
    return asked is not None and _has_number_of(asked[1], words)


def is_uncounted(question: str, words: str) -> bool:
    """Return whether a count is asked for, and no number stands shortly before what is counted.

    >>> is_uncounted("How many boats are licensed?", "In May 40 crews of rowers left in their boats.")
    True
    """
    asked = _COUNTED.search(question)
    return asked is not None and not _has_number_of(asked[1], words)


def _has_number_of(counted: str, words: str) -> bool:
    noun = stem(counted.lower())
    said = _TOKEN.findall(words)
    return any(
        stem(word.lower()) == noun and any(map(_HOLDS["count"].fullmatch, said[max(0, place - 4) : place]))
        for place, word in enumerate(said)
    )
