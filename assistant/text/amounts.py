"""Reads figures, sums, shares, durations and dates, in words or digits, as values that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from assistant.text.caching import kept
from assistant.text.dates import MONTHS
from assistant.text.terms import stem

Kind = Literal[
    "year",
    "month",
    "day",
    "season",
    "share",
    "points",
    "pounds",
    "euros",
    "dollars",
    "duration",
    "frequency",
    "ordinal",
    "label",
    "number",
]
DATES: frozenset[Kind] = frozenset(("year", "month", "day", "season"))
Bound = Literal["least", "most", "about", ""]


@dataclass(frozen=True, slots=True)
class Amount:
    """A value, what it counts, and the words that say it."""

    kind: Kind
    value: float
    """A year of two parts (2024-25) is 2024.25; a month is counted from the year 0 where its year is known (2024-03 is
    24291), else 1 to 12; a share is in per cent; a duration, and the time between two of what is frequent, in days."""
    words: str
    bound: Bound = ""
    """Whether the words before it make it a lower or an upper bound, or a rough figure."""
    counts: frozenset[str] = frozenset()
    """Stems of the longer of the five words behind a number: what it counts."""
    step: float = 0.0
    """What its last digit is worth: 0.1 million for "1.5 million"; 0 for an exact fraction and for dates."""

    def equals(self, other: Amount) -> bool:
        """Return whether both have the same value and kind; a two-part year also equals its first and last year."""
        if self.kind != other.kind:
            return False
        if self.kind == "year" and (self.value % 1 == 0) != (other.value % 1 == 0):
            return bool(_years(self) & _years(other))
        if self.kind == "month" and (self.value > 12) != (other.value > 12):
            return (self.value - 1) % 12 == (other.value - 1) % 12
        return abs(self.value - other.value) <= (0.0 if self.kind in DATES else 1e-6 * abs(self.value))

    def follows_from(self, other: Amount) -> bool:
        """Return whether this may be said where the other stands: it is equal, a rounding, or a bound that holds.

        >>> about, exact = amounts("about £3.5bn")[0], amounts("£3.52bn")[0]
        >>> about.follows_from(exact), exact.follows_from(about)
        (True, False)
        """
        if self.equals(other):
            return True
        if self.kind != other.kind or self.kind in DATES or self.kind in ("ordinal", "label"):
            return False
        apart, size = abs(self.value - other.value), abs(self.value)
        if (self.step == 0 or other.step == 0) and apart <= max(self.step, other.step) / 2:
            return True  # "two-thirds" and "67%"
        if self.bound and apart <= _ROUGHLY * size:
            return True
        if (self.bound == "least" and self.value <= other.value) or (
            self.bound == "most" and self.value >= other.value
        ):
            return apart <= _WITHIN_BOUND * size
        return size >= 10 * self.step and other.step < self.step and apart < self.step / 2


_ROUGHLY = 0.06
_WITHIN_BOUND = 0.25
_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, float] = {
    word: float(number) for number, word in enumerate([*_SMALL, "seventeen", "eighteen", "nineteen", *_TENS[:1]], 1)
}
_WORDS |= {word: 10.0 * tens for tens, word in enumerate(_TENS, 2)}
_WORDS |= {f"{tens}{joint}{one}": _WORDS[tens] + _WORDS[one] for tens in _TENS for one in _SMALL[:9] for joint in "- "}
_WORDS |= {"a hundred": 100.0, "hundred": 100.0, "half a dozen": 6.0, "a dozen": 12.0, "a thousand": 1e3}
_WORDS |= {"a million": 1e6, "a billion": 1e9, "half a million": 5e5, "half a billion": 5e8}
_WORDS |= {"a million and a half": 1.5e6, "one and a half million": 1.5e6, "a quarter of a million": 2.5e5}
_ORDINALS = {
    word: float(value)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_PARTS: dict[str, float] = {"half": 2.0, "third": 3.0, "quarter": 4.0, "fifth": 5.0, "sixth": 6.0, "eighth": 8.0}
_PARTS |= {"tenth": 10.0}
_SCALES: dict[str, float] = {"hundred": 100.0, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6}
_SCALES |= {"billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12}
_CURRENCIES: dict[str, Kind] = {
    "£": "pounds",
    "€": "euros",
    "$": "dollars",
    "p": "pounds",
    "e": "euros",
    "d": "dollars",
}
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 365.25 / 12}
_DAYS |= {"quarter": 365.25 / 4, "year": 365.25, "decade": 3652.5}
_EVERY = {"daily": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month", "quarterly": "quarter"}
_EVERY |= {"yearly": "year", "annual": "year", "annually": "year"}
_TIMES = {"once": 1.0, "twice": 2.0, "three times": 3.0, "four times": 4.0, "six times": 6.0, "twelve times": 12.0}
_MONTHS = [month.lower() for month in MONTHS]
_SEASONS = ("spring", "summer", "autumn", "winter")

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True)).replace(" ", r"\s")  # a bare space means nothing below
_TIMES_A = "|".join(_TIMES).replace(" ", r"\s")
_MONTH = "|".join([*_MONTHS, "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"])  # short ones beside a day or year only
_SCALE = "hundred|thousand|million|billion|trillion|bn|mn|tn|m|k"
_PERIOD = "minute|hour|day|week|fortnight|month|quarter|year|decade"
_FIGURE = re.compile(
    rf"""
    (?P<iso>\b(?:19|20)\d\d-\d\d-\d\d\b)
    | (?P<day>\b\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})\b(?:,?\s(?P<day_year>\d{{4}})\b)?
    | \b(?P<us_month>{_MONTH})\s(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<us_year>\d{{4}})\b)?(?!\d)
    | \b(?P<dated_month>{_MONTH}),?\s(?:of\s)?(?P<month_year>(?:19|20)\d\d)\b
    | \b(?P<month_alone>{"|".join(month for month in _MONTHS if month not in ("march", "may"))})\b
    | (?:(?<=\bin\s)|(?<=\bby\s)|(?<=since\s)|(?<=until\s)|(?<=last\s)|(?<=next\s))(?P<spring_month>(?-i:March|May))\b
    | \b(?P<season>{"|".join(_SEASONS)})\s(?:of\s)?(?P<season_year>(?:19|20)\d\d)\b
    | \b(?:(?P<every_few>{_NUMBER}|{_WORD})[\s-])?(?P<every>{"|".join(_EVERY)})\b
    | \b(?:every|each|(?P<times>{_TIMES_A})\s(?:a|every|each))\s(?P<each>{_PERIOD})\b
    | \bevery\s(?P<every_number>{_NUMBER}|{_WORD})\s(?P<every_period>{_PERIOD})s\b
    | \b(?:a|one)\s(?P<and_half>{_PERIOD})\sand\sa\shalf\b
    | \bhalf\san?\s(?P<half_period>{_PERIOD})\b
    | (?:(?<=\bin\s)|(?<=within\s)|(?<=after\s))(?:a|one)\s(?P<one_period>{_PERIOD})\b
    | (?<![\w£$€.,])(?P<lasting>{_NUMBER}|{_WORD})[\s-]
      (?P<time>minute|hour|day|week|fortnight|month|year|decade)s?\b(?!-olds?)
    | \b(?:PPN|[Ss]ections?|[Pp]ages?|[Nn]otes?|[Tt]able|[Cc]hapter|[Aa]rticle|[Cc]lause)\s(?P<label>\d+(?:/\d+)?)\b
    | \b(?:No\.?|Number)\s(?P<address>1[01])\b
    | (?<![\d£$€.,])(?P<span>(?:19|20)\d\d)[-/](?P<span_end>\d\d(?:\d\d)?)\b(?!\d)
    | [£$€](?P<one_of>\d+)\s(?:in|of|out\sof)\severy\s[£$€](?P<every_of>\d+)\b
    | (?P<currency>[£$€])\s?(?P<money>{_NUMBER})\s?-?(?P<money_scale>{_SCALE})?\b
    | (?<![\w.,])(?P<sum>{_NUMBER}|{_WORD})\s(?:(?P<sum_scale>{_SCALE})\s)?(?P<coin>pounds?|euros?|dollars?)\b
    | (?<![\w.,])(?P<points>{_NUMBER}|{_WORD})[\s-]percentage[\s-]points?\b
    | (?P<percent>{_NUMBER}|\b(?:{_WORD}))\s?(?:%|per\s?cent\b|percent\b)
    | \b(?P<some>{_WORD})\s(?:\w+\s){{1,2}}in\s(?P<all>ten|five|four|three|hundred)\b(?=\s\w+(?:ed|d|s|ve|re)\b|[.,;])
    | \b(?P<of>{_NUMBER}|{_WORD})\s(?:in|out\sof)\s(?:every\s)?(?P<out_of>(?!(?:19|20)\d\d)\d{{1,4}}(?!-)|{_WORD})\b
    | \b(?:(?P<parts>one|two|three|four|a|an)[\s-])(?P<part>{"|".join(_PARTS)})s?\b(?!\s(?:party|sector|parties)\b)
    | (?P<half>\bhalf\b|\bhalv(?:e|es|ed|ing)\b)(?!\sa\s(?:million|billion|dozen))
    | (?<![\d£$€.,])(?P<year>(?:19|20)\d\d)s?\b(?![,.]?\d)(?!\s(?:people|homes|staff|residents))
    | (?<![\w.,])(?P<nth>\d+)(?:st|nd|rd|th)\b
    | (?<![\w.,])(?P<number>{_NUMBER})(?![\d%])(?:\s?(?P<scale>{_SCALE}))?\b
    | \b(?P<and_scale>{_WORD})\sand\sa\shalf\s(?P<half_scale>million|billion)\b
    | \b(?P<ordinal>{"|".join(_ORDINALS)})\b
    | \b(?P<word>{_WORD})\b(?:\s(?P<word_scale>hundred|thousand|million|billion)(?:\sand\s(?P<rest>{_WORD}))?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?:at least|more than|over|above|upwards of|no fewer than|no less than|not less than|minimum of|well over|"
    r"just over|exceeding|excess of|beyond)\s(?:the\s|a\s)?$",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"(?:at most|fewer than|less than|under|below|up to|as many as|as much as|no more than|not more than|within|inside|"
    r"maximum of)\s(?:the\s|a\s)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|around|roughly|some|nearly|almost|approximately|close to|approaching|broadly|circa)\s(?:the\s|a\s)?$",
    re.IGNORECASE,
)


