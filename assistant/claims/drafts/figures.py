"""Figures and dates of a sentence as comparable values, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from assistant.text.caching import kept
from assistant.text.dates import MONTHS
from assistant.text.terms import content_terms

Kind = Literal["year", "month", "day", "share", "pounds", "euros", "dollars", "duration", "frequency", "number"]
Bound = Literal["least", "most", ""]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, what it counts, and the words that say it."""

    kind: Kind
    value: float
    """A year of two parts (2024-25) is 2024.25; a month is counted from the year 0 where its year is known (2024-03 is
    24291), else 1 to 12; a share is in per cent; a duration, and the time between two of what is frequent, in days."""
    words: str
    bound: Bound = ""
    """Whether the words before it make it a lower or an upper bound."""
    counts: frozenset[str] = frozenset()
    """Stems of the words behind a plain number, up to three: what it counts."""

    def equals(self, other: Figure) -> bool:
        """Return whether both have the same value and kind; a two-part year also equals its first and last year."""
        if self.kind != other.kind:
            return False
        if self.kind == "year" and (self.value % 1 == 0) != (other.value % 1 == 0):
            return bool(_years(self) & _years(other))
        if self.kind == "month" and (self.value > 12) != (other.value > 12):
            return (self.value - 1) % 12 == (other.value - 1) % 12
        return abs(self.value - other.value) <= 1e-6 * max(abs(self.value), 1.0)


