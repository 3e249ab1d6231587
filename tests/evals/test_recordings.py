"""Recorded replies served by the OpenAI protocol: found by the prompt alone, and failing as real servers do."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant import answering
from assistant.library import Library
from assistant.records import Answer
from evals.cases import CaseError
from evals.recordings.missing import find_missing
from evals.recordings.recorded import (
    MISSING,
    Missing,
    Recorded,
    add_missing,
    digest_of,
    load_recordings,
    recorded_cases,
    step_of,
)
from evals.recordings.replaying import SYSTEMS, replayed
from evals.recordings.server import Fault, ReplayServer
from evals.systems.tutorial import INSTRUCTION
from evals.tasks.everyday import Everyday
from evals.tasks.written import written_scores
from tests.library_making import index_library, make_library, open_library
from tests.writers import key_of

BOATS = "How many boats will the office license by 2027?"
LICENCES = "The office will license 40 boats by 2027."
PARAPHRASE = "Forty boats are to be licensed by 2027."
CASE = Everyday(id="boats-1", split="dev", kind="plain", question=BOATS, right="40")
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "BEGIN 0123456789abcdef\nBoats?"}]


def recorded(reply: str, messages: list[dict[str, str]] = MESSAGES) -> dict[str, Recorded]:
    digest, (step, version) = digest_of(messages), step_of(messages)
    row = Recorded(digest=digest, step=step, version=version, kind="able, played", case="boats-1", reply=reply)
    return {digest: row}


def post(server: ReplayServer, stream: bool = False, messages: list[dict[str, str]] = MESSAGES) -> tuple[int, str]:
    """The status and the body of a reply."""
    body = json.dumps({"model": "played", "messages": messages, "stream": stream})
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=20)
    try:
        connection.request("POST", "/v1/chat/completions", body)
        with connection.getresponse() as response:
            return response.status, response.read().decode()
    finally:
        connection.close()


def streamed(body: str) -> str:
    events = [line.removeprefix("data: ") for line in body.split("\n\n") if line]
    assert events.pop() == "[DONE]"
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content", "") for choice in choices)


def test_a_prompt_is_found_whatever_its_fence() -> None:
    other = [MESSAGES[0], {"role": "user", "content": "BEGIN fedcba9876543210\nBoats?"}]
    changed = [MESSAGES[0], {"role": "user", "content": "BEGIN fedcba9876543210\nOars?"}]
    words = "Forty boats, said the harbour office on a long and windy morning in May."
    with ReplayServer(recorded(words)) as server:
        whole = json.loads(post(server, messages=other)[1])
        assert whole["choices"][0]["message"]["content"] == words
        assert whole["usage"]["prompt_tokens"] > 0
        _, body = post(server, stream=True)
        assert streamed(body) == words
        assert len(body.split("\n\n")) > 5, "it comes in pieces"
        status, why = post(server, messages=changed)
    assert status == 404
    assert digest_of(changed) in why
    (missing,) = server.missing
    assert missing.messages == tuple(changed)


def test_of_each_question_the_first_missing_prompt_is_kept() -> None:
    with ReplayServer({}) as server:
        for case, words in (("a", "one"), ("a", "two"), ("b", "three"), ("b", "four"), ("c", "one")):
            server.case = case
            assert post(server, messages=[{"role": "user", "content": words}])[0] == 404
    assert [(row.case, row.messages[0]["content"]) for row in server.missing] == [("a", "one"), ("b", "three")]


@pytest.mark.parametrize(("fault", "code"), [("429", 429), ("500", 500)])
def test_a_status_on_demand(fault: Fault, code: int) -> None:
    with ReplayServer(recorded("Yes."), fault) as server:
        assert post(server)[0] == code


@pytest.mark.parametrize(("fault", "reply"), [("half", "Forty "), ("empty", ""), ("rubbish", "🤖 [[[ ::: ]]] {")])
def test_a_reply_of_no_use_on_demand(fault: Fault, reply: str) -> None:
    with ReplayServer(recorded("Forty boats."), fault) as server:
        assert streamed(post(server, stream=True)[1]) == reply


def test_a_stream_cut_on_demand() -> None:
    with ReplayServer(recorded("Forty boats. " * 20), "cut") as server, pytest.raises(http.client.IncompleteRead):
        post(server, stream=True)


def test_a_wait_before_each_piece() -> None:
    with ReplayServer(recorded("Forty boats."), delay_s=0.2) as server:
        started = time.monotonic()
        post(server, stream=True)
        assert time.monotonic() - started >= 0.2


def test_recordings_are_read_by_digest_and_two_to_one_prompt_are_refused(tmp_path: Path) -> None:
    (row,) = recorded("Forty.").values()
    for name in ("one.jsonl", "two.jsonl"):
        (tmp_path / name).write_text(f"{row.model_dump_json()}\n", encoding="utf-8")
        if name == "one.jsonl":
            assert load_recordings(tmp_path) == {row.digest: row}
    with pytest.raises(CaseError, match="two replies"):
        load_recordings(tmp_path)
    written = row.model_copy(update={"step": "write"})
    assert recorded_cases([row]) == frozenset()
    assert recorded_cases([row, written]) == {"boats-1"}


def test_missing_prompts_are_kept_in_a_file_that_is_no_recording(tmp_path: Path) -> None:
    row = Missing(digest="0a", step="write", version=1, case="boats-1", messages=tuple(MESSAGES))
    add_missing([row], tmp_path / MISSING.name)
    add_missing([row], tmp_path / MISSING.name)
    lines = (tmp_path / MISSING.name).read_text(encoding="utf-8").splitlines()
    assert [Missing.model_validate_json(line) for line in lines] == [row, row]
    assert load_recordings(tmp_path) == {}


def test_the_shipped_recordings_can_be_read() -> None:
    assert all(digest == row.digest for digest, row in load_recordings().items())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    pytest.importorskip("langchain_openai", reason="the extra openai is not installed")
    settings = make_library(tmp_path)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def played(missing: Missing, **other: str) -> str:
    """What an able model would reply."""
    prompt = missing.messages[-1]["content"]
    replies: dict[str, Callable[[], str]] = {
        "understand": lambda: json.dumps({"question": BOATS, "parts": [], "searches": ["boat licences"]}),
        "write": lambda: f"{PARAPHRASE} [{key_of(prompt, LICENCES)}]",
        "check": lambda: json.dumps([{"n": 1, "verdict": "supported", "words": "40 boats"}]),
    }
    return other.get(missing.step) or replies[missing.step]()


def test_in_rounds_everything_is_recorded_and_then_replayed(library: Library) -> None:
    recordings: dict[str, Recorded] = {}
    steps = []
    while True:
        with ReplayServer(recordings) as server:
            missing = find_missing([CASE], SYSTEMS["steward"](library), server)
        if not missing:
            break
        (row,) = missing
        steps.append(row.step)
        messages: Any = list(row.messages)
        recordings |= recorded(played(row), messages)
        assert len(steps) < 9
    assert steps == ["understand", "write", "check"]
    answer = answer_from(library, recordings)
    assert answer.answer.endswith(f"{PARAPHRASE} [1]")
    assert answer.writing is not None
    assert (answer.writing.model, answer.writing.checker) == ("openai:played", "openai:played")
    assert {step.step: step.calls for step in answer.writing.steps} == {"understand": 1, "write": 1, "check": 1}
    assert all(step.tokens_read and step.tokens_written for step in answer.writing.steps)
    for fault, why in {
        "429": "RateLimitError, HTTP 429",
        "500": "HTTP 500",
        "cut": "the model failed",
        "rubbish": "the model wrote nothing",
        "empty": "the model wrote nothing",
        "half": "none of its sentences is supported",
        "silence": "not done after",
    }.items():
        broken = answer_from(library, recordings, fault, seconds=3.0)  # type: ignore[arg-type]
        assert broken.model == "extractive", fault
        assert broken.answer == answering.ask(library, BOATS).answer
        assert broken.writing is not None
        assert why in (broken.writing.fallback or ""), fault


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        ("Forty boats, by 2027.", {"fact_recall": 1.0, "refused_answerable": 0.0, "words": 4.0}),
        ("I don't know; the context names no boats.", {"fact_recall": 0.0, "refused_answerable": 1.0}),
    ],
    ids=["answers", "does not know"],
)
def test_the_tutorial_is_asked_with_its_own_prompt_in_one_call(
    library: Library, reply: str, scores: dict[str, float]
) -> None:
    ask, case = SYSTEMS["tutorial"](library), CASE.model_copy(update={"facts": (("forty", "40"),)})
    with ReplayServer({}) as server:
        (missing,) = find_missing([case], ask, server)
    system, user = missing.messages
    assert (missing.step, user["content"]) == ("tutorial", BOATS)
    assert system["content"].startswith(INSTRUCTION)
    assert LICENCES in system["content"]
    with ReplayServer(recorded(reply, list(missing.messages))) as server:
        given = written_scores(case, ask(case, server.address))
    assert given.items() >= scores.items()
    assert given["calls"] == 1
    assert given["tokens"] > 100


def answer_from(
    library: Library, recordings: dict[str, Recorded], fault: Fault = "none", seconds: float = 30.0
) -> Answer:
    model = library.settings.model.model_copy(update={"seconds": seconds})
    library = replace(library, settings=library.settings.model_copy(update={"model": model}))
    with ReplayServer(recordings, fault) as server:
        return answering.ask(replayed(library, server.address), BOATS, mode="generative")
