"""Numbers: another figure, another date, another unit.

A bound is never widened, since "at least 18" also says "at least 12": lower bounds are raised and upper bounds lowered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.text.dates import MONTHS
from evals.making.alterations.change import Alteration, Edit, draw, like, pick, pick_edit, stands_in

_MONTH = "|".join(MONTHS)
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_VALUES = {word: number for number, word in enumerate(_WORDS)} | {"seventeen": 17, "twenty": 20}
_FRACTIONS = {
    "a third": "two-thirds",
    "one third": "one half",
    "one-third": "one half",
    "two-thirds": "three-quarters",
    "two-fifths": "three-fifths",
    "nine in ten": "six in ten",
    "seven in ten": "four in ten",
    "four in five": "two in five",
    "twice": "three times",
    "doubled": "trebled",
}

_NUMBER = re.compile(
    r"(?<![\w£.,–/-])£?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\d|[A-Za-z–/]|[,.]\d|-(?!day|week|month|year|hour))"
)
_NUMBER_WORD = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_FRACTIONS)}|{'|'.join(word for word in _VALUES if _VALUES[word] > 1)})"
    r"(?!\w|-(?!day|week|month|year|hour)| in (?:five|ten))(?<!twice(?! as| the))",
    re.IGNORECASE,
)
_NOT_A_FIGURE_BEFORE = re.compile(
    r"(?:\b(?:No\.?|PPNs?|[Ss]ections?|chapter|CP|[Pp]ages?|pages \d+ to|[Ff]ootnotes?(?: [\d, and]+)?) |"
    r"\b(?:year|one) or |\bQ)$"
)
_NOT_A_FIGURE_AFTER = re.compile(rf"^(?: (?:{_MONTH})\b| Year\b| to \d+ (?:{_MONTH}))")
_YEAR_LIKE = re.compile(r"^(?:19|20)\d\d$")
_LOWER_BOUND = re.compile(
    r"\b(?:at least|more than|over|above|upwards of|beyond|minimum(?: of)?|exceeded|passed|top)"
    r"(?: (?:a|an|the|about))* £?$"
)
_LOWER_BOUND_AFTER = re.compile(
    r"^(?:%| per cent)?(?: (?:million|billion|residents|days|weeks|months|years))? or more\b"
)
_UPPER_BOUND = re.compile(
    r"\b(?:up to|at most|under|below|fewer than|less than|within|inside|no more than|as many as|as much as)"
    r"(?: (?:a|an|the|about))* £?$"
)
_FUZZY = re.compile(r"\b(?:about|roughly|around|some|nearly|almost|close to|near|broadly|approximately) £?$")
_RISING_FACTORS = (1.4, 1.5, 1.6, 1.75)
_FALLING_FACTORS = (0.6, 0.5, 0.45)


def bound(sentence: str, start: int, end: int) -> int:
    """1 for an amount that a lower bound precedes, -1 for an upper bound, 0 for neither.

    >>> bound("It needs at least 18 months.", 18, 20)
    1
    """
    if _LOWER_BOUND.search(sentence[:start]) or _LOWER_BOUND_AFTER.match(sentence[end:]):
        return 1
    return -1 if _UPPER_BOUND.search(sentence[:start]) else 0


def figure(sentence: str, context: str) -> Alteration | None:
    """One number of the sentence becomes another of its sort that the context does not hold."""
    edits = []
    for start, end in _figures(sentence):
        old = sentence[start:end]
        new = _other_word(old, sentence, start, context) if old[0].isalpha() else _other(sentence, start, end, context)
        if new is not None:
            edits.append(Edit(start, end, new))
    return pick_edit(edits, sentence, "figure")


def _figures(sentence: str) -> Iterator[tuple[int, int]]:
    for found in _NUMBER.finditer(sentence):
        text = found.group()
        before, after = sentence[: found.start()], sentence[found.end() :]
        if _NOT_A_FIGURE_BEFORE.search(before) or _NOT_A_FIGURE_AFTER.match(after):
            continue
        if not _YEAR_LIKE.match(text) and text not in ("£1", "1"):
            yield found.span()
    for found in _NUMBER_WORD.finditer(sentence):
        if not _NOT_A_FIGURE_BEFORE.search(sentence[: found.start()]):
            yield found.span()


def _other_word(old: str, sentence: str, start: int, context: str) -> str | None:
    lowered = old.lower()
    if lowered in _FRACTIONS:
        new = _FRACTIONS[lowered]
        return None if stands_in(new, context) else like(old, new)
    value = _VALUES[lowered]
    steps = (-1, -2) if bound(sentence, start, start + len(old)) < 0 else (2, 3, 4) if value > 4 else (1, 2, 3)
    options = [value + step for step in steps if 2 <= value + step < len(_WORDS)]
    free = [
        number for number in options if not stands_in(_WORDS[number], context) and not stands_in(str(number), context)
    ]
    return like(old, _WORDS[pick(free, "word", sentence, old)]) if free else None


def _other(sentence: str, start: int, end: int, context: str) -> str | None:
    old = sentence[start:end]
    direction = bound(sentence, start, end) or _direction_in_range(sentence, start, end)
    direction = direction or (1 if draw("direction", sentence, old) % 3 else -1)
    if _FUZZY.search(sentence[:start]) and sentence[:start].endswith(("nearly ", "almost ", "nearly £", "almost £")):
        direction = 1
    percent = re.match(r"%| per cent", sentence[end:]) is not None
    options = _rounded(old, direction, percent)
    free = [option for option in options if option != old and not stands_in(option, context)]
    return pick(free, "figure", sentence, old) if free else None


def _direction_in_range(sentence: str, start: int, end: int) -> int:
    """In "from 5% to 18%" and "between 150 and 187" the first may only fall and the second only rise."""
    if re.search(r"\b(?:between|from) £?$", sentence[:start]) or re.match(r"(?:%| per cent)? to [£\d]", sentence[end:]):
        return -1
    return 1 if re.search(r"\d%? to £?$|\bbetween [£\d,.%]+ and £?$", sentence[:start]) else 0


def _rounded(old: str, direction: int, percent: bool) -> list[str]:
    """Other values with as many decimals and as many leading figures as the old one."""
    bare = old.removeprefix("£").replace(",", "")
    decimals = len(bare.partition(".")[2])
    value = float(bare)
    digits = len(bare.replace(".", "").lstrip("0").rstrip("0")) if not decimals else 0
    values = [value * factor for factor in (_RISING_FACTORS if direction > 0 else _FALLING_FACTORS)]
    if percent and values[0] > 99:
        values = [value + (100 - value) * share for share in (0.4, 0.6)]
    if percent:
        values = [number for number in values if number < 100]
    if value < 20 and not decimals:
        values = [value + step * direction for step in (2, 3, 4) if value + step * direction > 1]
    unit = 10.0**-decimals if decimals else 10.0 ** (len(bare) - max(digits, 1))
    rounded = [round(round(number / unit) * unit, decimals) for number in values]
    commas = "," if "," in old or (value < 1000 <= max(rounded, default=0)) else ""
    texts = [f"{number:{commas}.{decimals}f}" for number in rounded if 0 < number != value]
    texts = [text for text in texts if not (decimals and text.endswith("0"))]
    return list(dict.fromkeys(("£" if old.startswith("£") else "") + text for text in texts))
