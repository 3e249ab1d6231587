"""What was found is weighed before anything is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.abstention import (
    WITH_QUESTIONS,
    WITHOUT_QUESTIONS,
    Evidence,
    fit_for,
    judge,
    probability_of_answer,
    weigh_evidence,
)
from assistant.answering.asked_for import holds_kind, kind_asked
from assistant.library import Library
from tests.library_making import index_library, make_library, open_library

STRONG = Evidence(chunk_score=1.4, likeness_of_kind=0.9, words_in_one_place=0.0)
WEAK = Evidence(chunk_score=0.5, likeness_of_kind=0.1, words_in_one_place=-0.5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(Path(tmp_path_factory.mktemp("library")))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def weigh(library: Library, question: str) -> Evidence:
    vector = library.embedder.embed_question(question)
    retrieved = library.retriever.retrieve(question, vector=vector)
    return weigh_evidence(question, vector, retrieved, library.generation, library.retriever.rarity)


@pytest.mark.parametrize("fit", [WITH_QUESTIONS, WITHOUT_QUESTIONS])
@pytest.mark.parametrize("name", Evidence.__slots__)
def test_more_evidence_never_makes_an_answer_less_likely(fit: object, name: str) -> None:
    assert isinstance(fit, type(WITH_QUESTIONS))
    less = replace(STRONG, **{name: getattr(STRONG, name) - 0.3})
    assert probability_of_answer(less, fit) < probability_of_answer(STRONG, fit)


def test_the_status_goes_by_the_evidence() -> None:
    assert judge(STRONG, WITH_QUESTIONS) == "answered"
    assert judge(WEAK, WITH_QUESTIONS) == "out-of-scope"
    assert judge(replace(WEAK, chunk_score=WITH_QUESTIONS.out_of_scope), WITH_QUESTIONS) == "not-in-library"


def test_words_that_stand_in_one_paragraph_are_worth_more_than_scattered_ones(library: Library) -> None:
    together = weigh(library, "Should wardens be paid from harbour fees?")
    scattered = weigh(library, "Should wardens be paid for licensed boats in Hull?")
    assert scattered.words_in_one_place < together.words_in_one_place <= 0


def test_a_sentence_without_a_number_does_not_answer_how_many(library: Library) -> None:
    why = weigh(library, "Why are wardens paid from harbour fees?")
    how_many = weigh(library, "How many wardens are paid from harbour fees?")
    assert how_many.likeness_of_kind < why.likeness_of_kind


def test_nothing_found_is_no_evidence(library: Library) -> None:
    vector = library.embedder.embed_question("anything")
    evidence = weigh_evidence("anything", vector, [], library.generation, library.retriever.rarity)
    assert judge(evidence, fit_for([])) == "out-of-scope"


def test_chunks_without_questions_have_a_fit_of_their_own(library: Library) -> None:
    found = library.retriever.retrieve("How many boats will be licensed?")
    assert fit_for(found) is WITH_QUESTIONS
    bare = [replace(found[0], chunk=replace(found[0].chunk, questions=()))]
    assert fit_for(bare) is WITHOUT_QUESTIONS


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
