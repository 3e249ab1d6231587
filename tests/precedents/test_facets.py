"""Facets are counted exactly: against a count by hand over every case."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import AssistantError
from assistant.precedents import CaseFilters
from assistant.precedents.cases import Cases
from assistant.precedents.facets import Facet, count_facets, left_in
from assistant.registers.derived_facts import facts_of, load_theme_groups, theme_titles
from assistant.registers.entries import load_registers
from assistant.registers.regions import load_regions, regions_of
from assistant.text.slugs import slug


def _shipped() -> Cases:
    """The shipped register without an index, which counting has no need of."""
    corpus = Path("corpus")
    registers = load_registers(corpus)
    entries = {entry.id: entry for entry in registers.precedents}
    groups = load_theme_groups(corpus)
    facts = {name: facts_of(entry, groups) for name, entry in entries.items()}
    names = {slug(place): place for derived in facts.values() for place in derived.places}
    titles = theme_titles(groups, entries.values())
    table = load_regions(corpus)
    regions = {name: regions_of(derived.places, table) for name, derived in facts.items()}
    return Cases(
        registers=registers,
        entries=entries,
        facts=facts,
        sentences={},
        questions={},
        indexed=frozenset(),
        texts=frozenset(),
        chunks=0,
        unindexed=(),
        words=None,
        theme_titles=titles,
        place_names=names,
        document_titles={},
        region_table=table,
        regions=regions,
    )


SHIPPED = _shipped()


def values_of(name: str) -> dict[str, set[str]]:
    """A case's value in every facet, read from its fields."""
    entry, facts = SHIPPED.entries[name], SHIPPED.facts[name]
    return {
        "shifts": set(entry.shift),
        "themes": {facts.theme},
        "levels": {entry.level},
        "regions": set(SHIPPED.regions[name]),
        "places": {slug(place) for place in facts.places},
        "sectors": set(facts.sectors),
        "polarities": {entry.polarity},
        "documents": {source.document for source in entry.source if source.document},
        "evidence": {entry.evidence},
        "began": {str(facts.began or "not-stated")},
    }


VALUES = {name: values_of(name) for name in SHIPPED.entries}
KNOWN = {
    facet.name: sorted({value for values in VALUES.values() for value in values[facet.name]})
    for facet in fields(CaseFilters)
    if facet.name not in ("first_year", "last_year")
}


def passes(name: str, filters: dict[str, Any], passed_over: str = "") -> bool:
    """Whether a case has one of the values of each facet, one facet passed over."""
    years = SHIPPED.facts[name].years
    for facet in KNOWN:
        wanted = filters.get(facet, ())
        if facet != passed_over and wanted and not any(value in VALUES[name][facet] for value in wanted):
            return False
    first, last = filters.get("first_year"), filters.get("last_year")
    if passed_over == "years" or (first is None and last is None):
        return True
    return years is not None and (first or 0) <= years[1] and years[0] <= (last or 9999)


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        facet: tuple(draw(st.lists(st.sampled_from(known), max_size=3)))
        for facet, known in KNOWN.items()
        if draw(st.booleans())
    }
    years = sorted(draw(st.lists(st.integers(2005, 2032), min_size=2, max_size=2)))
    found["first_year"], found["last_year"] = (year if draw(st.booleans()) else None for year in years)
    return found


def counted(**given_filters: Any) -> tuple[Facet, ...]:
    return count_facets(SHIPPED, CaseFilters(**given_filters), SHIPPED.entries)


@given(filters())
def test_every_count_is_that_of_the_cases_which_the_other_facets_leave_in(given_filters: dict[str, Any]) -> None:
    facets = counted(**given_filters)
    assert left_in(SHIPPED, CaseFilters(**given_filters)) == [
        name for name in SHIPPED.entries if passes(name, given_filters)
    ]
    for facet in facets:
        left = [name for name in SHIPPED.entries if passes(name, given_filters, facet.name)]
        counts = {value: count for value, _, count in facet.counts}
        if facet.name == "years":
            for value, count in counts.items():
                first, last = (int(year) if year else None for year in value.split("-"))
                bounds = {"first_year": first, "last_year": last}
                assert count == sum(passes(name, bounds) for name in left)
        else:
            by_hand = {value: sum(value in VALUES[name][facet.name] for name in left) for value in KNOWN[facet.name]}
            wanted = given_filters.get(facet.name, ())
            assert counts == {value: count for value, count in by_hand.items() if count or value in wanted}
            assert len(counts) == len(facet.counts)


@given(filters())
def test_choosing_a_value_of_an_empty_facet_gives_as_many_cases_as_it_was_counted(
    given_filters: dict[str, Any],
) -> None:
    facets = counted(**given_filters)
    for facet in facets:
        if facet.name != "years" and not given_filters.get(facet.name):
            for value, _, count in facet.counts[:2]:
                narrowed = CaseFilters(**given_filters | {facet.name: (value,)})
                assert len(left_in(SHIPPED, narrowed)) == count


@pytest.mark.parametrize(
    ("given_filters", "message"),
    [
        (
            {"levels": ("galactic",)},
            "^levels: no case has 'galactic'; there are: international, local, national, regional.$",
        ),
        ({"places": ("greter-manchester",)}, "^places: .*the most similar of 42 values: greater-manchester,"),
        ({"polarities": ("worked", "won")}, "^polarities: no case has 'won'; there are: cited, failed, mixed, ongoing"),
        ({"sectors": ("x" * 10_000,)}, "^sectors: no case has 'x{100}'; "),
        ({"first_year": 2020, "last_year": 2019}, "^first_year: found 2020, which is after last_year 2019. Swap them"),
    ],
    ids=["level", "place", "polarity", "long", "years"],
)
def test_an_unknown_value_is_refused_with_those_there_are(given_filters: dict[str, Any], message: str) -> None:
    with pytest.raises(AssistantError, match=message):
        left_in(SHIPPED, CaseFilters(**given_filters))


def test_words_on_screen_and_their_order() -> None:
    facets = {facet.name: facet.counts for facet in counted(places=("london",))}
    assert [words for _, words, _ in facets["polarities"]] == ["Cited", "Ongoing"]
    assert facets["places"][0] == ("united-kingdom", "United Kingdom", 58)
    assert ("barking-and-dagenham", "Barking and Dagenham", 1) in facets["places"]
    assert facets["years"][-1][:2] == ("2024-", "2024 onwards")
    assert facets["regions"][-1] == ("london", "London", 5)
    assert [words for _, words, _ in facets["began"]] == ["2020", "2024", "2025", "No year"]


def test_years_that_are_chosen_stay_to_be_taken_away_where_no_case_is_left() -> None:
    given = {"places": ("barking-and-dagenham",), "first_year": 2010, "last_year": 2014}
    assert left_in(SHIPPED, CaseFilters(**given)) == []
    assert ("2010-2014", "2010 to 2014", 0) in counted(**given)[-1].counts


def test_a_case_that_says_no_beginning_is_found_by_that() -> None:
    undated = dict.fromkeys(name for name in SHIPPED.entries if SHIPPED.facts[name].began is None)
    assert undated
    assert left_in(SHIPPED, CaseFilters(began=("not-stated",))) == [*undated]
