"""Cases that may be the one that is about to be added, with the reasons that are shown."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.contributing.duplicates import MOST_SHOWN, possible_duplicates
from assistant.library import Library
from tests.contributing.case_making import case

HULL: dict[str, Any] = {
    "id": "lamps-of-hull",
    "title": "Lamps in Hull",
    "organisation": "Hull Boatmen's Guild",
    "place": "Hull",
    "period": "2020",
    "summary": "Boatmen shared the cost of lamps.",
}
NEW: dict[str, Any] = {
    "id": "pigeon-post",
    "title": "Letters by pigeon",
    "organisation": "Dovecote Club",
    "place": "York",
    "period": "1890",
    "summary": "Birds flew home with letters.",
}


def test_the_same_case_told_anew_is_shown_with_its_reasons(register: Library) -> None:
    (found,) = possible_duplicates(register, HULL)
    assert (found.id, found.title) == ("hull-lamp-scheme", "The Hull lamp scheme")
    assert "similar organisation, place and time" in found.reasons
    assert any(
        reason.startswith("similar sentences: “Boatmen shared the cost of lamps.” / “") for reason in found.reasons
    )


def test_another_case_is_not_shown(register: Library) -> None:
    assert possible_duplicates(register, NEW) == ()


@pytest.mark.parametrize(
    "address", ["https://example.org/bells", "http://www.example.org/bells/", "https://example.org/bells#top"]
)
def test_the_same_address_is_a_reason_however_it_is_written(register: Library, address: str) -> None:
    for fields in (NEW | {"url": address}, NEW | {"source": [{"url": address}]}):
        (found,) = possible_duplicates(register, fields)
        assert (found.id, found.reasons[0]) == ("leith-bell-scheme", "the same web address")
    assert possible_duplicates(register, NEW | {"url": "https://example.org/other"}) == ()


def test_a_body_is_known_by_its_initials(register: Library) -> None:
    full = case(id="one", title="Ropes", organisation="Granton Rope Lending Office", url="")
    short = NEW | {"title": "Ropes", "organisation": "GRLO", "place": "Granton", "period": "2022"}
    (found,) = possible_duplicates(register, short, [full])
    assert "similar organisation, place and time" in found.reasons


def test_years_that_do_not_meet_tell_two_cases_apart(register: Library) -> None:
    (near,) = possible_duplicates(register, HULL)
    far = possible_duplicates(register, HULL | {"period": "1950"})
    assert not far or far[0].score == pytest.approx(near.score - 0.2)


def test_a_case_is_no_duplicate_of_itself_and_the_list_is_short(register: Library) -> None:
    own = register.registers.precedents[0].model_dump(mode="json")
    assert "hull-lamp-scheme" not in [item.id for item in possible_duplicates(register, own)]
    many = [HULL | {"id": f"lamps-{number}"} for number in range(10)]
    found = possible_duplicates(register, HULL, many)
    assert len(found) == MOST_SHOWN
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


@pytest.mark.parametrize(
    "fields",
    [{}, {"title": 5, "source": "x"}, {"source": 5}, {"summary": "One.", "source": [None, {"url": "http://["}]}],
)
def test_an_unfinished_case_is_compared_by_what_it_says(register: Library, fields: dict[str, Any]) -> None:
    assert possible_duplicates(register, fields) == ()
