"""Documents side by side on a topic, each in its own words or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.answering.comparison import MOST_THEMES, Comparison, compare_documents, comparison_record
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


def test_a_document_that_says_nothing_on_the_topic_does_not_address_it(library: Library) -> None:
    comparison = compare_documents("tide wardens", BOTH, library)
    assert statuses(comparison, "harbour-plan") == {"not addressed"}
    first = comparison.themes[0]
    assert (first.theme, [cell.status for cell in first.cells]) == ("tide wardens", ["not addressed", "addressed"])
    assert {quote.document for quote in comparison.citations} == {"tide-report"}


def test_a_topic_that_nobody_addresses_is_one_row_without_quotes(library: Library) -> None:
    comparison = compare_documents("polar bears", BOTH, library)
    assert [cell.status for row in comparison.themes for cell in row.cells] == ["not addressed"] * 2
    assert comparison.citations == ()


def test_each_cell_quotes_its_own_document_exactly(library: Library) -> None:
    comparison = compare_documents("lamps", BOTH, library)
    assert {status for document in BOTH for status in statuses(comparison, document)} >= {"addressed"}
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
    cited = [cell.citation for row in comparison.themes for cell in row.cells if cell.citation]
    assert len(cited) == len(set(cited)) == len(comparison.citations)
    assert [row.theme for row in comparison.themes] == ["lamps", "Repairs"]
    assert len(comparison.themes) <= MOST_THEMES
    assert all([cell.document for cell in row.cells] == list(BOTH) for row in comparison.themes)


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


def test_the_record_of_a_cell_that_is_not_addressed_holds_nothing(library: Library) -> None:
    record = comparison_record(compare_documents("tide wardens", BOTH, library))
    assert record["themes"][0]["cells"][0] == {
        "document": "harbour-plan",
        "status": "not addressed",
        "text": None,
        "citation": None,
    }
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
    assert is_addressed(Signals(meaning=0.6, words=1.0, phrase=1.0))
    assert not is_addressed(Signals(meaning=0.6, words=0.4, phrase=0.0))


def test_paragraphs_cover_a_text_once(library: Library) -> None:
    chunks = library.generation.text_chunks("harbour-plan")
    paragraphs = paragraphs_of(chunks, library.generation)
    starts = [(item.chunk.id, item.start) for item in paragraphs]
    assert len(starts) == len(set(starts))
    asked = [item for item in paragraphs if "lamp" in item.words]
    lamp_question = library.embedder.embed_question("What lighting is compulsory?")
    assert max(float(np.max(item.vectors @ lamp_question)) for item in asked) == pytest.approx(1.0, abs=1e-3)
