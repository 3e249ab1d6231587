"""Cases that rest on no document of the library, or on a passage that was chosen: whoever reads a source takes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import answering
from assistant.contributing.checking import as_precedent, problems_of, tidied
from assistant.contributing.known_values import known_values
from assistant.contributing.register_export import as_csl_json, as_csv
from assistant.contributing.register_file import register_toml
from assistant.indexing.ingestion import ingest
from assistant.library import Library
from assistant.precedents import CaseFilters, FoundPrecedent, search_cases
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places
from assistant.precedents.grounds import recommendations_on
from assistant.precedents.json_records import case_record
from assistant.precedents.nearest_to_question import precedent_record
from assistant.registers.entries import Precedent, Registers
from assistant.sources.catalogue import add_file
from assistant.web.precedents.cases_html import card_html
from tests.contributing.case_making import OUTSIDE, PASSAGE, case, from_library
from tests.embedders import HashEmbedder
from tests.library_making import open_library
from tests.precedents.register_making import make_register

ROPES, CHOSEN, ORIGINAL = "granton-rope-library", "chosen-passage", "passage-of-an-original"
NIGHT = "Boats cross by the light of one lamp."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small register with a case that is told outside the library, and two with a passage."""
    first = make_register(tmp_path_factory.mktemp("register"))
    first.generation.close()
    further = [
        case(),
        case(id=CHOSEN, source=[from_library(section="boats")]),
        case(id=ORIGINAL, source=[dict(OUTSIDE), from_library(document="tide-report", section="Part 2 › Wardens")]),
    ]
    with (first.settings.corpus / "registers" / "precedents.toml").open("a", encoding="utf-8") as file:
        file.write(register_toml(map(Precedent.model_validate, further)))
    ingest(first.settings, HashEmbedder())
    opened = open_library(first.settings)
    yield opened
    opened.generation.close()


def test_they_are_found_and_the_facet_of_documents_counts_documents_alone(library: Library) -> None:
    results = search_cases(library, "ropes borrowed for a day")
    assert {item.entry.id for item in results.found[:3]} == {ROPES, CHOSEN, ORIGINAL}
    facets = search_cases(library).facets
    counts = {facet.name: {value: count for value, _, count in facet.counts} for facet in facets}
    assert counts["documents"] == {"harbour-plan": 3, "tide-report": 3}
    told = search_cases(library, "", CaseFilters(documents=("harbour-plan",)))
    assert ROPES not in {item.entry.id for item in told.found}


def test_the_index_holds_those_that_a_document_tells(library: Library) -> None:
    held = {
        chunk.anchor: chunk.section
        for name in ("harbour-plan/precedents", "tide-report/precedents")
        for chunk in library.generation.text_chunks(name)
    }
    assert ROPES not in held
    assert held[CHOSEN][:2] == ("Harbour plan", "Boats")
    assert held[ORIGINAL] == ("Tide report", "Precedent: A library of ropes in Granton")


def test_a_list_of_cases_leaves_out_what_no_document_tells(library: Library) -> None:
    answer = answering.ask(library, "Which precedents are there from Granton?")
    assert "precedents in the register match (place: " in answer.answer
    assert {quote.document for quote in answer.citations} <= {"harbour-plan", "tide-report"}


def test_records_say_where_they_are_told(library: Library) -> None:
    (outside,) = case_record(library, cases_of(library).entry(ROPES))["sources"]
    assert {name: outside[name] for name in ("document", "document_title", "section", "quote", "notes")} == {
        "document": None, "document_title": None, "section": None, "quote": None, "notes": [],
    }  # fmt: skip
    assert {name: outside[name] for name in OUTSIDE} == OUTSIDE
    (chosen,) = case_record(library, cases_of(library).entry(CHOSEN))["sources"]
    assert (chosen["document"], chosen["section"], chosen["quote"]) == ("harbour-plan", "boats", PASSAGE)
    entry = cases_of(library).entry(ORIGINAL)
    first, second = precedent_record(FoundPrecedent(entry, 1, 1.0))["sources"]
    assert (first["document"], first["published"], second["quote"]) == (None, "2024-03", PASSAGE)


