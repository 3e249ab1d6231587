"""The cases at a glance: pictures of the filtered cases, which are also filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.facets import FIELDS, CaseFilters, left_in
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import Choice
from assistant.web.precedents.pictures import heat_map, shade, timeline
from assistant.web.precedents.region_map import region_map
from assistant.web.templates import render

PICKED = ("themes", "polarities", "began", "regions")
"""The facets that the pictures filter by."""
CASES_HEADING_ID = "cases-found"
"""Id of the heading over the cases."""


def pictures_html(library: Library, filters: CaseFilters) -> str:
    """Return theme by outcome, timeline and map, each counted without the filters that it sets itself.

    Raises:
        AssistantError: unknown filter value; lists the valid ones.
    """
    cases = cases_of(library)
    chosen: Choice = {name: getattr(filters, name) for name in PICKED}
    outcomes = {name: entry.polarity for name, entry in cases.entries.items()}
    heat = [
        (cases.facts[name].theme, outcomes[name]) for name in left_in(cases, replace(filters, themes=(), polarities=()))
    ]
    began = [(cases.facts[name].began, outcomes[name]) for name in left_in(cases, replace(filters, began=()))]
    places = [(cases.regions.get(name, ()), outcomes[name]) for name in left_in(cases, replace(filters, regions=()))]
    return render(
        "pictures",
        cases_place=CASES_HEADING_ID,
        chosen=_chosen(cases, chosen),
        shade=shade,
        heat=heat_map(heat, cases.theme_titles, chosen),
        timeline=timeline(began, chosen),
        map=region_map(cases.region_table, places, chosen),
    )


def _chosen(cases: Cases, chosen: Choice) -> str:
    """Return what is chosen in words."""
    return "; ".join(
        f"{FIELDS[facet].title.lower()}: {', '.join(_words(cases, facet, values))}"
        for facet, values in chosen.items()
        if values
    )


def _words(cases: Cases, facet: str, values: Sequence[str]) -> list[str]:
    if facet == "polarities":
        return [OUTCOME_WORDS[value] for value in values]
    return [FIELDS[facet].words(cases, value) for value in values]