_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, float] = {
    word: float(number) for number, word in enumerate([*_SMALL, "seventeen", "eighteen", "nineteen", *_TENS[:1]], 1)
}
_WORDS |= {word: 10.0 * tens for tens, word in enumerate(_TENS, 2)}
_WORDS |= {f"{tens}-{one}": _WORDS[tens] + _WORDS[one] for tens in _TENS for one in _SMALL[:9]}
_WORDS |= {"both": 2.0, "hundred": 100.0, "dozen": 12.0}
_PARTS: dict[str, float] = {"half": 2.0, "third": 3.0, "quarter": 4.0, "fifth": 5.0, "sixth": 6.0, "eighth": 8.0}
_PARTS |= {"tenth": 10.0}
_SCALES: dict[str, float] = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_SCALES |= {"trillion": 1e12}
_CURRENCIES: dict[str, Kind] = {"£": "pounds", "€": "euros", "$": "dollars"}
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4}
_DAYS |= {"year": 365.25, "decade": 3652.5}
_EVERY = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_EVERY |= {"annual": "year", "annually": "year"}
_MONTHS = [month.lower() for month in MONTHS]

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_FIGURE = re.compile(
    rf"""
    (?P<day>\b\d{{1,2}})\s(?P<month>{"|".join(_MONTHS)})\b(?:\s(?P<day_year>\d{{4}})\b)?
    | \b(?P<dated_month>{"|".join(_MONTHS)})\s(?P<month_year>\d{{4}})\b
    | \b(?P<month_alone>{"|".join(month for month in _MONTHS if month not in ("march", "may"))})\b
    | \b(?P<every>{"|".join(_EVERY)})\b | \b(?:every|each|once\sa)\s(?P<each>day|week|month|quarter|year)\b
    | (?<![\w£$€.,])(?P<lasting>{_NUMBER}|{_WORD})[\s-](?P<time>minute|hour|day|week|month|year|decade)s?\b(?!-olds?)
    | \b(?:PPN|[Ss]ection|[Pp]ages?|[Nn]otes?|[Tt]able|Chapter|No\.?)\s(?P<label>\d+(?:/\d+)?)
    | (?<![\d£$€.,])(?P<span>(?:19|20)\d\d)[-/](?P<span_end>\d\d(?:\d\d)?)\b(?!\d)
    | (?P<currency>[£$€])\s?(?P<money>{_NUMBER})\s?-?(?P<money_scale>thousand|million|billion|trillion|bn|mn|m|k)?\b
    | (?P<percent>{_NUMBER}|\b(?:{_WORD}))\s?(?:%|per\s?cent\b|percent\b)
    | \b(?P<some>{_WORD})\s(?:\w+\s){{1,2}}in\s(?P<all>ten|five|four|three|hundred)\b(?=\s\w+(?:ed|d|s|ve|re)\b|[.,;])
    | \b(?P<of>{_NUMBER}|{_WORD})\s(?:in|out\sof)\s(?:every\s)?(?P<out_of>(?!(?:19|20)\d\d)\d{{1,4}}(?!-)|{_WORD})\b
    | \b(?:(?P<parts>one|two|three|four|a|an)[\s-])(?P<part>{"|".join(_PARTS)})s?\b(?!\s(?:party|sector|parties)\b)
    | (?P<half>\bhalf\b)(?!\s(?:a\s)?(?:million|billion))
    | (?P<half_scale>\bhalf\sa\s(?:million|billion))\b
    | (?<![\d£$€.,])(?P<year>(?:19|20)\d\d)\b(?![,.]?\d)(?!\s(?:people|homes|staff|residents))
    | (?<![\w.,])(?P<number>{_NUMBER})(?![\d%])(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|m|k))?\b
    | \b(?P<word>{_WORD})\b(?:\s(?P<word_scale>thousand|million|billion))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?:at least|more than|over|above|upwards of|no fewer than|not less than|minimum of)\s*$", re.IGNORECASE
)
_MOST = re.compile(
    r"(?:at most|fewer than|less than|under|below|up to|as many as|as much as|no more than|within|inside)\s*$",
    re.IGNORECASE,
)


def figures(text: str) -> list[Figure]:
    """Return the figures of a text, in order.

    >>> [(f.kind, f.value) for f in figures("By March 2026 four in five firms paid £1.5m, or half, within 45 days.")]
    [('month', 24315.0), ('year', 2026.0), ('share', 80.0), ('pounds', 1500000.0), ('share', 50.0), ('duration', 45.0)]
    """
    return list(_figures(text))


@kept(1024)  # one claim stands beside several passages, and these beside several claims
def _figures(text: str) -> tuple[Figure, ...]:
    plain = re.sub(r"[\u2010-\u2015]", "-", text)
    return tuple(
        replace(figure, counts=_counted(plain[found.end() :])) if figure.kind == "number" else figure
        for found in _FIGURE.finditer(plain)
        for figure in _read(found, plain)
    )


def _read(found: re.Match[str], text: str) -> Iterator[Figure]:
    said, words = {name: value.lower() for name, value in found.groupdict().items() if value}, found[0]
    before = text[max(0, found.start() - 24) : found.start()]
    bound: Bound = "least" if _LEAST.search(before) else "most" if _MOST.search(before) else ""
    month = said.get("month") or said.get("dated_month") or said.get("month_alone")
    year = said.get("day_year") or said.get("month_year")
    if month:
        if "day" in said:
            yield Figure("day", float(said["day"]), words)
        yield Figure("month", _MONTHS.index(month) + 1.0 + 12 * int(year or 0), words, bound)
        if year:
            yield Figure("year", float(year), words, bound)
    elif "label" in said:
        return
    elif "span" in said:
        yield Figure("year", float(said["span"]) + float(said["span_end"][-2:]) / 100, words, bound)
    elif "every" in said or "each" in said:
        yield Figure("frequency", _DAYS[said.get("each") or _EVERY[said["every"]]], words)
    elif "lasting" in said:
        yield Figure("duration", _number(said["lasting"]) * _DAYS[said["time"]], words, bound)
    elif "currency" in said:
        yield Figure(
            _CURRENCIES[said["currency"]],
            _number(said["money"]) * _SCALES.get(said.get("money_scale", ""), 1.0),
            words,
            bound,
        )
    elif "percent" in said:
        yield Figure("share", _number(said["percent"]), words, bound)
    elif "of" in said or "some" in said:
        of, out_of = _number(said.get("of") or said["some"]), _number(said.get("out_of") or said["all"])
        if 0 < of < out_of:
            yield Figure("share", 100 * of / out_of, words, bound)
        else:
            yield Figure("number", of, words, bound)
            yield Figure("number", out_of, words)
    elif "part" in said:
        yield Figure("share", 100 * _WORDS.get(said["parts"], 1.0) / _PARTS[said["part"]], words, bound)
    elif "half" in said:
        yield Figure("share", 50.0, words, bound)
    elif "half_scale" in said:
        yield Figure("number", 0.5 * _SCALES[words.lower().split()[-1]], words, bound)
    elif "year" in said:
        yield Figure("year", float(said["year"]), words, bound)
    elif "number" in said:
        yield Figure("number", _number(said["number"]) * _SCALES.get(said.get("scale", ""), 1.0), words, bound)
    elif said.get("word") != "one":  # "one" mostly counts nothing: "one of them", "no one"
        yield Figure("number", _WORDS[said["word"]] * _SCALES.get(said.get("word_scale", ""), 1.0), words, bound)


def _counted(behind: str) -> frozenset[str]:
    clause = re.split(r"[,.;:()]", behind, maxsplit=1)[0]
    return frozenset(content_terms(" ".join(clause.replace("-", " ").split()[:3])))


def _number(words: str) -> float:
    return _WORDS[words] if words in _WORDS else float(words.replace(",", ""))


def _years(figure: Figure) -> set[int]:
    first = int(figure.value)
    last = round((figure.value - first) * 100)
    return {first} if not last else {first, first - first % 100 + last}
