"""One question through all calls of a real small model behind llama.cpp's server: the plumbing, not the answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from pydantic import SecretStr

from assistant import answering
from assistant.claims import Claim, JudgingError, build_judge
from assistant.library import Library
from assistant.models.metering import Meter, metering
from assistant.records import Answer, Verdict
from tests.library_making import index_library, make_library, open_library

SERVER = shutil.which("llama-server")
MODEL = os.environ.get("LLAMA_TEST_MODEL", "")
NAME = "openai:small"
START_S = 300
QUESTION = "How many boats will the office license by 2027?"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),  # a processor alone may take minutes for each call
    pytest.mark.skipif(
        not (SERVER and Path(MODEL).is_file()),
        reason="needs llama-server on PATH, and a GGUF file named by LLAMA_TEST_MODEL",
    ),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The server's address on loopback, once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert SERVER
    options = ["--model", MODEL, "--ctx-size", "8192", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([SERVER, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert server.poll() is None, "llama-server ended at its start; run it by hand with this model"
        with suppress(URLError, OSError), urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    pytest.fail(f"llama-server was not ready after {START_S} s")


@pytest.fixture(scope="module")
def library(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    pytest.importorskip("langchain_openai", reason="the extra openai is not installed")
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    given = {"name": NAME, "base_url": address, "key": SecretStr("none"), "seconds": 1200.0, "max_tokens": 80}
    model = settings.model.model_copy(update=given)
    yield replace(opened, settings=settings.model_copy(update={"model": model}))
    opened.generation.close()


def test_a_question_is_read_and_an_answer_written_or_the_quotes_stand(library: Library) -> None:
    quoted, *_, answer = answering.stream(library, QUESTION)
    assert isinstance(quoted, Answer)
    assert isinstance(answer, Answer)
    assert answer.status in ("answered", "partly-answered", "not-in-library")
    assert answer.citations
    for quote in answer.citations:
        assert library.document_of(quote).text[quote.start : quote.end] == quote.quote
    assert {sentence.verdict for sentence in answer.sentences} == {"supported"}
    assert answer.writing is not None
    steps = {step.step: step for step in answer.writing.steps}
    assert {"understand", "write"} <= steps.keys()
    assert all(step.calls and step.tokens_read for step in (steps["understand"], steps["write"]))
    assert NAME in answer.writing.note
    why = answer.writing.fallback
    if why:
        assert answer.answer == quoted.answer
        assert "the model failed" not in why, "what it wrote may be useless, but it must have written"
        assert "not done after" not in why


def test_a_sentence_is_checked_and_the_reply_comes_in_pieces(library: Library) -> None:
    claim, meter = Claim("Forty boats are to be licensed by 2027.", answering.ask(library, QUESTION).citations), Meter()
    with metering(meter):
        assert outcome(library, claim) in (*get_args(Verdict), "the model's reply holds no verdicts")
    assert (meter.calls, meter.tokens_read > 0, meter.pieces > 1) == (1, True, True)


def outcome(library: Library, claim: Claim) -> str:
    """The verdict on a claim, or why there is none."""
    judge = build_judge(library.settings)
    assert judge is not None
    try:
        return judge.judge([claim])[0].verdict
    except JudgingError as error:
        return str(error)
