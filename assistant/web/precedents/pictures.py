"""Pictures of the cases: outcomes by theme, and when they began. Each number is a button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.precedents.facets import UNDATED
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import Choice, Pick, cases_in_words, pick

SHADES = 4
"""How many shades show the size of a number; text is readable on each, in light and in dark."""
MOST_YEARS = 20
"""Most years in the timeline; earlier ones are one row."""


def shade(count: int, most: int) -> str:
    """Return the background class of a number: none for 0, the lightest for 1, the darkest for the most."""
    return f"shade-{count and -(-SHADES * count // most)}"


def heat_map(cases: Sequence[tuple[str, str]], titles: Mapping[str, str], chosen: Choice) -> dict[str, Any]:
    """Return the number of cases by theme and outcome, and totals, most cases first; empty without cases.

    ``cases`` has the theme id and outcome of each case, ``titles`` the themes in words.
    """
    counts, themes, outcomes = Counter(cases), Counter(theme for theme, _ in cases), Counter(end for _, end in cases)

    def number(theme: str, outcome: str) -> Pick:
        count = counts[theme, outcome]
        words = f"{cases_in_words(count)}: {titles[theme]}, {OUTCOME_WORDS[outcome].lower()}"
        return pick(count, words, {"themes": [theme], "polarities": [outcome]}, chosen)

    ordered = sorted(themes, key=lambda theme: (-themes[theme], titles[theme]))
    rows = [(titles[theme], [number(theme, outcome) for outcome in OUTCOME_WORDS], themes[theme]) for theme in ordered]
    totals = [*(outcomes[outcome] for outcome in OUTCOME_WORDS), len(cases)]
    return {"rows": rows, "totals": totals, "most": max(counts.values())} if cases else {}


def timeline(cases: Sequence[tuple[int | None, str]], chosen: Choice) -> dict[str, Any]:
    """Return the number of cases that began in each year as bars, and rows of their outcomes; empty without years.

    ``cases`` has the first year of each case, None if not stated, and its outcome.
    """
    periods = _periods([year for year, _ in cases if year is not None])
    if not periods:
        return {}
    began = [(next((words for words, years in periods if year in years), _UNDATED), outcome) for year, outcome in cases]
    totals, split = Counter(words for words, _ in began), Counter(began)
    own = {words: sorted({str(year) for year, _ in cases if year in years}) for words, years in periods}
    if _UNDATED in totals:
        own[_UNDATED] = [UNDATED]
    bars = [
        (words, pick(totals[words], f"{cases_in_words(totals[words])}: {_when(words)}", {"began": years}, chosen))
        for words, years in own.items()
    ]
    rows = [
        (words, *(split[words, outcome] for outcome in OUTCOME_WORDS), totals[words]) for words in own if totals[words]
    ]
    return {"bars": bars, "rows": rows, "most": max(totals.values())}


_UNDATED = "No year"


def _periods(years: Sequence[int]) -> list[tuple[str, range]]:
    """Return each year from first to last, in words, with the earliest ones together if there are too many."""
    if not years:
        return []
    first, last = min(years), max(years)
    start = max(first, last - MOST_YEARS + 2)
    before = [(f"Before {start}", range(first, start))] if first < start else []
    return before + [(str(year), range(year, year + 1)) for year in range(start, last + 1)]


def _when(period: str) -> str:
    if period == _UNDATED:
        return "no year given"
    return f"began {period.lower() if period.startswith('Before') else f'in {period}'}"
