"""Cases found for a query, within facets, in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents import CaseFilters, search_cases, similar_cases
from assistant.precedents.case_scores import read_query, similarities
from assistant.precedents.cases import cases_of
from assistant.precedents.named_case import named_case, read_likeness
from assistant.precedents.search import Nearness
from assistant.registers.entries import Registers

HULL, LEITH, TIDES = "hull-lamp-scheme", "leith-bell-scheme", "tide-school"


def ids(register: Library, query: str = "", filters: CaseFilters | None = None, sort: str = "nearest") -> list[str]:
    return [item.entry.id for item in search_cases(register, query, filters, sort).found]  # type: ignore[arg-type]


def test_the_nearest_comes_first_with_its_nearest_sentences_and_all_are_ranked(register: Library) -> None:
    results = search_cases(register, "who pays the ringers of bells")
    assert [item.rank for item in results.found] == [1, 2, 3]
    assert results.total == 3
    best = results.found[0]
    assert (best.entry.id, best.sentences[0]) == (LEITH, "Nobody paid for the ringers.")
    assert best.score > results.found[1].score
    assert all(len(item.sentences) <= 2 for item in results.found)
    # Neither the line of fields nor the label of the lesson is a sentence of the case.
    told = {sentence for item in results.found for sentence in item.sentences}
    assert not any(sentence.startswith(("Organisation:", "Lesson,")) for sentence in told)


def test_without_a_query_every_case_comes_by_outcome_with_no_score(register: Library) -> None:
    found = search_cases(register, "  ").found
    assert [item.entry.title for item in found] == [
        "The Hull lamp scheme",
        "Bells on the Leith quay",
        "A school of tides",
    ]
    assert {(item.score, item.sentences) for item in found} == {(0.0, ())}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", [LEITH, HULL, TIDES]), ("title", [TIDES, LEITH, HULL]), ("nearest", [HULL, LEITH, TIDES])],
)
def test_the_order_is_the_one_asked_for(register: Library, sort: str, expected: list[str]) -> None:
    assert ids(register, "boatmen shared lamps collisions", sort=sort) == expected


def test_filters_leave_out_and_the_query_does_not(register: Library) -> None:
    assert ids(register, "bells", CaseFilters(themes=("safe-water",))) == [HULL, TIDES]
    assert ids(register, "bells", CaseFilters(themes=("safe-water", "noise"), places=("granton",))) == [LEITH]
    assert ids(register, "", CaseFilters(first_year=2025)) == [LEITH]
    assert ids(register, "", CaseFilters(documents=("harbour-plan",), levels=("national",))) == []


def test_an_unknown_order_is_refused(register: Library) -> None:
    with pytest.raises(AssistantError, match=r"^sort: found 'best'; expected one of: nearest, newest, title.$"):
        ids(register, "boats", sort="best")


def test_a_slip_of_the_keyboard_is_mended(register: Library) -> None:
    assert ids(register, "colisions")[0] == HULL


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("like the Plymouth Alliance but for housing", ("the Plymouth Alliance", "for housing")),
        ("Is there anything similar to Preston?", ("Preston", "")),
        ("like Preston but quicker but cheaper", ("Preston", "quicker but cheaper")),
        ("cases like Camden, but\nfor food", ("Camden", "for food")),
        ("what is it like to bid", None),
        ("like", None),
        ("", None),
    ],
)
def test_a_query_may_name_what_is_to_be_like(query: str, expected: tuple[str, str] | None) -> None:
    assert read_likeness(query) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("the Hull lamps", HULL),
        ("the leith bells", LEITH),
        ("LDO's warning", LEITH),
        ("Tide Trust", TIDES),
        ("a swarm of bees", None),
        ("of the", None),
    ],
)
def test_a_case_goes_by_its_title_its_body_and_its_initials(register: Library, name: str, expected: str | None) -> None:
    assert named_case(cases_of(register), name) == expected


def test_cases_like_a_named_one_come_without_it(register: Library) -> None:
    results = search_cases(register, "like the Hull lamp scheme but for fog")
    assert [item.entry.id for item in results.found] == [LEITH, TIDES, HULL]
    # A name that no case goes by is searched for as it stands.
    assert ids(register, "like lamps that burn for boatmen who shared the cost")[0] == HULL


def test_similar_cases_say_what_is_shared_and_where_words_come_nearest(register: Library) -> None:
    first, second = similar_cases(register, HULL)
    assert (first.rank, second.rank) == (1, 2)
    assert first.score >= second.score
    by_id = {item.entry.id: item for item in (first, second)}
    shared = {facet.name: facet.values for facet in by_id[LEITH].shared}
    assert shared == {"shifts": ("Collaboration",), "sectors": ("Fishing",), "levels": ("Local",)}
    assert {facet.title: facet.values for facet in by_id[TIDES].shared} == {
        "Theme": ("Safety on the water",),
        "Place": ("England",),
    }
    assert by_id[LEITH].sentences is not None
    own, other = by_id[LEITH].sentences
    assert own in f"{first_of(register, HULL)}"
    assert other in f"{first_of(register, LEITH)}"
    assert len(similar_cases(register, HULL, 1)) == 1
    assert similar_cases(register, HULL, 0) == ()


def first_of(register: Library, name: str) -> str:
    entry = cases_of(register).entry(name)
    return f"{entry.summary} {entry.lesson}"


def test_an_unknown_case_is_refused(register: Library) -> None:
    with pytest.raises(AssistantError, match=r"^No case 'atlantis' in the register of 3 precedents. Find its id with"):
        similar_cases(register, "atlantis")


def test_an_entry_that_the_index_does_not_hold_yet_is_found_like_any_other(register: Library) -> None:
    new = register.registers.precedents[0].model_copy(update={"id": "new-lamps", "title": "New lamps"})
    grown = replace(register, registers=replace(register.registers, precedents=(*register.registers.precedents, new)))
    results = search_cases(grown, "boatmen shared lamps")
    assert {item.entry.id for item in results.found[:2]} == {HULL, "new-lamps"}
    assert results.found[0].sentences == results.found[1].sentences
    alike = next(item for item in similar_cases(grown, HULL) if item.entry.id == "new-lamps")
    assert alike.rank == 1
    assert alike.sentences is not None


def test_an_empty_register_finds_nothing(register: Library) -> None:
    results = search_cases(replace(register, registers=Registers()), "like the Hull lamps but for fog")
    assert (results.found, results.total) == ((), 0)
    assert not any(facet.counts for facet in results.facets)


def test_what_is_near_is_at_least_so_similar_and_not_far_behind_the_best(
    register: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "boatmen shared lamps collisions"
    similar = similarities(register, cases_of(register), read_query(register, query))
    best, second, last = sorted(similar.values(), reverse=True)

    def near(least: float, behind: float) -> int:
        monkeypatch.setattr("assistant.precedents.search.NEARNESS", Nearness(least, behind))
        return sum(item.is_near for item in search_cases(register, query).found)

    assert near(last, 2.0) == 3
    assert near((second + last) / 2, 2.0) == 2
    assert near(-1.0, (best - second) / 2) == 1
    assert near(best + 0.01, 2.0) == 0
    assert all(item.is_near for item in search_cases(register).found)


def test_every_case_of_a_place_that_alone_is_asked_for_is_near(
    register: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.precedents.search.NEARNESS", Nearness(least=2.0))

    def near(query: str) -> list[str]:
        return [item.entry.id for item in search_cases(register, query).found if item.is_near]

    assert near("granton") == near("Leith and Granton") == [LEITH]
    assert near("the bells of Leith") == []
