"""Dates: another year, another month, or the other side of a deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.text.dates import MONTHS
from evals.making.alterations.change import Alteration, Edit, pick, pick_edit, stands_in

_MONTH = re.compile(rf"(?<![\w-])(?:{'|'.join(MONTHS)})(?=[,.;:)]? \d|[.,;)]|$| (?:contained|plan|date|announced|and))")
_YEAR = re.compile(r"(?<![\w£.,–/-])(?P<first>(?:19|20)\d\d)(?:(?P<dash>[-–/])(?P<last>\d\d(?:\d\d)?))?(?![\w%])")
_IN_A_NAME_BEFORE = re.compile(r"(?:\bAct|[Cc]lean power|power|Framework|Spent|Outcome|Order|Strategy) (?:\(\w+ )?$")
_IN_A_NAME_AFTER = re.compile(r"^(?: Act\b| Order\b|\)? \(chapter)")
_BEFORE_A_DATE = r"(?:the end of |late |early |mid-|spring |summer |autumn |\d{1,2} )"
_DEADLINE = re.compile(rf"\b(?P<word>by|before|after|until|since|from)(?= {_BEFORE_A_DATE}*$)", re.IGNORECASE)
_EARLIER = frozenset(("since", "from", "by", "after", "between"))
_LATER = frozenset(("until", "till", "before", "to"))
_OTHER_SIDE = {"by": "after", "before": "after", "after": "before", "since": "until"}


def date(sentence: str, context: str) -> Alteration | None:
    """A year or a month becomes another that the context does not hold, or "by 2028" becomes "after 2028"."""
    edits = [*_other_years(sentence, context), *_other_months(sentence, context)]
    sides = list(_other_sides(sentence))
    if sides and (not edits or pick((True, False), "side", sentence)):
        edits = sides
    return pick_edit(edits, sentence, "date")


def _years(sentence: str) -> Iterator[re.Match[str]]:
    for found in _YEAR.finditer(sentence):
        in_a_name = _IN_A_NAME_BEFORE.search(sentence[: found.start()]) or _IN_A_NAME_AFTER.match(
            sentence[found.end() :]
        )
        if not in_a_name:
            yield found


def _direction(sentence: str, start: int) -> int:
    """Where a changed date may go without saying less: -1 earlier, 1 later, 0 either way."""
    before = re.search(
        r"(\w+)(?: (?:the end of|late|early|mid|spring|summer|autumn|\d{1,2}|[A-Z][a-z]+))*[ -]$", sentence[:start]
    )
    word = before.group(1).lower() if before else ""
    if word in _EARLIER:
        return -1
    return 1 if word in _LATER else 0


def _other_years(sentence: str, context: str) -> Iterator[Edit]:
    for found in _years(sentence):
        direction = _direction(sentence, found.start())
        steps = [step for step in (-3, -2, -1, 1, 2, 3) if step * direction >= 0]
        texts = [_moved(found, step) for step in steps]
        free = [text for text in texts if not stands_in(text[:4], context) and not stands_in(text, context)]
        if free:
            yield Edit(*found.span(), pick(free, "year", sentence, found.group()))


def _moved(found: re.Match[str], years: int) -> str:
    """A year or a span of years, moved: 2025-26 by 1 gives 2026-27."""
    first = str(int(found["first"]) + years)
    if not found["last"]:
        return first
    last = str(int(found["last"]) + years)
    return f"{first}{found['dash']}{last.zfill(len(found['last']))}"


def _other_months(sentence: str, context: str) -> Iterator[Edit]:
    for found in _MONTH.finditer(sentence):
        direction, index = _direction(sentence, found.start()), MONTHS.index(found.group())
        others = [
            month
            for number, month in enumerate(MONTHS)
            if 2 <= abs(number - index) <= 5 and (number - index) * direction >= 0
        ]
        day = re.search(r"\b(\d+) $", sentence[: found.start()])
        free = [month for month in others if not stands_in(month, context) and not (day and int(day[1]) > 28)]
        if free:
            yield Edit(*found.span(), pick(free, "month", sentence, found.group()))


def _other_sides(sentence: str) -> Iterator[Edit]:
    starts = [found.start() for found in _years(sentence)] + [found.start() for found in _MONTH.finditer(sentence)]
    for start in sorted(set(starts)):
        found = _DEADLINE.search(sentence[:start])
        if found and found["word"].lower() in _OTHER_SIDE:
            new = _OTHER_SIDE[found["word"].lower()]
            yield Edit(*found.span("word"), new.capitalize() if found["word"][0].isupper() else new)
