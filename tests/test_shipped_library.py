"""The shipped library with the real model, from end to end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant import answering
from assistant.answering.arrangement import arrange
from assistant.answering.evidence import Passage
from assistant.indexing.ingestion import ingest
from assistant.library import CurrentLibrary, Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.precedents import search_cases
from assistant.precedents.cases import cases_of
from assistant.records import Answer
from assistant.search.retrieval import Filters
from assistant.settings import Settings
from assistant.web.precedents.cases_html import case_questions
from evals.libraries.shipped import shipped_settings
from evals.tasks.precedents import load_precedent_cases
from tests.library_making import shipped_library

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DEMOS = "mission-ready-national-missions"
QUESTIONS = [
    "How big is the Mission Delivery Unit?",
    "Who should fund Mission Councils?",
    "What is the milestone on child development?",
    "Which authorities have an Integrated Settlement?",
    "When did the National Procurement Policy Statement take effect?",
    "What was the Plymouth Alliance and what came of it?",
    "What does the white paper say about local audit?",
    "What was the Adult Education Budget for Greater Manchester in 2025-26?",
    "Why do small charities struggle with tenders?",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = shipped_settings(shipped_library(tmp_path_factory.mktemp("shipped") / "indexes"))
    assert ingest(settings, SentenceEmbedder(settings.embedding)).left_out == {}
    return settings


@pytest.fixture(scope="module")
def library(settings: Settings) -> Iterator[Library]:
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def check(answer: Answer, library: Library) -> None:
    """What holds for every answer: exact quotes, supported sentences, known numbers, and about the right length."""
    for quote in answer.citations:
        text = library.generation.document(quote.text_id).text
        assert text[quote.start : quote.end] == quote.quote
        assert quote.page is None  # summaries have no pages, and none is made up
    assert {sentence.verdict for sentence in answer.sentences} <= {"supported"}
    numbers = {quote.n for quote in answer.citations}
    assert all(set(sentence.citations) <= numbers for sentence in answer.sentences)
    # The last passage taken may reach over the limit, with what belongs to it.
    assert len(answer.answer.split()) <= 1.15 * library.settings.answering.max_words


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_rests_on_exact_quotes(library: Library, question: str) -> None:
    answer = answering.ask(library, question)
    assert answer.status == "answered"
    assert answer.sentences
    check(answer, library)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("How big is the Mission Delivery Unit?", "25 people"),
        ("Who should fund Mission Councils?", "HM Treasury"),
        ("When did the National Procurement Policy Statement take effect?", "24 February"),
        ("What was the Adult Education Budget for Greater Manchester in 2025-26?", "£102.0m"),
    ],
)
def test_known_facts_are_in_the_answer(library: Library, question: str, fact: str) -> None:
    assert fact in answering.ask(library, question).answer


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("How many calories are in an avocado?", "out-of-scope"),
        ("Who painted the Sistine Chapel ceiling?", "out-of-scope"),
        ("What share of its replies did the Treasury send by carrier pigeon in 2019?", "not-in-library"),
    ],
)
def test_what_the_library_does_not_hold_is_refused(library: Library, question: str, status: str) -> None:
    answer = answering.ask(library, question)
    assert (answer.status, answer.refused) == (status, True)
    assert bool(answer.citations) == (status == "not-in-library")  # the nearest, marked as such
    assert len(answer.retrieved) == 10
    assert "9 documents were searched" in answer.answer


def test_policy_and_proposals_stand_under_their_own_headings(library: Library) -> None:
    chunks = [library.generation.text_chunks(text_id)[3] for text_id in ("plan-for-change", DEMOS, "plan-for-change")]
    passages = [
        Passage(chunk, chunk.sentences[number], 1.0, chunk.speakers[number]) for number, chunk in enumerate(chunks[:2])
    ]
    passages.append(Passage(chunks[2], chunks[2].sentences[-1], 0.5, chunks[2].speakers[-1]))
    text = arrange(passages, library.generation, library.sources).text
    policy, proposal = text.index("(government policy,"), text.index("(independent proposal,")
    assert policy < proposal
    assert text.count("(government policy,") == 1


def test_a_table_whose_first_column_is_asked_for_comes_whole(library: Library) -> None:
    answer = answering.ask(library, "Which authorities have an Integrated Settlement?")
    (table,) = answer.tables
    assert [row[0].text for row in table.rows] == [
        "Greater Manchester",
        "West Midlands",
        "West Yorkshire",
        "South Yorkshire",
        "Liverpool City Region",
        "North East",
    ]


def test_filters_hold(library: Library) -> None:
    answer = answering.ask(library, "What should councils do?", Filters(authorities=("government-policy",)))
    assert {quote.authority for quote in answer.citations} == {"government-policy"}
    assert "mission-ready-national-missions" not in answer.documents_searched


def test_registers_are_found_by_their_own_words(library: Library) -> None:
    found = library.retriever.retrieve(
        "precedents: councils that replaced many contracts with one alliance contract", 5
    )
    assert any(item.chunk.part == "precedents" and "Plymouth" in item.chunk.text for item in found)


def test_a_running_app_follows_a_new_build(settings: Settings) -> None:
    current = CurrentLibrary(settings)
    before = current().generation.manifest.generation
    assert current().generation.manifest.generation == before
    ingest(settings, SentenceEmbedder(settings.embedding), rebuild=True)
    assert current().generation.manifest.generation != before
    assert answering.ask(current(), "How big is the Mission Delivery Unit?").status == "answered"
    current.close()


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("small charities bidding together", "plymouth-alliance"),
        ("things that went wrong with outsourcing", "probation-insourcing"),
        ("like the Plymouth Alliance but for housing", "homelessness-test-and-learn"),
    ],
)
def test_a_vague_search_of_the_cases_finds_the_one_that_is_meant(library: Library, query: str, right: str) -> None:
    assert right in [found.entry.id for found in search_cases(library, query).found[:2]]


def test_a_case_that_is_meant_is_near_and_a_search_for_something_else_finds_none(library: Library) -> None:
    for case in load_precedent_cases():
        if case.part == "dev":
            found = search_cases(library, case.question).found
            assert [item for item in found if item.is_near and item.entry.id in case.right], case.question
    for query in ("how to bake bread at home", "repairing a bicycle puncture", "why cats purr", "the plot of Hamlet"):
        assert not any(item.is_near for item in search_cases(library, query).found), query


def test_every_case_has_questions_to_offer(library: Library) -> None:
    assert [case for case in cases_of(library).entries if not case_questions(library, case)] == []
