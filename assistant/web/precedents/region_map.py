"""A tile map of the number of cases in each nation of the United Kingdom and region of England."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from assistant.registers.regions import Region
from assistant.web.html_parts import table_html
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import Choice, cases_in_words, pick_html
from assistant.web.precedents.pictures import shade

TITLE = "Where the cases are"
NOTE = "One tile for each nation or region. A case in several counts in each. Not to scale."


def map_html(regions: Sequence[Region], cases: Sequence[tuple[Sequence[str], str]], chosen: Choice) -> str:
    """Return the tiles, wider areas below them, and a table with outcomes; empty if there is nothing to show.

    ``cases`` has the region ids and the outcome of each case.
    """
    if not regions or not cases:
        return ""
    counts = Counter(region for own, _ in cases for region in own)
    most = max((counts[region.id] for region in regions if region.row), default=0)
    tiles = "".join(_tile(region, counts[region.id], most, chosen) for region in regions if region.row)
    wider = "".join(_wider(region, counts[region.id], chosen) for region in regions if not region.row)
    split = Counter((region, outcome) for own, outcome in cases for region in own)
    rows = [
        (region.title, *(str(split[region.id, outcome]) for outcome in OUTCOME_WORDS), str(counts[region.id]))
        for region in regions
    ]
    return (
        f'<figure class="map"><figcaption>{TITLE}: number of cases</figcaption><p class="remark">{NOTE}</p>'
        f'<div class="tiles" role="group" aria-label="{TITLE}: nations and regions">{tiles}</div>'
        f'<div class="wider" role="group" aria-label="{TITLE}: wider than a region">{wider}</div></figure>'
        "<details><summary>The map as a table, with outcomes</summary>"
        f"{table_html(TITLE, ('Place', *OUTCOME_WORDS.values(), 'All'), rows)}</details>"
    )


def _tile(region: Region, count: int, most: int, chosen: Choice) -> str:
    return (
        f'<div class="tile {shade(count, most) if most else "shade-0"}" '
        f'style="grid-row: {region.row}; grid-column: {region.column}">{_number(region, count, chosen)}</div>'
    )


def _wider(region: Region, count: int, chosen: Choice) -> str:
    return f'<div class="tile">{_number(region, count, chosen)}</div>'


def _number(region: Region, count: int, chosen: Choice) -> str:
    content = f"<span>{escape(region.title)}</span><strong>{count}</strong>"
    if not count:
        return f'<div class="pick">{content}</div>'
    return pick_html(content, f"{region.title}: {cases_in_words(count)}", {"regions": [region.id]}, chosen)
