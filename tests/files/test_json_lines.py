"""Batches: each record is kept as soon as it is made, and one that fails costs itself alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant import answering
from assistant.answering import Turn
from assistant.answering.batch import BatchQuestion, answer_batch, load_questions
from assistant.errors import AssistantError, ModelUnavailableError
from assistant.files.json_lines import PARTIAL, check_output, load_lines, write_records
from assistant.files.saving import write_whole
from assistant.library import Library
from assistant.records import Answer
from assistant.search.retrieval import Filters
from tests.library_making import index_library, make_library, open_library

BOATS = "How many boats will the office license by 2027?"


def numbered(*ids: str | int) -> list[BatchQuestion]:
    return [BatchQuestion(id=id_, question="Why?") for id_ in ids]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_record_is_on_disk_before_the_next_is_made(tmp_path: Path) -> None:
    output, partial = tmp_path / "new" / "a.jsonl", tmp_path / "new" / f"a.jsonl{PARTIAL}"
    seen: list[list[str | int]] = []

    def record(item: BatchQuestion) -> dict[str, Any]:
        seen.append([line["id"] for line in lines(partial)])
        assert not output.exists()
        return {"answer": "yes"}

    write_records(numbered("a", 2, "c"), record, output)
    assert seen == [[], ["a"], ["a", 2]]
    assert [line["id"] for line in lines(output)] == ["a", 2, "c"]
    assert not partial.exists()


@pytest.mark.parametrize("name", ["batch", "link", "second"])
def test_a_batch_is_never_written_over_its_own_lines(tmp_path: Path, name: str) -> None:
    batch = tmp_path / "batch"
    batch.write_text('{"id": 1}', encoding="utf-8")
    (tmp_path / "link").symlink_to(batch)
    (tmp_path / "second").hardlink_to(batch)
    with pytest.raises(AssistantError, match="--output names the batch itself"):
        check_output(tmp_path / name, batch)


def test_no_pipe_or_device_is_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(AssistantError, match="it is not an ordinary file"):
        write_records(numbered(1), lambda _: {}, pipe)
    with pytest.raises(OSError, match="it is not an ordinary file"):
        write_whole(pipe, b"", overwrite=True)
    assert pipe.is_fifo()


def test_what_fails_is_a_line_with_its_reason_and_costs_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.jsonl"
    reasons: dict[str | int, Exception] = {"b": AssistantError("The tide is out."), "c": KeyError("bug")}

    def record(item: BatchQuestion) -> dict[str, Any]:
        if item.id in reasons:
            raise reasons[item.id]
        return {"answer": "yes"}

    with pytest.raises(AssistantError, match=r"^2 of 4 lines failed; .*a\.jsonl says why"):
        write_records(numbered("a", "b", "c", "d"), record, output)
    assert lines(output) == [
        {"id": "a", "answer": "yes"},
        {"id": "b", "error": "The tide is out."},
        {"id": "c", "error": "KeyError: 'bug'"},
        {"id": "d", "answer": "yes"},
    ]
    assert "Traceback" in capsys.readouterr().err, "a mistake of ours is not hidden"


KILLED = """
import os, signal, sys
from pathlib import Path
from assistant.files.json_lines import write_records
from tests.files.test_json_lines import numbered

def record(item):
    if item.id == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"answer": "yes"}

write_records(numbered(1, 2, 3, 4), record, Path(sys.argv[1]))
"""


def test_a_kill_loses_the_record_under_way_alone(tmp_path: Path) -> None:
    output = tmp_path / "a.jsonl"
    output.write_text("earlier\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(output)], cwd=Path(__file__).parents[2], env=os.environ, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert output.read_text(encoding="utf-8") == "earlier\n"
    assert [line["id"] for line in lines(tmp_path / f"a.jsonl{PARTIAL}")] == [1, 2]


def test_an_output_that_cannot_be_written_is_found_before_the_first_record(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for output in (tmp_path, tmp_path / "file" / "a.jsonl"):
        with pytest.raises(AssistantError, match=r"cannot be written: .*Check --output"):
            write_records(numbered(1), lambda item: pytest.fail("it was asked"), output)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"q\.jsonl, line 3, the line: Invalid JSON.*; expected THE FORM"),
        ("[" * 5000, r"q\.jsonl, line 3, the line: Invalid JSON"),
        ('{"id": "a", "question": "Q?"}', r"q\.jsonl, line 3: the id 'a' is used twice"),
        ('{"id": 1, "question": " "}', r"q\.jsonl, line 3, question: "),
    ],
    ids=["json", "deep", "twice", "empty"],
)
def test_a_wrong_line_is_named_with_its_file(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(f'{{"id": "a", "question": "Q?"}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(AssistantError, match=message):
        list(load_lines(path, BatchQuestion, "THE FORM"))


def test_a_follow_up_of_a_later_or_unknown_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "a", "question": "Q?", "followup_of": "a"}\n', encoding="utf-8")
    with pytest.raises(AssistantError, match=r"line 1: followup_of names 'a', which no earlier line has"):
        load_questions(path)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_follow_ups_of_a_failed_question_say_so_and_the_rest_is_answered(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Sequence[Turn]] = {}

    def ask_or_fail(library: Library, question: str, filters: Filters, turns: Sequence[Turn], *values: Any) -> Answer:
        told[question] = turns
        if question == "Which boats?":
            raise AssistantError("The tide is out.")
        return answering.ask(library, question, filters, turns, *values)

    monkeypatch.setattr("assistant.answering.batch.ask", ask_or_fail)
    asked = [
        BatchQuestion(id="a", question="Which boats?"),
        BatchQuestion(id="b", question="And who?", followup_of="a"),
        BatchQuestion(id="c", question="And when?", followup_of="b"),
        BatchQuestion(id="d", question=BOATS),
        BatchQuestion(id="e", question="And how long do licences last?", followup_of="d"),
    ]
    output, done = tmp_path / "a.jsonl", list[int]()
    with pytest.raises(AssistantError, match=r"^3 of 5 lines failed"):
        answer_batch(library, asked, output, Filters(), done.append)
    found = lines(output)
    assert [line.get("error") for line in found[:3]] == [
        "The tide is out.",
        "The question that it follows up, 'a', was not answered.",
        "The question that it follows up, 'b', was not answered.",
    ]
    assert "40 boats" in found[3]["answer"]
    assert [turn.question for turn in told["And how long do licences last?"]] == [BOATS]
    assert set(told) == {"Which boats?", BOATS, "And how long do licences last?"}
    assert done == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"filters": Filters(documents=("no-such",))}, AssistantError, "No document 'no-such'"),
        ({"as_at": "soon"}, AssistantError, "soon"),
        ({"mode": "generative"}, ModelUnavailableError, "STEWARD_MODEL__NAME"),
    ],
    ids=["filter", "date", "model"],
)
def test_what_would_fail_every_question_is_found_before_the_first(
    tmp_path: Path,
    library: Library,
    changes: dict[str, Any],
    error: type[AssistantError],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.answering.batch.ask", lambda *_: pytest.fail("a question was asked"))
    output = tmp_path / "a.jsonl"
    values = {"filters": Filters(), "on_progress": lambda _: None} | changes
    with pytest.raises(error, match=message):
        answer_batch(library, [BatchQuestion(id="a", question=BOATS)], output, **values)
    assert not list(tmp_path.glob("a.jsonl*"))
