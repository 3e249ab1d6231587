"""Wrong premises, and innocent questions with figures, dates and names: which are corrected?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from inspect_ai import Task, task

from assistant import answering
from assistant.answering.premises import ONLY_PROPOSED
from assistant.library import Library
from evals.bench import Bench
from evals.cases import (
    DATA,
    QUESTIONS,
    Identifier,
    Line,
    Place,
    PlacedQuestion,
    Question,
    Record,
    Split,
    load_cases,
    load_splits,
)
from evals.checks import place_problems
from evals.tasks.shared import Judged, judged_task

SCORES = ("corrected_wrongly", "corrected", "truth_stated")


class Premise(PlacedQuestion):
    """A question with what it takes for granted; its place shows that to be right or wrong."""

    kind: Literal["false-premise", "true-premise"]
    premise: Line
    truth: Line | None
    """Words of what is right; None where there is nothing to correct."""

    @property
    def cluster(self) -> str:
        """Its words."""
        return self.question

    @property
    def slices(self) -> Mapping[str, str]:
        """Right or wrong, one of a pair."""
        return {"kind": "true premise" if self.kind == "true-premise" else "false premise of a pair"}


class _Asked(Record):
    id: Identifier
    split: Split
    kind: Line
    question: Line

    @property
    def cluster(self) -> str:
        """Its words."""
        return self.question


class FalsePremise(_Asked):
    """A question that asserts what the library states otherwise, or (kind ``silent``) what it says nothing of."""

    expected: Literal["correction", "no-correction"]
    premise: Line | None = None
    truth: Line | None
    note: Line
    place: Place | None = None
    near: Line | None = None

    @property
    def slices(self) -> Mapping[str, str]:
        """Wrong, or one that no source speaks of."""
        return {"kind": "silent" if self.kind == "silent" else "false premise"}


class Innocent(_Asked):
    """A question with a figure, date, direction or name that no source states otherwise."""

    expected: Literal["no-correction"]
    near: Line
    trap: Line | None
    """What of the library could be mistaken for a correction."""

    @property
    def slices(self) -> Mapping[str, str]:
        """Innocent."""
        return {"kind": "innocent"}


class Ordinary(Question):
    """A question of the ordinary set, without the false premises there."""

    @property
    def slices(self) -> Mapping[str, str]:
        """The set."""
        return {"kind": "ordinary question"}


AnyPremise = Premise | FalsePremise | Innocent | Ordinary


@task
def premises(system: str = "steward", split: Split | None = "test") -> Task:
    """Every question of four sets: is it corrected, and does the answer to a wrong one hold what is right?"""
    library = Bench.shared().library

    def judge(case: AnyPremise) -> Judged:
        answer = answering.ask(library, case.question).answer
        corrected = float(answer.startswith(ONLY_PROPOSED))
        if isinstance(case, Premise | FalsePremise) and case.truth:
            scores = {"corrected": corrected, "truth_stated": float(case.truth.lower() in answer.lower())}
        else:
            scores = {"corrected_wrongly": corrected}
        return Judged(scores, answer, {"answer": answer})

    ordinary = [case for case in load_cases(QUESTIONS, Ordinary) if case.type != "false-premise"]
    cases: list[AnyPremise] = [*load_premises(), *load_false_premises(), *load_innocent(), *ordinary]
    return judged_task("premises", cases, judge, SCORES, split)


def load_premises(path: Path = DATA / "premises.jsonl") -> list[Premise]:
    """Return the pairs in order; see `evals.cases.load_cases`."""
    return load_cases(path, Premise)


def load_false_premises(path: Path = DATA / "false_premises.jsonl") -> list[FalsePremise]:
    """Return the false premises in order; see `evals.cases.load_cases`."""
    return load_cases(path, FalsePremise)


def load_innocent(path: Path = DATA / "innocent_premises.jsonl") -> list[Innocent]:
    """Return the innocent questions in order; see `evals.cases.load_cases`."""
    return load_cases(path, Innocent)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the sets, one sentence each."""
    load_innocent()
    asked: list[Premise | FalsePremise] = [*load_premises(), *load_false_premises()]
    placed = [
        PlacedQuestion(id=case.id, split=case.split, question=case.question, place=case.place)
        for case in asked
        if case.place
    ]
    return place_problems(placed, load_splits(), library)
