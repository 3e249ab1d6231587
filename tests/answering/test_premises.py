"""What a question takes as decided is corrected only where the library surely holds it as a proposal alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import answering
from assistant.answering.evidence import Passage
from assistant.answering.premises import BY_OTHERS, NOT_STATED, ONLY_PROPOSED, only_proposed, standing_asked
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.search.retrieval import Filters
from evals.tasks.premises import load_innocent
from tests.library_making import index_library, make_library

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(Path(tmp_path_factory.mktemp("library")))
    index_library(settings, SentenceEmbedder(settings.embedding))
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def of_the_report(library: Library) -> list[Passage]:
    (chunk,) = (item for item in library.generation.text_chunks("tide-report") if "tide warden" in item.text)
    return [Passage(chunk, chunk.sentences[0], 0.9, chunk.speakers[0])]


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("Why has the government decided that every harbour appoint a tide warden?", True),
        ("Should the government decide that every harbour gets a tide warden?", False),
        ("Has the government decided that every harbour appoint a tide warden?", False),
        ("What if the government decided that every harbour appoint a tide warden?", False),
        ("Why has the government decided to license boats in every harbour?", False),
        ("Who should appoint a tide warden?", False),
    ],
)
def test_a_proposal_is_not_taken_as_decided(library: Library, question: str, corrected: bool) -> None:
    passages = of_the_report(library)
    found = only_proposed(question, passages, library.generation, library.retriever.rarity)
    assert found == (passages[0] if corrected else None)


def test_beside_a_passage_of_government_nothing_is_corrected(library: Library) -> None:
    question = "Why has the government decided that every harbour appoint a tide warden?"
    chunk = next(item for item in library.generation.text_chunks("harbour-plan") if "40 boats" in item.text)
    passages = [*of_the_report(library), Passage(chunk, chunk.sentences[0], 0.1, chunk.speakers[0])]
    assert only_proposed(question, passages, library.generation, library.retriever.rarity) is None


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("Is it government policy to appoint a tide warden in every harbour?", True),
        ("Is it now official policy that every harbour appoints a tide warden?", True),
        ("Is a tide warden in every harbour government policy?", True),
        ("Has the government decided to appoint a tide warden in every harbour?", True),
        ("A tide warden in every harbour - is that govt policy?", True),
        ("Is it government policy to license boats?", False),
        ("Is it wise to appoint a tide warden?", False),
    ],
)
def test_who_asks_whether_it_is_policy_is_told_who_says_it(library: Library, question: str, is_told: bool) -> None:
    asked = standing_asked(question, library.retriever.rarity)
    line = (asked and asked.line(of_the_report(library), library.generation)) or ""
    assert line.startswith(NOT_STATED) == is_told
    assert ("proposed by" in line) == is_told
    chunk = next(item for item in library.generation.text_chunks("harbour-plan") if "40 boats" in item.text)
    plan = [Passage(chunk, chunk.sentences[0], 0.9, chunk.speakers[0])]
    assert not ((asked and asked.line(plan, library.generation)) or "").startswith(NOT_STATED)


@pytest.mark.parametrize(
    ("question", "is_stated"),
    [
        ("Is the licensing of boats government policy?", True),
        ("Is it government policy to license boats by 2027?", True),
        ("Is a boat oar licence government policy?", False),
    ],
)
def test_words_here_and_there_do_not_make_policy(library: Library, question: str, is_stated: bool) -> None:
    answer = answering.ask(library, question, Filters(documents=("harbour-plan",)))
    assert (answer.status == "answered") == is_stated, answer.answer
    assert ("A government document speaks of it" in answer.answer) == is_stated


def test_where_only_others_speak_of_what_may_be_policy_that_is_said(library: Library) -> None:
    question = "Is mooring larger boats along the quay government policy?"
    answer = answering.ask(library, question, Filters(documents=("tide-report",)), abstains=False)
    assert BY_OTHERS in answer.answer
    plan = answering.ask(library, question, Filters(documents=("harbour-plan",)), abstains=False)
    assert BY_OTHERS not in plan.answer


def test_a_correction_cites_the_proposal(library: Library) -> None:
    question = "Why has the government decided that every harbour appoint a tide warden?"
    answer = answering.ask(library, question, Filters(documents=("tide-report",)))
    first, *_ = answer.answer.split("\n")
    assert first.startswith(ONLY_PROPOSED)
    number = int(first.removeprefix(f"{ONLY_PROPOSED} [").removesuffix("]"))
    assert "tide warden" in answer.citations[number - 1].quote


@pytest.mark.parametrize(
    "question",
    [
        "How will the office license 90 boats by 2027?",
        "Is the target 90 boats?",
        "What did the 2023 plan say about licences?",
        "As at 2023, how long did a licence last?",
        "We run 12 boats; what must each of them carry?",
        "Give me 1 thing that a boat must carry",
    ],
)
def test_a_figure_or_a_date_is_left_to_the_passage_that_gives_it(library: Library, question: str) -> None:
    answer = answering.ask(library, question).answer
    assert not answer.startswith("Your question")
    assert "takes something for granted" not in answer


def test_innocent_questions_of_every_kind_are_there_to_be_asked() -> None:
    cases = load_innocent()
    assert len(cases) >= 150
    assert len({case.kind for case in cases if case.split == "test"}) >= 20