def test_exports_give_publication_and_date(library: Library) -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(as_csv(library).removeprefix("\ufeff")))}
    assert rows[ROPES]["sources"] == "Lamp Society, Ropes and lamps, 2024-03, https://example.org/ropes"
    assert rows[CHOSEN]["sources"] == "Harbour plan, Boats"
    items = {item["id"]: item for item in json.loads(as_csl_json(library))}
    assert items[f"{ROPES}/source-1"]["issued"] == {"date-parts": [[2024, 3]]}
    assert "document/" not in items


def test_the_page_names_the_publication_or_shows_the_passage(library: Library) -> None:
    places, cases = Places(library), cases_of(library)
    ropes, chosen, original = (cases.entry(name) for name in (ROPES, CHOSEN, ORIGINAL))
    assert places.speaker(ropes) == "Lamp Society"
    assert "<li>\n<p>Lamp Society, Ropes and lamps, March\u00a02024 (<a href=" in card_html(ropes, places, cases)
    assert f", Boats</p>\n<blockquote>{PASSAGE}</blockquote>" in card_html(chosen, places, cases)
    assert ", Part 2 › Wardens</p>\n<blockquote>" in card_html(original, places, cases)
    assert places.speaker(original) == "Tide Trust, citing Lamp Society"


def test_words_of_a_passage_do_not_become_markup(library: Library) -> None:
    entry = cases_of(library).entry(CHOSEN)
    source = entry.source[0].model_copy(update={"quote": "<b>bold</b>", "section": "<i>x</i>"})
    html = card_html(entry.model_copy(update={"source": (source,)}), Places(library), cases_of(library))
    assert "<blockquote>&lt;b&gt;bold&lt;/b&gt;</blockquote>" in html
    assert "<i>" not in html


def test_recommendations_of_its_section_are_tied_to_a_chosen_passage(library: Library) -> None:
    passage = from_library(document="tide-report", section="wardens")
    told = Precedent.model_validate(case(source=[dict(OUTSIDE), passage]))
    outside = Precedent.model_validate(case(id="outside"))
    registers = Registers(library.registers.recommendations, (told, outside))
    ties = [(item.recommendation.id, item.tie) for item in recommendations_on(registers, told.id)]
    assert ties == [("appoint-tide-wardens", "same-section")]
    assert recommendations_on(registers, outside.id) == ()


def test_a_passage_of_a_readers_own_file_is_found_kept_and_indexed(tmp_path: Path) -> None:
    first = make_register(tmp_path)
    first.generation.close()
    own = tmp_path / "ferries.md"
    own.write_text(
        "# Ferries\n\n## Crossings\n\n### At night\n\nBoats cross by the light of one lamp.\n", encoding="utf-8"
    )
    add_file(
        own, first.settings.corpus, title="Ferries", publisher="Our team", published="2026-01", authority="evidence"
    )
    ingest(first.settings, HashEmbedder())
    opened = open_library(first.settings)
    source = {"document": "ferries", "quote": NIGHT.replace(" light", "\n light")}
    known = known_values(opened)
    assert problems_of(case(source=[source]), known, complete=True) == ()
    (wrong,) = problems_of(case(source=[source | {"quote": "Boats cross by two lamps."}]), known, complete=True)
    assert f"(the original). The closest passage is: “{NIGHT}”" in wrong.message
    entry = as_precedent(tidied(case(source=[source]), known))
    assert (entry.source[0].section, entry.source[0].quote) == (
        "Crossings › At night",
        "Boats cross by the light of one lamp.",
    )
    opened.generation.close()
    with (first.settings.corpus / "registers" / "precedents.toml").open("a", encoding="utf-8") as file:
        file.write(register_toml([entry]))
    assert "ferries/precedents" in ingest(first.settings, HashEmbedder()).added
    again = open_library(first.settings)
    (chunk,) = again.generation.text_chunks("ferries/precedents")
    assert chunk.section == ("Ferries", "Precedent: A library of ropes in Granton")
    assert chunk.document == "ferries"
    again.generation.close()
    assert ingest(first.settings, HashEmbedder()).added == ()
