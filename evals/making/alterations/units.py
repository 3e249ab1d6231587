"""Units: millions for billions, weeks for months, amounts for shares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.making.alterations.change import Alteration, Edit, pick, pick_edit
from evals.making.alterations.figures import bound

_LENGTHS = ("second", "minute", "hour", "day", "week", "month", "year", "decade")
_COUNT = r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several)"
_LENGTH = re.compile(
    rf"\b(?P<count>{_COUNT})(?P<gap>[ -])(?P<unit>minute|hour|day|week|month|year)(?P<plural>s?)\b(?!-olds?)"
)
_BIG = re.compile(r"(?P<count>£?\d[\d.,]*|\btwo) (?P<unit>million|billion)\b")
_SHARE = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?:%| per cent)")
_MONEY_AFTER = re.compile(r"^ of (?:a £|(?:its |the )?(?:spending|budget))")
_PLURAL_AFTER = re.compile(r" of the (?:government's |large |local )*[a-z]{3,}s\b(?<!marks)")
_PER_YEAR = re.compile(r"(?<=[a-z\d]) a (?P<unit>year|week)\b(?! (?:later|ago|after|before|on))")
_AMOUNT_BEFORE = re.compile(r"(?:\d|million|billion|dwellings|people|days|children|consents)(?: [a-z]+){0,3}$")
_OFTEN = {
    "every quarter": "every year",
    "every year": "every month",
    "each year": "each month",
    "each quarter": "each year",
    "yearly": "monthly",
    "annually": "monthly",
    "annual": "monthly",
    "quarterly": "yearly",
    "a week later": "a month later",
    "a year later": "a month later",
    "a decade": "a year",
    "an annual": "a monthly",
}
_FREQUENCY = re.compile(rf"\b(?:{'|'.join(sorted(_OFTEN, key=len, reverse=True))})\b", re.IGNORECASE)


def unit(sentence: str, context: str) -> Alteration | None:
    """One amount keeps its number and gets another unit."""
    edits = [*_lengths(sentence), *_magnitudes(sentence), *_shares(sentence), *_rates(sentence)]
    return pick_edit([edit for edit in edits if edit.new.isdigit() or edit.new not in context], sentence, "unit")


def _lengths(sentence: str) -> Iterator[Edit]:
    for found in _LENGTH.finditer(sentence):
        place, direction = _LENGTHS.index(found["unit"]), bound(sentence, *found.span("count"))
        steps = [direction] if direction else [-1] if found["gap"] == "-" else [-1, 1]
        others = [_LENGTHS[place + step] for step in steps]
        start, end = found.span("unit")
        yield Edit(start, end, pick(others, "length", sentence, found.group()))


def _magnitudes(sentence: str) -> Iterator[Edit]:
    for found in _BIG.finditer(sentence):
        direction = bound(sentence, *found.span("count"))
        other = {"million": "billion", "billion": "million"}[found["unit"]]
        if direction != (-1 if other == "billion" else 1):
            yield Edit(*found.span("unit"), other)
        if found["count"].startswith("£"):
            yield Edit(found.start("count"), found.start("count") + 1, "€")


def _shares(sentence: str) -> Iterator[Edit]:
    """A share becomes an amount; a plain "40% of replies" becomes 40 replies where the number is whole."""
    for found in _SHARE.finditer(sentence):
        after, whole = sentence[found.end() :], "." not in found["count"]
        if _MONEY_AFTER.match(after):
            yield Edit(*found.span(), f"£{found['count']} million")
        elif whole and _PLURAL_AFTER.match(after):
            yield Edit(*found.span(), found["count"])
        elif whole and re.match(r" more [a-z]+s\b", after):
            yield Edit(*found.span(), f"{found['count']} million")
        elif re.match(r" less\b", after):
            yield Edit(*found.span(), f"£{found['count']}")
        elif re.match(r" (?:improvement|efficiency savings|ambition)", after):
            yield Edit(*found.span(), f"£{found['count']} million")


def _rates(sentence: str) -> Iterator[Edit]:
    for found in _PER_YEAR.finditer(sentence):
        if _AMOUNT_BEFORE.search(sentence[: found.start()]):
            capped = re.search(r"\b(?:up to|under|as many as) (?:(?!, )[^;])*$", sentence[: found.start()]) is not None
            yield Edit(*found.span("unit"), "decade" if capped else "month" if found["unit"] == "year" else "day")
    for found in _FREQUENCY.finditer(sentence):
        new = _OFTEN[found.group().lower()]
        if "later" in new and bound(sentence, *found.span()):
            continue
        yield Edit(*found.span(), new.capitalize() if found.group()[0].isupper() else new)
