"""Documents side by side on a topic, each in its own words or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.answering.comparison import Comparison, compare_documents, comparison_record
from assistant.answering.comparison_themes import MOST_ROWS
from assistant.answering.comparison_topics import Signals, chance, is_addressed, paragraphs_of, weigh_paragraph
from assistant.errors import AssistantError
from assistant.library import Library
from tests.library_making import index_library, make_library, open_library

LAMPS = """

## Lamps {#lamps}

The Trust proposes two lamps for each boat. Lamps must burn for ten hours.

## Repairs {#repairs}

Broken lamps are to be replaced in a week.
"""
BOTH = ("harbour-plan", "tide-report")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    report = settings.corpus / "summaries" / "tide-report.md"
    report.write_text(report.read_text(encoding="utf-8") + LAMPS, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def statuses(comparison: Comparison, document: str) -> set[str]:
    return {cell.status for row in comparison.themes for cell in row.cells if cell.document == document}


def test_a_document_without_anything_near_enough_shows_what_is_nearest(library: Library) -> None:
    comparison = compare_documents("tide wardens", BOTH, library)
    assert statuses(comparison, "harbour-plan") == {"nothing near enough"}
    first = comparison.themes[0]
    assert (first.theme, [cell.status for cell in first.cells]) == ("tide wardens", ["nothing near enough", "found"])
    nearest, found = (comparison.citations[cell.citation - 1] for cell in first.cells if cell.citation)
    assert (nearest.document, found.document) == BOTH
    assert all(cell.text for cell in first.cells)
    assert "warden" in found.quote


def test_a_topic_that_is_nowhere_is_one_row_of_nearest_passages(library: Library) -> None:
    comparison = compare_documents("polar bears", BOTH, library)
    assert [cell.status for row in comparison.themes for cell in row.cells] == ["nothing near enough"] * 2
    assert [quote.document for quote in comparison.citations] == list(BOTH)


def test_each_cell_quotes_its_own_document_exactly(library: Library) -> None:
    comparison = compare_documents("lamps", BOTH, library)
    assert {status for document in BOTH for status in statuses(comparison, document)} >= {"found"}
    filled = [cell for row in comparison.themes for cell in row.cells if cell.citation]
    for cell in filled:
        quote = comparison.citations[cell.citation - 1]
        text = library.generation.document(cell.document).text
        assert (quote.document, quote.part) == (cell.document, "body")
        assert text[quote.start : quote.end] == quote.quote
        assert "lamp" in f"{cell.text} {' '.join(quote.section)}".lower()
    assert [quote.authority for quote in comparison.citations[:2]] == ["government-policy", "independent-proposal"]


def test_rows_are_few_and_no_passage_stands_in_two(library: Library) -> None:
    comparison = compare_documents("lamps", BOTH, library)
    cited = [cell.citation for row in comparison.themes for cell in row.cells if cell.status == "found"]
    assert len(cited) == len(set(cited))
    assert comparison.themes[0].theme == "lamps"
    assert len(comparison.themes) <= MOST_ROWS
    assert all([cell.document for cell in row.cells] == list(BOTH) for row in comparison.themes)


PLAN_TOO = """

## Part two: money for lamps {#money-for-lamps}

Lamp fees are due in March every year.

## Watch over lamps {#watch}

The master inspects lamps at dusk.

## What of ropes? {#ropes}

Ropes that hold lamps are of hemp.
"""
REPORT_TOO = """

## Other lamps {#other}

Blue whistles calm gulls near lamps.

## 3. Hemp ropes {#hemp}

Ropes that hold lamps should be of good hemp.

## Dues {#dues}

Lamp fees due in March every year should fall.
"""


@pytest.fixture(scope="module")
def themed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library whose documents share themes, in another order and under other headings."""
    settings = make_library(tmp_path_factory.mktemp("themed"))
    for name, words in zip(BOTH, (PLAN_TOO, REPORT_TOO), strict=True):
        path = settings.corpus / "summaries" / f"{name}.md"
        path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.mark.parametrize(
    ("documents", "titles"),
    [(BOTH, ["Money for lamps", "Hemp ropes"]), (BOTH[::-1], ["Hemp ropes", "Money for lamps"])],
    ids=["plan-first", "report-first"],
)
def test_shared_themes_follow_the_first_document_under_plain_headings(
    documents: tuple[str, ...], titles: list[str], themed: Library
) -> None:
    own, *rows = compare_documents("lamps", documents, themed).themes
    assert own.theme == "lamps"
    shared = [row for row in rows if {cell.status for cell in row.cells} == {"found"}]
    assert rows[: len(shared)] == shared
    assert [row.theme for row in shared] == titles
    for row in shared:
        words = {"Money for lamps": "March", "Hemp ropes": "hemp"}[row.theme]
        assert all(words in cell.text for cell in row.cells)


