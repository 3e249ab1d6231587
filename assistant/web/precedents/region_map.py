"""A tile map of the number of cases in each nation of the United Kingdom and region of England."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from assistant.registers.regions import Region
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import Choice, cases_in_words, pick


def region_map(regions: Sequence[Region], cases: Sequence[tuple[Sequence[str], str]], chosen: Choice) -> dict[str, Any]:
    """Return the number of cases in each region, and rows of their outcomes; empty if there is nothing to show.

    ``cases`` has the region ids and the outcome of each case.
    """
    if not regions or not cases:
        return {}
    counts = Counter(region for own, _ in cases for region in own)
    split = Counter((region, outcome) for own, outcome in cases for region in own)
    numbers = [
        (
            item,
            pick(counts[item.id], f"{item.title}: {cases_in_words(counts[item.id])}", {"regions": [item.id]}, chosen),
        )
        for item in regions
    ]
    rows = [(item.title, *(split[item.id, outcome] for outcome in OUTCOME_WORDS), counts[item.id]) for item in regions]
    return {"regions": numbers, "rows": rows, "most": max((counts[item.id] for item in regions if item.row), default=0)}
