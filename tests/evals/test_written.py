"""Written answers beside extractive ones: what is sampled, recorded and replayed, and how it is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import answering
from assistant.library import Library
from evals.cases import load_questions
from evals.tasks.written import SMALL, Recording, Replaying, drawn
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
    chosen = drawn(cases, "dev", 20)
    assert {case.split for case in chosen} == {"dev"}
    assert len({case.id for case in chosen}) == 20
    assert chosen == drawn(list(reversed(cases)), "dev", 20)


def test_what_was_recorded_is_replayed_without_the_model(library: Library) -> None:
    recording = Recording(able("Boats are [1] [99] licensed.\nNobody says this."))
    first = answering.ask(replace(library, writer=recording), BOATS, mode="generative")
    assert first.writing is not None
    assert first.writing.unknown_keys == ("99",)
    row = recording.row(load_questions()[0], BOATS)
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


def test_the_shipped_recording_is_of_dev_questions() -> None:
    rows = [json.loads(line) for line in SMALL.read_text(encoding="utf-8").splitlines()]
    splits = {case.id: case.split for case in load_questions()}
    assert {splits[row["id"]] for row in rows} == {"dev"}
