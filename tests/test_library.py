"""The web app's library, warmed in the background."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant import answering
from assistant.errors import IndexNotFoundError, ModelUnavailableError
from assistant.indexing.ingestion import ingest
from assistant.library import CurrentLibrary, Library
from assistant.library import open_published as open_as_set
from assistant.precedents.cases import cases_of
from assistant.records import Answer, Seconds
from assistant.settings import Settings
from assistant.web.app import build_app
from assistant.web.ask.conversation import EMPTY
from assistant.web.warm_up import warm_up
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library, open_library

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
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_a_question_asked_while_warming_is_answered_as_any_other(library: Library) -> None:
    embedder = HeldEmbedder()
    warming = warm_up(lambda: replace(library, embedder=embedder))
    embedder.reached.wait()
    meanwhile = answering.ask(replace(library, embedder=embedder), QUESTION)
    assert warming.is_alive()
    embedder.released.set()
    warming.join()
    afterwards = answering.ask(replace(library, embedder=embedder), QUESTION)
    assert meanwhile.status == "answered"
    assert _untimed(meanwhile) == _untimed(afterwards) == _untimed(answering.ask(library, QUESTION))


def test_a_failure_while_warming_is_said_on_stderr_and_at_the_first_question(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(library, embedder=AbsentModel())
    warm_up(lambda: broken).join()
    assert capsys.readouterr().err == f"Error: {MISSING}\n"
    (respond,) = [item for item in build_app(lambda: broken).fns.values() if item.api_name == "respond"]
    ((update),) = respond.fn(QUESTION, [], [], "", "", "", "Quotes", "", "", EMPTY)
    assert MISSING in "".join(map(str, update.values()))


def test_a_library_that_cannot_be_opened_while_warming_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    def current() -> Library:
        raise IndexNotFoundError("No index at indexes. Build it with `steward ingest`.")

    warm_up(current).join()
    assert capsys.readouterr().err == "Error: No index at indexes. Build it with `steward ingest`.\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An indexed library that `CurrentLibrary` opens with the stand-in embedder."""
    settings = make_library(tmp_path)
    index_library(settings)
    monkeypatch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
    return settings


@pytest.fixture
def current(settings: Settings) -> Iterator[CurrentLibrary]:
    """What the web app asks."""
    following = CurrentLibrary(settings)
    yield following
    following.close()


def rebuild(settings: Settings) -> None:
    """Build a new generation of the same library."""
    ingest(settings, HashEmbedder(), rebuild=True)


def test_a_stream_over_many_builds_keeps_its_generation_and_frees_it_at_its_end(
    settings: Settings, current: CurrentLibrary
) -> None:
    streaming = current()
    right = _untimed(answering.ask(streaming, QUESTION))
    for _ in range(3):
        rebuild(settings)
        assert current().generation is not streaming.generation
        assert _untimed(answering.ask(streaming, QUESTION)) == right
    assert cases_of(streaming).entries
    gone = weakref.ref(streaming.generation)
    del streaming
    assert gone() is None


def test_a_generation_that_nobody_uses_is_closed_without_waiting_for_the_garbage_collector(
    settings: Settings, current: CurrentLibrary
) -> None:
    gc.collect()
    gc.disable()
    try:
        first = weakref.ref(current().generation)
        assert answering.ask(current(), QUESTION).status == "answered"
        assert cases_of(current()).entries
        rebuild(settings)
        assert answering.ask(current(), QUESTION).status == "answered"
        assert first() is None
    finally:
        gc.enable()


def held_opening(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event, list[int]]:
    """Keep whoever opens a new generation where it is until released; counts who does."""
    reached, released, opened = threading.Event(), threading.Event(), []

    def held(settings: Settings, like: Library | None = None) -> Library:
        opened.append(1)
        reached.set()
        released.wait(60)
        return open_as_set(settings, like)

    monkeypatch.setattr("assistant.library.open_published", held)
    return reached, released, opened


def test_questions_go_on_while_one_thread_opens_the_new_generation(
    settings: Settings, current: CurrentLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = current().generation
    reached, released, opened = held_opening(monkeypatch)
    rebuild(settings)
    found: list[Library] = []
    opening = threading.Thread(target=lambda: found.append(current()))
    opening.start()
    assert reached.wait(60)
    try:
        assert [current().generation for _ in range(3)] == [old] * 3
    finally:
        released.set()
        opening.join()
    assert len(opened) == 1
    assert current().generation is found[0].generation is not old


def test_models_are_kept_over_a_build(settings: Settings, current: CurrentLibrary) -> None:
    before = current()
    rebuild(settings)
    assert current().generation is not before.generation
    assert current().embedder is before.embedder


def _empty_vectors(settings: Settings) -> None:
    name = (settings.index.folder / "current").read_text(encoding="utf-8").strip()
    (settings.index.folder / "generations" / name / "vectors.f32").write_bytes(b"")


def _garble_pointer(settings: Settings) -> None:
    (settings.index.folder / "current").write_bytes(b"\x00\xff")


@pytest.mark.parametrize("damage", [_empty_vectors, _garble_pointer])
def test_a_new_generation_that_cannot_be_opened_leaves_the_old_one_and_is_said_once(
    damage: Callable[[Settings], None],
    settings: Settings,
    current: CurrentLibrary,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = _untimed(answering.ask(current(), QUESTION))
    rebuild(settings)
    damage(settings)
    assert [_untimed(answering.ask(current(), QUESTION)) for _ in range(2)] == [right] * 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Warning: The index is damaged: ")
    assert "Run `steward ingest`" in line
    report = ingest(settings, HashEmbedder())
    assert report.rebuilt.startswith("The index is damaged: ")
    assert _untimed(answering.ask(current(), QUESTION)) == right


def _untimed(answer: Answer) -> Answer:
    return replace(answer, seconds=Seconds())