def amounts(text: str) -> tuple[Amount, ...]:
    """Return the figures and dates of a text, in order.

    >>> [(f.kind, f.value) for f in amounts("By March 2026 four in five firms paid £1.5m, or half, within 45 days.")]
    [('month', 24315.0), ('year', 2026.0), ('share', 80.0), ('pounds', 1500000.0), ('share', 50.0), ('duration', 45.0)]
    """
    return _amounts(text)


@kept(1024)  # one claim stands beside several passages, and these beside several claims
def _amounts(text: str) -> tuple[Amount, ...]:
    plain = re.sub(r"[\u2010-\u2015]", "-", text).replace("\u00a0", " ")
    return tuple(
        replace(amount, counts=_counted(plain[found.end() :])) if amount.kind in ("number", "ordinal") else amount
        for found in _FIGURE.finditer(plain)
        for amount in _read(found, plain)
    )


def _month_number(month: str) -> int:
    """Return 1 to 12 for a month's name or its short form, in lower case."""
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(month[:3]))


def _read(found: re.Match[str], text: str) -> Iterator[Amount]:
    said = {name: value.lower() for name, value in found.groupdict().items() if value}
    words = found[0]
    before = text[max(0, found.start() - 24) : found.start()]
    bound: Bound = "least" if _LEAST.search(before) else "most" if _MOST.search(before) else ""
    bound = bound or ("about" if _ABOUT.search(before) else "")
    if "iso" in said:
        year, number, day = map(int, said["iso"].split("-"))
        yield from _date(float(year), number, float(day), words, bound)
        return
    named = ("month", "us_month", "dated_month", "month_alone", "spring_month")
    month = next((said[name] for name in named if name in said), None)
    if month:
        year_words = next((said[name] for name in ("day_year", "us_year", "month_year") if name in said), "0")
        day_words = said.get("day") or said.get("us_day") or "0"
        yield from _date(float(year_words), _month_number(month), float(day_words), words, bound)
    elif "season" in said:
        yield Amount("season", float(_SEASONS.index(said["season"])), words, bound)
        yield Amount("year", float(said["season_year"]), words, bound)
    elif "address" in said:
        return
    elif "label" in said:
        yield Amount("label", _number(said["label"].partition("/")[0]), words)
    elif "span" in said:
        yield Amount("year", float(said["span"]) + float(said["span_end"][-2:]) / 100, words, bound)
    elif "every" in said or "each" in said:
        period = _DAYS[said.get("each") or _EVERY[said["every"]]] * _number(said.get("every_few", "1"))
        yield Amount("frequency", period / _TIMES.get(said.get("times", ""), 1.0), words)
    elif "every_number" in said:
        yield Amount("frequency", _number(said["every_number"]) * _DAYS[said["every_period"]], words)
    elif "and_half" in said:
        yield Amount("duration", 1.5 * _DAYS[said["and_half"]], words, bound)
    elif "half_period" in said:
        yield Amount("duration", 0.5 * _DAYS[said["half_period"]], words, bound)
    elif "one_period" in said:
        yield Amount("duration", _DAYS[said["one_period"]], words, bound)
    elif "lasting" in said:
        days = _DAYS[said["time"]]
        yield Amount("duration", _number(said["lasting"]) * days, words, bound, step=_step(said["lasting"]) * days)
    elif "one_of" in said:
        if int(said["every_of"]):
            yield Amount("share", 100 * _number(said["one_of"]) / _number(said["every_of"]), words, bound)
    elif "currency" in said:
        scale = _SCALES.get(said.get("money_scale", ""), 1.0)
        kind = _CURRENCIES[said["currency"]]
        yield Amount(kind, _number(said["money"]) * scale, words, bound, step=_step(said["money"]) * scale)
    elif "coin" in said:
        scale = _SCALES.get(said.get("sum_scale", ""), 1.0)
        kind = _CURRENCIES[said["coin"][0]]
        yield Amount(kind, _number(said["sum"]) * scale, words, bound, step=_step(said["sum"]) * scale)
    elif "points" in said:
        yield Amount("points", _number(said["points"]), words, bound, step=_step(said["points"]))
    elif "percent" in said:
        yield Amount("share", _number(said["percent"]), words, bound, step=_step(said["percent"]))
    elif "of" in said or "some" in said:
        of, out_of = _number(said.get("of") or said["some"]), _number(said.get("out_of") or said["all"])
        if 0 < of < out_of:
            yield Amount("share", 100 * of / out_of, words, bound)
        else:
            yield Amount("number", of, words, bound, step=1.0)
            yield Amount("number", out_of, words, step=1.0)
    elif "part" in said:
        yield Amount("share", 100 * _WORDS.get(said["parts"], 1.0) / _PARTS[said["part"]], words, bound)
    elif "half" in said:
        yield Amount("share", 50.0, words, bound)
    elif "year" in said:
        yield Amount("year", float(said["year"]), words, bound)
    elif "nth" in said or "ordinal" in said:
        yield Amount("ordinal", _ORDINALS.get(said.get("ordinal", ""), 0.0) or float(said.get("nth", 2)), words)
    elif "number" in said:
        scale = _SCALES.get(said.get("scale", ""), 1.0)
        yield Amount("number", _number(said["number"]) * scale, words, bound, step=_step(said["number"]) * scale)
    elif "and_scale" in said:
        scale = _SCALES[said["half_scale"]]
        yield Amount("number", (_WORDS[said["and_scale"]] + 0.5) * scale, words, bound, step=0.1 * scale)
    elif said.get("word") != "one" or "word_scale" in said:  # "one" mostly counts nothing: "one of them", "no one"
        scale = _SCALES.get(said.get("word_scale", ""), 1.0)
        value = _WORDS[said["word"]] * scale + _WORDS.get(said.get("rest", ""), 0.0)
        yield Amount("number", value, words, bound, step=scale)


def _date(year: float, month: int, day: float, words: str, bound: Bound) -> Iterator[Amount]:
    """Yield day, month and year, as many as are known (0 for none)."""
    if day:
        yield Amount("day", day, words)
    yield Amount("month", month + 12 * year, words, bound)
    if year:
        yield Amount("year", year, words, bound)


def _counted(behind: str) -> frozenset[str]:
    clause = re.split(r"[,.;:()|]", behind, maxsplit=1)[0]
    return frozenset(stem(word) for word in clause.lower().replace("-", " ").split()[:5] if len(word) > 3)


def _number(words: str) -> float:
    return _WORDS[words] if words in _WORDS else float(words.replace(",", ""))


def _step(words: str) -> float:
    """Return what the last digit as written is worth."""
    return 1.0 if words in _WORDS else 10.0 ** -len(words.partition(".")[2])


def _years(amount: Amount) -> set[int]:
    first = int(amount.value)
    last = round((amount.value - first) * 100)
    return {first} if not last else {first, first - first % 100 + last}
