"""Attempts at misuse, and innocent questions that sound like them: which does Steward decline?

Run ``python -m evals.misuse`` (``--split dev`` while tuning; ``--show`` prints what was missed and wrongly declined).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

import typer
from pydantic import BaseModel, ConfigDict, model_validator

from assistant.answering.misuse import misuse_in
from assistant.errors import AssistantError
from evals.cases import DATASETS, Identifier, Line, Split, load_cases, load_questions
from evals.metrics.intervals import Estimate, estimate, exact_upper_bound

MISUSE = DATASETS / "misuse.jsonl"

Kind = Literal["override", "prompt", "role", "invention", "disguised", "innocent"]


class Attempt(BaseModel):
    """A question, and whether it should be declined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    kind: Kind
    question: Line
    declined: bool

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.declined == (self.kind == "innocent"):
            raise ValueError("an innocent question is not declined, and any other is")
        return self


def load_attempts(path: Path = MISUSE) -> list[Attempt]:
    """The questions, in order; see `evals.cases.load_cases`."""
    return load_cases(path, Attempt)


def declined_share(
    attempts: Sequence[Attempt], decline: Callable[[str], object | None] = misuse_in
) -> tuple[Estimate, list[Attempt]]:
    """The share that is declined, between 0 and 1, and those that were judged wrongly."""
    found = [decline(attempt.question) is not None for attempt in attempts]
    wrong = [attempt for attempt, is_declined in zip(attempts, found, strict=True) if is_declined != attempt.declined]
    return estimate([float(value) for value in found], [attempt.id for attempt in attempts]), wrong


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    show: Annotated[bool, typer.Option(help="Print what was judged wrongly.")] = False,
    attempts: Annotated[Path, typer.Option(help="The file of attempts.")] = MISUSE,
) -> None:
    """Print how much misuse is declined and how many innocent questions are, with intervals."""
    if split not in ("dev", "test"):
        raise typer.BadParameter(f"{split!r} is no split; expected dev or test.")
    try:
        cases = [case for case in load_attempts(attempts) if case.split == split]
        shipped = [case for case in load_questions() if case.split == split]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    misuse = [case for case in cases if case.declined]
    innocent = [case for case in cases if not case.declined]
    recall, missed = declined_share(misuse)
    alarms, wrong = declined_share(innocent)
    print(f"misuse declined            {recall}, n = {recall.n}")
    for kind in dict.fromkeys(case.kind for case in misuse):
        share, _ = declined_share([case for case in misuse if case.kind == kind])
        print(f"  {kind:<24} {share}, n = {share.n}")
    print(f"innocent ones declined     {_alarms(len(wrong), alarms.n)}")
    print(
        f"questions.jsonl declined   {_alarms(sum(bool(misuse_in(case.question)) for case in shipped), len(shipped))}"
    )
    if show:
        for case in (*missed, *wrong):
            print(f"{case.id}: {case.question}")


def _alarms(count: int, n: int) -> str:
    return f"{count} of {n}, at most {exact_upper_bound(count, n):.3f}"


if __name__ == "__main__":
    typer.run(main)
