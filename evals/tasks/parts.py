"""Questions that ask for two things: where the answer says that one is missing, is it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from inspect_ai import Task, task
from pydantic import Field, model_validator

from assistant import answering
from assistant.answering.abstention import gap_of
from assistant.answering.question_parts import split_parts
from assistant.library import Library
from assistant.records import Answer
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, PlacedQuestion, Record, Split, load_cases, load_splits
from evals.checks import place_problems
from evals.tasks.shared import Judged, judged_task

SCORES = ("missing_named", "false_notice")


class TwoParts(PlacedQuestion):
    """A question with its two parts, each as a question of its own, and the part that the library does not hold.

    Its place answers the other part, or one of the two.
    """

    parts: tuple[Line, Line]
    missing: Annotated[int, Field(ge=0, le=1)] | None

    @property
    def slices(self) -> Mapping[str, str]:
        """The set that it is of."""
        return {"kind": "parts"}

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.parts[0] == self.parts[1]:
            raise ValueError("the two parts are one")
        return self


class _Part(Record):
    text: Line
    answered: bool
    near: Line | None


class AnsweredParts(Record):
    """A question with its two parts, and for each whether the library answers it."""

    id: Identifier
    split: Split
    kind: Literal["both-answered", "first-absent", "second-absent"]
    question: Line
    parts: tuple[_Part, _Part]
    expected: Literal["notice", "no-notice"]

    @property
    def missing(self) -> int | None:
        """The part that the library does not answer, 0 or 1."""
        return next((number for number, part in enumerate(self.parts) if not part.answered), None)

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """The set that it is of."""
        return {"kind": "answered parts"}


@task
def parts(system: str = "steward", split: Split | None = "test") -> Task:
    """Questions of two parts, of two sets."""
    library = Bench.shared().library

    def judge(case: TwoParts | AnsweredParts) -> Judged:
        answer = answering.ask(library, case.question)
        named = named_part(answer, case.question)
        scores = {"false_notice": float(named is not None and named != case.missing)}
        if case.missing is not None:
            scores["missing_named"] = float(named == case.missing)
        return Judged(scores, answer.answer, {"answer": answer.answer, "named": named, "missing": case.missing})

    cases: list[TwoParts | AnsweredParts] = [*load_two_parts(), *load_answered_parts()]
    return judged_task("parts", cases, judge, SCORES, split)


def load_two_parts() -> list[TwoParts]:
    """Return the questions of the first set in order; see `evals.cases.load_cases`."""
    return load_cases(DATA / "parts.jsonl", TwoParts)


def load_answered_parts() -> list[AnsweredParts]:
    """Return the questions of the second set in order; see `evals.cases.load_cases`."""
    return load_cases(DATA / "answered_parts.jsonl", AnsweredParts)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the sets, one sentence each."""
    load_answered_parts()
    return place_problems(load_two_parts(), load_splits(), library)


def named_part(answer: Answer, question: str) -> int | None:
    """Return which part an answer calls missing, 0 or 1; None where it calls none so."""
    return next((number for number, part in enumerate(split_parts(question)) if gap_of(part) in answer.gaps), None)