def test_a_lead_in_without_its_items_fills_no_cell(library: Library) -> None:
    comparison = compare_documents("each boat must carry", BOTH, library)
    assert comparison.themes[0].cells[0].status == "found"
    assert not [cell.text for row in comparison.themes for cell in row.cells if cell.text.endswith(":")]


def test_columns_stand_in_the_order_asked_for(library: Library) -> None:
    comparison = compare_documents("lamps", BOTH[::-1], library)
    assert [item.id for item in comparison.documents] == ["tide-report", "harbour-plan"]


@pytest.mark.parametrize("documents", [(), ("tide-report",), ("tide-report", "tide-report")])
def test_fewer_than_two_documents_are_no_comparison(documents: tuple[str, ...], library: Library) -> None:
    with pytest.raises(ValueError, match="two or more different documents"):
        compare_documents("lamps", documents, library)


def test_a_document_that_is_not_there_is_named_with_those_that_are(library: Library) -> None:
    with pytest.raises(AssistantError, match=r"No document 'log-book'.*harbour-plan, tide-report"):
        compare_documents("lamps", ("tide-report", "log-book"), library)


def test_an_empty_topic_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="topic is empty"):
        compare_documents(" ", BOTH, library)


def test_the_record_says_of_a_cell_that_its_passage_is_only_the_nearest(library: Library) -> None:
    record = comparison_record(compare_documents("tide wardens", BOTH, library))
    cell = record["themes"][0]["cells"][0]
    assert cell.pop("text")
    assert cell == {"document": "harbour-plan", "status": "nothing near enough", "citation": 1}
    assert record["citations"][0]["document"] == "harbour-plan"
    assert record["documents"][1]["authority"] == "independent-proposal"
    assert set(record) == {"topic", "documents", "themes", "citations", "library_version", "as_at", "seconds"}


def weighed(topic: str, text_id: str, library: Library) -> list[Signals]:
    paragraphs = paragraphs_of(library.generation.text_chunks(text_id), library.generation)
    vector = library.embedder.embed_question(topic)
    return [weigh_paragraph(topic, vector, paragraph, lambda word: 1.0) for paragraph in paragraphs]


def test_words_that_stand_together_tell_more_than_words_apart(library: Library) -> None:
    together = max(signals.phrase for signals in weighed("tide warden", "tide-report", library))
    apart = max(signals.phrase for signals in weighed("warden harbour tide", "tide-report", library))
    assert (together, apart) == (1.0, 0.0)
    assert chance(Signals(0.5, 1.0, 1.0)) > chance(Signals(0.5, 1.0, 0.0)) > chance(Signals(0.5, 0.0, 0.0))


def test_an_acronym_stands_for_its_words(library: Library) -> None:
    topic = "voluntary community local enterprise"
    assert max(signals.words for signals in weighed(topic, "tide-report", library)) == 1.0


def test_what_is_only_near_is_not_addressed() -> None:
    assert is_addressed(chance(Signals(meaning=0.6, words=1.0, phrase=1.0)))
    assert not is_addressed(chance(Signals(meaning=0.6, words=0.4, phrase=0.0)))


def test_paragraphs_cover_a_text_once(library: Library) -> None:
    chunks = library.generation.text_chunks("harbour-plan")
    paragraphs = paragraphs_of(chunks, library.generation)
    starts = [(item.chunk.id, item.start) for item in paragraphs]
    assert len(starts) == len(set(starts))
    asked = [item for item in paragraphs if "lamp" in item.words]
    lamp_question = library.embedder.embed_question("What lighting is compulsory?")
    assert max(float(np.max(item.vectors @ lamp_question)) for item in asked) == pytest.approx(1.0, abs=1e-3)
