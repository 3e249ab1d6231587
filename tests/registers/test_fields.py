"""What is derived from the fields of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.records import Footnote
from assistant.registers.derived_facts import case_years, facts_of, load_theme_groups, places
from assistant.registers.entries import load_registers
from assistant.registers.evidence_kinds import EVIDENCE, Cited, evidence_of
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
    ("cited", "expected"),
    [
        ([], "own-account"),
        ([Cited("The Guardian", "Government considers a report")], "press-or-other"),
        ([Cited("Local Government Lawyer", "Government selects a proposal")], "press-or-other"),
        ([Cited("", "A page", "https://www.gov.uk/page")], "official-record"),
        (
            [Cited("Plymouth City Council", "Minutes"), Cited("Institute for Fiscal Studies", "A report")],
            "research-or-survey",
        ),
        (
            [Cited("A Commons committee", "After", "https://publications.parliament.uk/cmselect/1")],
            "audit-or-evaluation",
        ),
        ([Cited("LocalGov", "Keeping local audit on the agenda")], "press-or-other"),
        ([Cited("A charity", "A case study")], "research-or-survey"),
    ],
)
def test_evidence_is_the_strongest_kind_that_a_publication_is_of(cited: list[Cited], expected: str) -> None:
    assert evidence_of(cited) == expected


def test_every_kind_of_evidence_is_explained_and_met_by_a_shipped_case() -> None:
    """With notes as the summaries give them; without, more cases would seem to stand on the document alone."""
    assert all(kind.title and kind.meaning.endswith(".") for kind in EVIDENCE)
    (entry, *_) = load_registers(CORPUS).precedents
    note = Footnote("2", "National Audit Office: on missions. 2024. https://example.org/case-study/x")
    assert facts_of(entry, (), [note]).evidence == "audit-or-evaluation"
    assert facts_of(entry, (), []).evidence == "own-account"
    assert (
        facts_of(entry, (), [Footnote("2", "A paper: on it. https://example.org/survey")]).evidence == "press-or-other"
    )


def test_a_theme_of_no_group_is_a_group_of_its_own_and_sectors_have_one_spelling() -> None:
    entries = {entry.id: entry for entry in load_registers(CORPUS).precedents}
    facts = facts_of(entries["camden-renewal-missions"], (), [])
    assert facts.theme == "stewardship"
    assert facts.sectors.count("local-government") == 1
