"""The local model behind LangChain's interface, with a stand-in for the library that runs it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from assistant.errors import ModelUnavailableError
from assistant.models.local import LocalModel

MESSAGES = [SystemMessage("Be brief."), HumanMessage("Hello?"), AIMessage("Yes."), HumanMessage("Again?")]


class Server:
    """Sends pieces to a callback until that returns True, as xllamacpp's does."""

    made: list[Any] = []  # noqa: RUF012 reset by each test
    pieces: list[dict[str, Any]] = []  # noqa: RUF012
    stopped = threading.Event()

    def __init__(self, params: Any) -> None:
        self.made.append(params)
        self.requests: list[dict[str, Any]] = []

    def handle_chat_completions(self, request: dict[str, Any], take: Callable[[Any], bool]) -> None:
        Server.request = request  # type: ignore[attr-defined]
        for piece in self.pieces:
            if take(piece):
                self.stopped.set()
                return


def said(text: str | None) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}}]}


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalModel:
    group = lambda: SimpleNamespace(poll=50)  # noqa: E731
    params = lambda: SimpleNamespace(model=SimpleNamespace(), cpuparams=group(), cpuparams_batch=group())  # noqa: E731
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=params, Server=Server))
    Server.made, Server.stopped = [], threading.Event()
    Server.pieces = [said(None), said("It is "), said("so.")]
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF")
    return LocalModel(path=path, max_tokens=9)


def test_it_is_loaded_once_and_answers(model: LocalModel) -> None:
    assert Server.made == []
    assert model.invoke(MESSAGES).content == "It is so."
    assert [chunk.content for chunk in model.stream(MESSAGES, max_tokens=5, stop=["."]) if chunk.content] == [
        "It is ",
        "so.",
    ]
    (params,) = Server.made
    request = Server.request  # type: ignore[attr-defined]
    assert [message["role"] for message in request["messages"]] == ["system", "user", "assistant", "user"]
    assert (request["max_tokens"], request["stop"], request["temperature"]) == (5, ["."], 0)
    assert len(params.api_keys[0]) == 32, "the port that the library opens takes nobody without the key"


def test_leaving_the_stream_stops_the_writing(model: LocalModel) -> None:
    release = threading.Event()
    Server.pieces = _Slowly([said("one "), said("two "), said("three")], release)  # type: ignore[assignment]
    stream = model.stream(MESSAGES)
    assert next(stream).content == "one "
    stream.close()  # type: ignore[attr-defined]
    release.set()
    assert Server.stopped.wait(10)


class _Slowly(list[dict[str, Any]]):
    """Pieces of which the second waits."""

    def __init__(self, pieces: list[dict[str, Any]], release: threading.Event) -> None:
        super().__init__(pieces)
        self.release = release

    def __iter__(self) -> Any:
        for place, piece in enumerate(super().__iter__()):
            if place:
                self.release.wait(10)
            yield piece


@pytest.mark.parametrize(
    "piece", [{"error": {"message": "the prompt is too long"}}, {"error": "the prompt is too long"}]
)
def test_a_refused_prompt_is_an_error_of_ours(model: LocalModel, piece: dict[str, Any]) -> None:
    Server.pieces = [piece]
    with pytest.raises(ModelUnavailableError, match="the prompt is too long"):
        model.invoke(MESSAGES)


def test_a_file_that_is_no_model_is_named_with_the_mend(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(params: Any) -> None:
        raise RuntimeError("bad magic")

    monkeypatch.setattr(sys.modules["xllamacpp"], "Server", refuse)
    with pytest.raises(ModelUnavailableError, match=r"small\.gguf cannot be loaded.*bad magic.*steward model fetch"):
        model.invoke(MESSAGES)


def test_without_the_package_the_command_is_named(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelUnavailableError, match=r"pip install -e '\.\[local-llm\]'"):
        model.invoke(MESSAGES)
