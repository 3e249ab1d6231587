"""Reads numbers, sums, shares, durations and dates, in words or digits, into one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.text.dates import MONTHS

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "tn": 1_000_000_000_000,
    "dozen": 12,
}
ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
LENGTHS = frozenset("second minute hour day week month year decade century".split())
_MONTHS = tuple(month.lower() for month in MONTHS)
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"sept": "september"}
RATES = {
    "daily": "day",
    "everyday": "day",
    "weekly": "week",
    "fortnightly": "fortnight",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
}
_MULTIPLES = {
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "doubling": 2,
    "doubles": 2,
    "twofold": 2,
    "thrice": 3,
    "treble": 3,
    "trebled": 3,
    "triple": 3,
    "tripled": 3,
    "quadrupled": 4,
}
_SPACED = {"3 month": "quarter", "12 month": "year", "2 week": "fortnight"}
_TIMES: dict[tuple[str, ...], str] = {
    ("four", "times", "a", "year"): "quarter",
    ("twelve", "times", "a", "year"): "month",
}
_PERIODS = LENGTHS | {"quarter", "fortnight"}
_DIGITS = re.compile(r"([£$€]?)(\d[\d,]*(?:\.\d+)?)(%|[a-z]+)?")
_SPAN = re.compile(r"((?:19|20)\d\d)[-–/](\d\d(?:\d\d)?)")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or date; ``kind`` is "figure", "date" or "rate"."""

    kind: str
    key: str
    words: int
    """How many words it takes up."""


def read_amount(words: Sequence[str], at: int) -> Amount | None:
    """Return the amount that begins at word ``at`` of ``words`` (lower case); None where there is none.

    >>> read_amount(["£5m"], 0).key, read_amount(["five", "million", "pounds"], 0).key
    ('£5000000', '£5000000')
    >>> read_amount(["10", "per", "cent"], 0).key, read_amount(["ten", "year", "plan"], 0).key
    ('10%', '10 year')
    """
    return _date(words, at) or _rate(words, at) or _share(words, at) or _number(words, at)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") else word


def _date(words: Sequence[str], at: int) -> Amount | None:
    word, following, before = words[at], _word(words, at + 1), _word(words, at - 1)
    span = _SPAN.fullmatch(word)
    if span:
        return Amount("date", f"{span[1]}-{span[2][-2:]}", 1)
    if re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d", word):
        return Amount("date", word, 1)
    unit = _singular(following)
    if _YEAR.fullmatch(word) and unit not in _PERIODS | set(_SCALES) | {"%", "per", "percent", "pound", "people"}:
        return Amount("date", word, 1)
    month = word if word in _MONTHS else _SHORT_MONTHS.get(word.rstrip("."), "")
    if month and (month not in ("march", "may") and word in MONTHS):
        return Amount("date", month, 1)
    dated = re.fullmatch(r"\d{1,4}(?:st|nd|rd|th)?", following) or re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", before)
    if month and (dated or (month in ("march", "may") and before in ("in", "since", "until", "last", "early", "late"))):
        return Amount("date", month, 1)
    return None


def _rate(words: Sequence[str], at: int) -> Amount | None:
    word, following = words[at], _word(words, at + 1)
    if word in RATES:
        return Amount("rate", RATES[word], 1)
    spaced = f"{NUMBERS.get(following, following)} {_singular(_word(words, at + 2))}"
    if word == "every" and spaced in _SPACED:
        return Amount("rate", _SPACED[spaced], 3)
    if tuple(words[at : at + 4]) in _TIMES:
        return Amount("rate", _TIMES[tuple(words[at : at + 4])], 4)
    if word in ("per", "each", "every", "a", "an") and following in _PERIODS:
        after = _word(words, at + 2)
        if word in ("a", "an") and (after in ("later", "ago", "earlier", "after", "before", "long", "on") or at == 0):
            return Amount("figure", "10 year" if following == "decade" else f"1 {following}", 2)
        if word in ("a", "an") and following in ("quarter", "second", "decade"):
            keys = {"quarter": "1/4", "decade": "10 year"}
            return Amount("figure", keys[following], 2) if following in keys else None
        return Amount("rate", following, 2)
    return None


def _share(words: Sequence[str], at: int) -> Amount | None:
    """Read fractions and "nine in ten"; "two-thirds" comes as two words."""
    word, following = words[at], _word(words, at + 1)
    if word in ("half", "halves", "halve", "halved", "halving"):
        return Amount("figure", "1/2", 1)
    if word in _MULTIPLES:
        return Amount("figure", f"x{_MULTIPLES[word]}", 1)
    count = 1 if word in ("a", "one") else NUMBERS.get(word, 0)
    part = _PARTS.get(following if count == 1 else _singular(following), 0)
    if following == "quarters":
        part = 4
    if count and part and (count > 1) == following.endswith("s"):
        return Amount("figure", str(Fraction(count, part)), 2)
    if count and following == "times":
        return Amount("figure", f"x{count}", 2)
    for joint in (("in",), ("out", "of")):
        if tuple(words[at + 1 : at + 1 + len(joint)]) == joint:
            of = NUMBERS.get(_word(words, at + 1 + len(joint)), 0)
            if count and of in (2, 3, 4, 5, 6, 8, 10, 20) and of > count:
                return Amount("figure", str(Fraction(count, of)), len(joint) + 2)
    return None


def _number(words: Sequence[str], at: int) -> Amount | None:
    word = words[at]
    currency, value, suffix, used = "", 0.0, "", 1
    digits = _DIGITS.fullmatch(word)
    if digits:
        currency, suffix = digits[1], digits[3] or ""
        value = float(digits[2].replace(",", ""))
        if suffix in ("st", "nd", "rd", "th"):
            month = _word(words, at + 1)
            return Amount("figure", f"{value:g}" if month in _MONTHS else f"{value:g}th", 1)
        if suffix and suffix != "%" and suffix not in _SCALES:
            return None
    elif (word in NUMBERS and word != "zero") or (word in ("a", "several") and _word(words, at + 1) == "dozen"):
        value = float(NUMBERS.get(word, 1))
        if value >= 20 and 0 < NUMBERS.get(_word(words, at + 1), 0) < 10:
            value += NUMBERS[words[at + 1]]
            used = 2
    elif word in ORDINALS:
        return Amount("figure", f"{ORDINALS[word]}th", 1)
    else:
        return None
    value *= _SCALES.get(suffix, 1)
    while _word(words, at + used) in _SCALES and not (suffix in _SCALES and used == 1):
        value *= _SCALES[words[at + used]]
        used += 1
    unit, more = _unit(words, at + used, suffix)
    if unit == " decade":
        value, unit = 10 * value, " year"
    if unit in "£$€" and not currency:
        currency, unit = unit, ""
    if word == "one" and not unit and used == 1:
        return None  # "one of the reasons"
    return Amount("figure", f"{currency}{value:.10g}{unit}", used + more)


def _unit(words: Sequence[str], at: int, suffix: str) -> tuple[str, int]:
    """Return the unit after a number, and how many words it takes up."""
    word, following = _word(words, at), _word(words, at + 1)
    if suffix == "%":
        return "%", 0
    if word in ("%", "percent"):
        return "%", 1
    if word == "per" and following == "cent":
        return "%", 2
    if word == "percentage" and _singular(following) == "point":
        return "%", 2
    if word in ("pounds", "pound", "sterling"):
        return "£", 1
    if word in ("euros", "euro"):
        return "€", 1
    if word in ("dollars", "dollar"):
        return "$", 1
    if _singular(word) in LENGTHS:
        return f" {_singular(word)}", 1
    return "", 0
