"""Written answers beside extractive ones: what is sampled, recorded and replayed, and how it is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import answering
from assistant.library import Library
from evals import written as module
from evals.bench import Bench
from evals.cases import load_questions
from evals.outcomes import of_answer
from evals.systems import ON_REQUEST, SYSTEMS, build_system
from evals.written import Recording, Replaying, compare, sample
from tests.library_making import index_library, make_library, open_library
from tests.writers import able

BOATS = "How many boats will the office license by 2027?"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_a_sample_is_of_its_split_and_the_same_each_time() -> None:
    cases = load_questions()
    drawn = sample(cases, "dev", 20)
    assert {case.split for case in drawn} == {"dev"}
    assert len({case.id for case in drawn}) == 20
    assert drawn == sample(list(reversed(cases)), "dev", 20)


def test_what_was_recorded_is_replayed_without_the_model(library: Library) -> None:
    recording = Recording(able("Boats are [1] [99] licensed.\nNobody says this."))
    first = answering.ask(replace(library, writer=recording), BOATS, mode="generative")
    assert first.writing is not None
    assert first.writing.unknown_keys == ("99",)
    row = {
        "asked": BOATS,
        "written": [
            {"text": item.text, "keys": item.keys, "unknown": item.unknown, "neighbours": item.neighbours}
            for item in recording.written
        ],
        "failure": recording.failure,
    }
    replaying = Replaying(recording.name, recording.style, {BOATS: json.loads(json.dumps(row))})
    again = answering.ask(replace(library, writer=replaying), BOATS, mode="generative")
    assert replace(again, seconds=first.seconds) == first
    unknown = answering.ask(replace(library, writer=Replaying("fake", "able", {})), BOATS, mode="generative")
    assert unknown.writing is not None
    assert "nothing was recorded" in (unknown.writing.fallback or "")


def test_a_failure_is_recorded_too(library: Library) -> None:
    recording = Recording(able("NOTHING"))
    answering.ask(replace(library, writer=recording), BOATS, mode="generative")
    assert recording.failure == "the model finds no answer in the passages"


def test_the_comparison_counts_what_became_of_the_sentences() -> None:
    writing = {"kept": 1, "unkept": [{}], "unknown_keys": ["9"], "missing_keys": [], "fallback": None}
    rows = [
        {
            "cluster": "a",
            "extractive": {"fact_recall": 0.5},
            "written_scores": {"fact_recall": 1.0},
            "writing": writing,
        },
        {
            "cluster": "b",
            "extractive": {"fact_recall": 0.5},
            "written_scores": {"fact_recall": 0.5},
            "writing": writing | {"kept": 0, "fallback": "the model wrote nothing"},
        },
        {"cluster": "c", "extractive": {}, "written_scores": {}, "writing": None},
    ]
    text = compare(rows)
    assert "0.500 (0.500 to 0.500)" in text
    assert "0.250 (0.000 to 0.500)" in text
    assert "3 questions, 2 written to; sentences kept 1, not kept 2, unknown keys 2, missing keys 0" in text
    assert "extractive answer stands, 1: the model wrote nothing" in text


def test_the_written_system_is_asked_by_name_only(library: Library) -> None:
    assert not {*ON_REQUEST} & {*SYSTEMS}
    system = build_system("steward-written", replace(library, writer=able("Rubbish.")))
    outcome = system.ask(BOATS)
    assert outcome.answer == of_answer(answering.ask(library, BOATS), 0).answer


@pytest.mark.slow
def test_the_command_asks_keeps_and_replays(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench()
    bench.__dict__["assistant"] = library
    monkeypatch.setattr(module.Bench, "shared", lambda: bench)
    monkeypatch.setattr(module, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(module, "build_writer", lambda settings: able("Rubbish."))
    monkeypatch.setattr(module, "scores_of", lambda case, answer, bench, seconds: {"fact_recall": 1.0})
    module.main(["--questions", "3"])
    (kept,) = (tmp_path / "runs").iterdir()
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 3
    capsys.readouterr()
    module.main(["--replay", str(kept)])
    assert "3 questions" in capsys.readouterr().out
