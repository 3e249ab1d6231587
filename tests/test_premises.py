"""What a question takes for granted is put right where the library says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.answering.premises import CORRECTS, ONLY_PROPOSED, is_only_proposed, wrong_detail
from assistant.answering.ranking import Passage
from assistant.embedding import SentenceEmbedder
from assistant.ingestion import ingest
from assistant.library import open_assistant
from tests.library_making import make_library

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = make_library(Path(tmp_path_factory.mktemp("library")))
    ingest(settings, SentenceEmbedder(settings.embedding))
    opened = open_assistant(settings)
    yield opened
    opened.generation.close()


def everything(assistant: Assistant) -> set[str]:
    return set(assistant.sources)


def test_a_wrong_figure_is_put_right_with_its_passage(assistant: Assistant) -> None:
    answer = assistant.ask("How will the office license 90 boats by 2027?")
    assert answer.answer.startswith(f"{CORRECTS} it says ‘90’, the library ‘40’. [")
    number = int(answer.answer.split("[")[1].split("]")[0])
    assert "40 boats" in answer.citations[number - 1].quote


def test_a_right_figure_is_not_corrected(assistant: Assistant) -> None:
    assert wrong_detail("How will the office license 40 boats by 2027?", assistant, everything(assistant)) is None


def test_a_passage_of_a_document_left_out_corrects_nothing(assistant: Assistant) -> None:
    question = "How will the office license 90 boats by 2027?"
    assert wrong_detail(question, assistant, {"harbour-plan"}) is not None
    assert wrong_detail(question, assistant, {"tide-report"}) is None


@pytest.mark.parametrize(
    ("question", "only_proposed"),
    [
        ("Why has the government decided that every harbour gets a tide warden?", True),
        ("Should the government decide that every harbour gets a tide warden?", False),
        ("Who should appoint a tide warden?", False),
    ],
)
def test_a_proposal_is_not_taken_as_decided(assistant: Assistant, question: str, only_proposed: bool) -> None:
    (chunk,) = (item for item in assistant.generation.text_chunks("tide-report") if "tide warden" in item.text)
    passages = [Passage(chunk, chunk.sentences[0], 0.9)]
    assert is_only_proposed(question, passages, assistant.generation) is only_proposed
    assert assistant.ask(question).answer.startswith(ONLY_PROPOSED) is only_proposed


def test_what_government_says_itself_is_not_only_proposed(assistant: Assistant) -> None:
    chunk = next(item for item in assistant.generation.text_chunks("harbour-plan") if "40 boats" in item.text)
    question = "Why has the government decided to license 40 boats?"
    assert not is_only_proposed(question, [Passage(chunk, chunk.sentences[0], 0.9)], assistant.generation)
