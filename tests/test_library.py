"""The web app's library, warmed in the background."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.answering import Assistant
from assistant.errors import IndexNotFoundError, ModelUnavailableError
from assistant.ingestion import ingest
from assistant.library import warm_up
from assistant.records import Answer, Seconds
from assistant.web.app import build_app
from assistant.web.asking import EMPTY
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library

QUESTION = "How many boats will the office license by 2027?"
MISSING = "No weights at models/absent. Check STEWARD_EMBEDDING__MODEL."


class HeldEmbedder(HashEmbedder):
    """Keeps the thread that warms up where it is, as a model that loads slowly does."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.released = threading.Event(), threading.Event()

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """The unit vector of a text."""
        if threading.current_thread().name == "warm-up":
            self.reached.set()
            self.released.wait()
        return super().embed_question(question)


class AbsentModel(HashEmbedder):
    """A model whose weights are gone."""

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """No vector."""
        raise ModelUnavailableError(MISSING)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    ingest(settings, HashEmbedder())
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_a_question_asked_while_warming_is_answered_as_any_other(assistant: Assistant) -> None:
    embedder = HeldEmbedder()
    warming = warm_up(lambda: replace(assistant, embedder=embedder))
    embedder.reached.wait()
    meanwhile = replace(assistant, embedder=embedder).ask(QUESTION)
    assert warming.is_alive()
    embedder.released.set()
    warming.join()
    afterwards = replace(assistant, embedder=embedder).ask(QUESTION)
    assert meanwhile.status == "answered"
    assert _untimed(meanwhile) == _untimed(afterwards) == _untimed(assistant.ask(QUESTION))


def test_a_failure_while_warming_is_said_on_stderr_and_at_the_first_question(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(assistant, embedder=AbsentModel())
    warm_up(lambda: broken).join()
    assert capsys.readouterr().err == f"Error: {MISSING}\n"
    (respond,) = [item for item in build_app(lambda: broken).fns.values() if item.api_name == "respond"]
    ((update),) = respond.fn(QUESTION, [], [], "", "", "", "Quotes", "", "", EMPTY)
    assert MISSING in "".join(map(str, update.values()))


def test_a_library_that_cannot_be_opened_while_warming_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    def current() -> Assistant:
        raise IndexNotFoundError("No index at indexes. Build it with `steward ingest`.")

    warm_up(current).join()
    assert capsys.readouterr().err == "Error: No index at indexes. Build it with `steward ingest`.\n"


def _untimed(answer: Answer) -> Answer:
    return replace(answer, seconds=Seconds())
