"""What is derived from the fields of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.registers.derived_facts import case_years, facts_of, load_theme_groups, places
from assistant.registers.entries import load_registers
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.registers.field_values import LAST_YEAR

CORPUS = Path("corpus")


def test_every_theme_of_the_shipped_register_is_in_exactly_one_group_and_every_group_is_used() -> None:
    themes = [theme for group in load_theme_groups(CORPUS) for theme in group.themes]
    assert len(themes) == len(set(themes))
    assert {*themes} == {entry.theme for entry in load_registers(CORPUS).precedents}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[group", "not valid TOML"),
        ('[[group]]\nid = "a"\ntitle = "A"', "entry 1, field themes: found .*Field required"),
        ('[[group]]\nid = "A b"\ntitle = "A"\nthemes = []', "field id: found 'A b'"),
        (
            '[[group]]\nid = "a"\ntitle = "A"\nthemes = ["x"]\n[[group]]\nid = "b"\ntitle = "B"\nthemes = ["x"]',
            "the theme 'x' is in a and b. Keep one",
        ),
    ],
    ids=["toml", "no-themes", "id", "twice"],
)
def test_a_wrong_table_of_themes_is_refused_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "themes.toml").write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_theme_groups(tmp_path)


@pytest.mark.parametrize(
    ("place", "country", "expected"),
    [
        ("Manchester, Sheffield, Essex and Liverpool", "England", "Manchester/Sheffield/Essex/Liverpool/England"),
        ("Barking and Dagenham, London", "England", "Barking and Dagenham/London/England"),
        ("Ten areas, including Barnsley, Wakefield and Plymouth", "England", "Barnsley/Wakefield/Plymouth/England"),
        ("West Midlands; four more areas to follow", "England", "West Midlands/England"),
        ("England (early years foundation stage)", "United Kingdom", "England/United Kingdom"),
        ("England, with limited application in Wales", "United Kingdom", "England/Wales/United Kingdom"),
        ("Councils (not named)", "England", "England"),
        ("Not stated", "International", "International"),
        ("71 areas", "England", "England"),
        ("England and Wales", "England and Wales", "England/Wales"),
    ],
)
def test_places_are_told_apart(place: str, country: str, expected: str) -> None:
    assert "/".join(places(place, country)) == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2019-2029", (2019, 2029)),
        ("2025-26, extending in 2026-27", (2025, 2027)),
        ("2008-ongoing", (2008, LAST_YEAR)),
        ("Cited 2021 and 2024", (2021, 2024)),
        ("May 2022", (2022, 2022)),
        ("Covid-19 pandemic", None),
    ],
)
def test_the_years_of_a_case_span_those_that_its_period_names(period: str, expected: tuple[int, int] | None) -> None:
    assert case_years(period) == expected


@pytest.mark.parametrize(
    ("period", "began"),
    [
        ("2019-2029", 2019),
        ("25 years to 2023", None),
        ("to 2024", None),
        ("Cited August 2024", None),
        ("reported January 2026", None),
        ("Published February 2025", None),
        ("No dates given", None),
    ],
)
def test_a_year_of_telling_or_of_an_end_is_no_beginning(period: str, began: int | None) -> None:
    case = load_registers(CORPUS).precedents[0]
    assert facts_of(case.model_copy(update={"period": period}), ()).began == began


def test_every_kind_of_evidence_is_explained() -> None:
    assert all(kind.title and kind.meaning.endswith(".") for kind in EVIDENCE.values())


def test_every_shipped_case_says_what_kind_of_evidence_it_rests_on_and_who_says_so() -> None:
    """Else readers would see "Not stated", or a publisher in place of whom it cites."""
    cases = load_registers(CORPUS).precedents
    assert {case.evidence for case in cases} == {*EVIDENCE} - {"evidence"}
    assert all(case.said_by and case.as_at for case in cases)


def test_a_theme_of_no_group_is_a_group_of_its_own_and_sectors_have_one_spelling() -> None:
    entries = {entry.id: entry for entry in load_registers(CORPUS).precedents}
    facts = facts_of(entries["camden-renewal-missions"], ())
    assert facts.theme == "stewardship"
    assert facts.sectors.count("local-government") == 1
