"""The cases at a glance: pictures of the filtered cases, which are also filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.facets import FIELDS, CaseFilters, left_in
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import Choice
from assistant.web.precedents.pictures import heat_map_html, timeline_html
from assistant.web.precedents.region_map import map_html

PICKED = ("themes", "polarities", "began", "regions")
"""The facets that the pictures filter by."""
HOW = "Select a number, bar or place to see its cases. Select it again to see all."
CASES_HEADING_ID = "cases-found"
"""Id of the heading over the cases."""


def pictures_html(library: Library, filters: CaseFilters) -> str:
    """Return theme by outcome, timeline and map, each counted without the filters that it sets itself.

    Raises:
        AssistantError: unknown filter value; lists the valid ones.
    """
    cases = cases_of(library)
    chosen: Choice = {name: getattr(filters, name) for name in PICKED}
    heat = heat_map_html(
        [
            (cases.facts[name].theme, cases.entries[name].polarity)
            for name in left_in(cases, replace(filters, themes=(), polarities=()))
        ],
        cases.theme_titles,
        chosen,
    )
    years = [
        (years[0] if (years := cases.facts[name].years) else None, cases.entries[name].polarity)
        for name in left_in(cases, replace(filters, began=()))
    ]
    places = [
        (cases.regions.get(name, ()), cases.entries[name].polarity)
        for name in left_in(cases, replace(filters, regions=()))
    ]
    drawn = [heat, timeline_html(years, chosen) + map_html(cases.region_table, places, chosen)]
    listed = "".join(f"<div>{picture}</div>" for picture in drawn if picture)
    return f'<p class="remark">{HOW}</p>{_chosen(cases, chosen)}<div class="pictures">{listed}</div>' if listed else ""


def _chosen(cases: Cases, chosen: Choice) -> str:
    """Return what is chosen in words, with links to undo it and to the cases, which are far below on a phone."""
    words = "; ".join(
        f"{FIELDS[facet].title.lower()}: {', '.join(_words(cases, facet, values))}"
        for facet, values in chosen.items()
        if values
    )
    link = f'<a href="#{CASES_HEADING_ID}">Go to the cases</a>'
    if not words:
        return f'<p class="chosen">{link}</p>'
    again = '<button type="button" id="pick-" data-action="pick" data-id="">See all</button>'
    return f'<p class="chosen"><strong>Showing</strong> – {escape(words)}. {link} {again}</p>'


def _words(cases: Cases, facet: str, values: Sequence[str]) -> list[str]:
    if facet == "polarities":
        return [OUTCOME_WORDS[value] for value in values]
    return [FIELDS[facet].words(cases, value) for value in values]
