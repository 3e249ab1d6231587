"""What was found is weighed before anything is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import ask, quoted_answer
from assistant.answering.abstention import DOUBTFUL, NOT_NAMED, abstained, is_doubtful, judge, unmentioned
from assistant.answering.asked_for import holds_kind, is_counted, kind_asked
from assistant.answering.evidence import ANSWERS, SURELY, Passage, gather_evidence
from assistant.library import Library
from assistant.records import RetrievedChunk
from assistant.search.retrieval import Filters
from assistant.search.scope import scope_of
from tests.library_making import index_library, make_library, open_library

QUESTION = "How many wardens are paid from harbour fees?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(Path(tmp_path_factory.mktemp("library")))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def gather(library: Library, question: str) -> tuple[list[Passage], list[RetrievedChunk]]:
    vector = library.embedder.embed_question(question)
    retrieved = library.retriever.retrieve(question, vector=vector)
    evidence = gather_evidence(question, vector, retrieved, library.generation, library.retriever.rarity)
    return evidence, retrieved


def test_the_same_score_selects_and_refuses(library: Library) -> None:
    evidence, retrieved = gather(library, QUESTION)
    assert [item.score for item in evidence] == sorted((item.score for item in evidence), reverse=True)

    def scored(score: float) -> list[Passage]:
        return [replace(evidence[0], score=score)]

    rarity = library.retriever.rarity
    assert judge("What lessons are there on wardens?", scored(ANSWERS / 2), retrieved, rarity) == "answered"
    near = [replace(retrieved[0], score=1.2, found_score=None)]
    assert judge(QUESTION, scored(ANSWERS), near, rarity) == "answered"
    assert judge(QUESTION, scored(ANSWERS - 0.01), near, rarity) == "not-in-library"
    assert judge(QUESTION, scored(ANSWERS - 0.01), [replace(near[0], score=0.1)], rarity) == "not-in-library"
    elsewhere = "Who bakes avocado bread?"
    assert judge(elsewhere, scored(ANSWERS - 0.01), [replace(near[0], score=0.1)], rarity) == "out-of-scope"
    assert [is_doubtful(QUESTION, scored(score)) for score in (ANSWERS, SURELY)] == [True, False]


def test_nothing_found_is_no_evidence(library: Library) -> None:
    assert gather_evidence("anything", library.embedder.embed_question("anything"), [], library.generation, len) == []
    assert judge("anything", [], [], library.retriever.rarity) == "not-in-library"


def test_a_sentence_with_what_is_asked_for_is_likelier(library: Library) -> None:
    evidence, _ = gather(library, "How many boats will the office license by 2027?")
    document = library.generation.document(evidence[0].chunk.text_id)
    assert "40 boats" in document.text[evidence[0].span.start : evidence[0].span.end]


def test_an_abstention_names_what_was_asked_and_shows_the_nearest_in_their_own_words(library: Library) -> None:
    evidence, _ = gather(library, QUESTION)
    scope = scope_of(library.generation.manifest, library.sources, Filters(), None)
    said = abstained("not-in-library", QUESTION, evidence, library.generation, library.sources, scope)
    assert said.text.startswith(f"The library does not say: {QUESTION} 2 documents were searched.")
    assert said.gaps == (QUESTION,)
    assert 1 <= len(said.quotes) <= 3
    for quote in said.quotes:
        assert library.document_of(quote).text[quote.start : quote.end] == quote.quote
    elsewhere = abstained("out-of-scope", QUESTION, evidence, library.generation, library.sources, scope)
    assert (elsewhere.quotes, elsewhere.gaps) == ((), ())
    assert DOUBTFUL not in said.text


def test_the_missing_part_of_a_question_is_named_and_the_other_answered(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sure_of_boats(question: str, *found: Any) -> list[Passage]:
        score = 0.9 if "boats" in question else 0.01
        return [replace(passage, score=score) for passage in gather_evidence(question, *found)]

    monkeypatch.setattr(quoted_answer, "gather_evidence", sure_of_boats)
    answer = ask(library, "How many boats will the office license by 2027, and who painted the harbour hall?")
    assert (answer.status, answer.gaps) == ("partly-answered", ("who painted the harbour hall?",))
    assert answer.answer.startswith("The library does not say: who painted the harbour hall?\n\n")
    assert "40 boats" in answer.citations[0].quote
    neither = ask(library, "Who painted the harbour hall, and who built the harbour wall?")
    assert neither.refused
    assert neither.gaps == ("Who painted the harbour hall, and who built the harbour wall?",)


@pytest.mark.parametrize(
    ("question", "words", "counted"),
    [
        ("How many boats are licensed?", "By 2027 the office licenses 40 small boats.", True),
        ("How many boats are licensed?", "The boats have 40 lamps.", False),
        ("How many new wardens does it pay?", "It pays twelve wardens.", True),
        ("number of boats licensed", "By 2027 the office licenses 40 small boats.", True),
        ("Which boats are licensed?", "It licenses 40 boats.", False),
    ],
)
def test_a_count_stands_before_what_is_counted(question: str, words: str, counted: bool) -> None:
    assert is_counted(question, words) is counted


@pytest.mark.parametrize(
    ("question", "kind", "holding", "lacking"),
    [
        ("What share of homes is for rent?", "share", "A third of them is.", "Many of them are."),
        ("How much does it cost?", "sum", "It costs £3 a day.", "It costs little."),
        ("How many boards are there?", "count", "Twelve boards were founded.", "Boards were founded."),
        ("When was it founded?", "date", "It was founded in May.", "It was founded late."),
        ("Who runs it?", "name", "The Cabinet Office runs it.", "It is run by its members."),
    ],
)
def test_each_kind_of_thing_is_told_from_words_without_it(question: str, kind: str, holding: str, lacking: str) -> None:
    assert kind_asked(question) == kind
    assert holds_kind(kind_asked(question), holding)
    assert not holds_kind(kind_asked(question), lacking)


LICENCES = "How many boats will the office license by 2027?"


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How many boats will Hull City Council license by 2027?", "Hull City Council"),
        ("How many boats were licensed in 1987?", "1987"),
        (LICENCES, ""),
        ("How many boats will the Harbuor Office license by 2027?", ""),
    ],
    ids=["a name", "a year", "nothing", "misspelt"],
)
def test_names_and_dates_that_nothing_shown_speaks_of_are_told(library: Library, question: str, missing: str) -> None:
    assert unmentioned(question, ask(library, LICENCES).citations) == missing
    answer = ask(library, question)
    if not answer.refused:
        assert (f"{NOT_NAMED} {missing}." in answer.answer) == bool(missing)


def test_a_doubtful_answer_on_another_name_or_count_is_none(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoted_answer, "is_doubtful", lambda question, evidence: True)
    assert ask(library, "How many boats will Hull City Council license by 2027?").status == "not-in-library"
    assert ask(library, "How many captains will the office license by 2027?").status == "not-in-library"
    assert ask(library, LICENCES).status == "answered"
