"""Passages by their exact words, and the nearest to words that are not there."""

from __future__ import annotations

import pytest

from assistant.contributing.passages import LibraryPassages, Passage
from assistant.library import Library


@pytest.fixture
def library(register: Library) -> LibraryPassages:
    return LibraryPassages(register)


def test_a_passage_is_found_with_its_section(library: LibraryPassages) -> None:
    assert library.find("harbour-plan", "Every  licence\nlasts three years.") == Passage(
        "Every licence lasts three years.", "boats", None
    )
    assert library.find("harbour-plan", "Grant Leith £12m") is None
    assert library.find("tide-report", "Every licence lasts three years.") is None


@pytest.mark.parametrize(
    "words", ["", "  ", "very licence lasts", "Every licence lasts three year", "every licence lasts"]
)
def test_only_whole_words_as_they_are_written_count(library: LibraryPassages, words: str) -> None:
    assert library.find("harbour-plan", words) is None


@pytest.mark.parametrize("sign", [".*", "(", "[^1]", "\\w+ licence lasts three"])
def test_signs_of_patterns_are_words_like_any_other(library: LibraryPassages, sign: str) -> None:
    assert library.find("harbour-plan", sign) is None


def test_a_document_that_is_not_there_holds_nothing(library: LibraryPassages) -> None:
    assert library.find("atlantis", "Every licence lasts three years.") is None
    assert library.nearest("atlantis", "licence") == ""
    assert library.sections("atlantis") == {}
    assert not library.is_summary("atlantis")


def test_the_nearest_sentence_shares_most_words_and_is_none_where_none_does(library: LibraryPassages) -> None:
    assert library.nearest("harbour-plan", "each licence lasts four years") == "Every licence lasts three years."
    assert library.nearest("harbour-plan", "zebra") == ""


def test_sections_are_the_headings_of_the_summary(library: LibraryPassages) -> None:
    assert library.sections("harbour-plan") == {
        "harbour-plan": ("Harbour plan",),
        "boats": ("Harbour plan", "Boats"),
        "money": ("Harbour plan", "Money"),
    }
    assert library.titles["harbour-plan"] == "Harbour Office: Harbour plan"
