"""Pictures of the cases: outcomes by theme, and when they began. Each number is shown, and is a button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from assistant.precedents.facets import UNDATED
from assistant.registers.entries import Polarity
from assistant.web.html_parts import table_html
from assistant.web.precedents.outcomes import OUTCOME_SIGNS, OUTCOME_WORDS
from assistant.web.precedents.picks import Choice, cases_in_words, pick_html

SHADES = 4
"""How many shades show the size of a number; text is readable on each, in light and in dark."""
MOST_YEARS = 20
"""Most years in the timeline; earlier ones are one row."""


def outcome_html(polarity: Polarity) -> str:
    """Return an outcome in words, with its sign."""
    return (
        f'<span class="outcome {polarity}"><span aria-hidden="true">{OUTCOME_SIGNS[polarity]}</span> '
        f"{OUTCOME_WORDS[polarity]}</span>"
    )


def shade(count: int, most: int) -> str:
    """Return the background class of a number: none for 0, the lightest for 1, the darkest for the most."""
    return f"shade-{-(-SHADES * count // most)}"


def heat_map_html(cases: Sequence[tuple[str, str]], titles: Mapping[str, str], chosen: Choice) -> str:
    """Return a table of the number of cases by theme and outcome, shaded by number, most cases first.

    ``cases`` has the theme id and outcome of each case, ``titles`` the themes in words.
    """
    if not cases:
        return ""
    counts: Counter[tuple[str, str]] = Counter(cases)
    themes = Counter(theme for theme, _ in cases)
    most = max(counts.values())
    heads = "".join(
        f'<th scope="col" role="columnheader"><span class="turned">{words}</span></th>'
        for words in ("Theme", *OUTCOME_WORDS.values(), "All")
    )
    rows = ""
    for theme, total in sorted(themes.items(), key=lambda item: (-item[1], titles[item[0]])):
        cells = "".join(
            _cell(counts[theme, outcome], most, {"themes": [theme], "polarities": [outcome]}, titles[theme], chosen)
            for outcome in OUTCOME_WORDS
        )
        rows += (
            f'<tr role="row"><th scope="row" role="rowheader">{escape(titles[theme])}</th>{cells}'
            f'<td role="cell">{total}</td></tr>'
        )
    outcomes: Counter[str] = Counter(polarity for _, polarity in cases)
    totals = "".join(f'<td role="cell">{outcomes[polarity]}</td>' for polarity in OUTCOME_WORDS)
    rows += (
        f'<tr role="row" class="totals"><th scope="row" role="rowheader">All</th>{totals}'
        f'<td role="cell">{len(cases)}</td></tr>'
    )
    caption = "Cases by theme and outcome"
    return (
        f'<div class="heat frame" role="region" tabindex="0" aria-label="{caption}"><table role="table">'
        f"<caption>{caption}: the stronger the shade, the more cases</caption>"
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def timeline_html(cases: Sequence[tuple[int | None, str]], chosen: Choice) -> str:
    """Return bars of the number of cases that began in each year, and a table with their outcomes.

    ``cases`` has the first year of each case, None if not stated, and its outcome.
    """
    periods = _periods([year for year, _ in cases if year is not None])
    if not periods:
        return ""
    began = [(next((words for words, years in periods if year in years), _UNDATED), outcome) for year, outcome in cases]
    totals = Counter(words for words, _ in began)
    most = max(totals.values())
    own = {words: sorted({str(year) for year, _ in cases if year in years}) for words, years in periods}
    if _UNDATED in totals:
        own[_UNDATED] = [UNDATED]
    bars = "".join(_bar(words, totals[words], most, years, chosen) for words, years in own.items())
    split: Counter[tuple[str, str]] = Counter(began)
    rows = [
        (words, *(str(split[words, outcome]) for outcome in OUTCOME_WORDS), str(totals[words]))
        for words in own
        if totals[words]
    ]
    title = "When the cases began"
    return (
        f'<figure class="timeline"><figcaption>{title}: number of cases</figcaption>'
        f'<div class="bars" role="group" aria-label="{title}">{bars}</div></figure>'
        "<details><summary>The timeline as a table, with outcomes</summary>"
        f"{table_html(title, ('Began', *OUTCOME_WORDS.values(), 'All'), rows)}</details>"
    )


_UNDATED = "No year"


def _periods(years: Sequence[int]) -> list[tuple[str, range]]:
    """Return each year from first to last, in words, with the earliest ones together if there are too many."""
    if not years:
        return []
    first, last = min(years), max(years)
    start = max(first, last - MOST_YEARS + 2)
    before = [(f"Before {start}", range(first, start))] if first < start else []
    return before + [(str(year), range(year, year + 1)) for year in range(start, last + 1)]


def _cell(count: int, most: int, wanted: Choice, theme: str, chosen: Choice) -> str:
    if not count:
        return '<td role="cell" class="shade-0">0</td>'
    words = f"{cases_in_words(count)}: {theme}, {OUTCOME_WORDS[wanted['polarities'][0]].lower()}"
    return f'<td role="cell" class="{shade(count, most)}">{pick_html(str(count), words, wanted, chosen)}</td>'


def _bar(period: str, count: int, most: int, years: Sequence[str], chosen: Choice) -> str:
    width = round(100 * count / most)
    content = f'<span class="bar" style="width: {width}%"></span><span>{count}</span>'
    words = f"{cases_in_words(count)}: {'no year given' if period == _UNDATED else f'began {_in(period)}'}"
    measure = pick_html(content, words, {"began": years}, chosen, "measure") if count else _no_bar(content)
    return f'<div class="period">{period}</div>{measure}'


def _no_bar(content: str) -> str:
    return f'<div class="measure">{content}</div>'


def _in(period: str) -> str:
    return period.lower() if period.startswith("Before") else f"in {period}"
