"""Questions that ask for two things: does the answer say which one the library does not hold?

Run ``python -m evals.parts`` (``--split dev`` while tuning; ``--show`` prints what was judged wrongly on dev).
"""

from __future__ import annotations

import sys
from typing import Annotated, Self

import typer
from pydantic import Field, model_validator

from assistant.answering import Assistant
from assistant.answering.parts import split_parts
from assistant.errors import AssistantError
from evals.cases import DATASETS, Line, PlacedQuestion, load_cases
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

PARTS = DATASETS / "parts.jsonl"


class TwoParts(PlacedQuestion):
    """A question with its two parts, each as a question of its own, and the part that the library does not hold.

    Its place answers the other part, or one of the two.
    """

    parts: tuple[Line, Line]
    missing: Annotated[int, Field(ge=0, le=1)] | None

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.parts[0] == self.parts[1]:
            raise ValueError("the two parts are one")
        return self


def named_part(assistant: Assistant, question: str) -> int | None:
    """Which part the answer calls missing, 0 or 1; None where it calls none so."""
    answer = assistant.ask(question)
    if answer.status != "partly-answered":
        return None
    last = answer.answer.rsplit("\n", 1)[-1]
    return next(number for number, part in enumerate(split_parts(question)) if last.endswith(part))


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    show: Annotated[bool, typer.Option(help="Print what was judged wrongly; for dev.")] = False,
) -> None:
    """Print how often a missing part is named and how often one is that is not missing, with intervals."""
    if split not in ("dev", "test") or (show and split == "test"):
        raise typer.BadParameter("--split is dev or test, and only dev is shown.")
    try:
        cases = [case for case in load_cases(PARTS, TwoParts) if case.split == split]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    assistant = open_shipped_library()
    named = {case.id: named_part(assistant, case.question) for case in cases}
    halves = [case for case in cases if case.missing is not None]
    wholes = [case for case in cases if case.missing is None]
    sections = [case.place.section for case in halves]
    right = estimate([float(named[case.id] == case.missing) for case in halves], sections)
    wrong = estimate([float(named[case.id] == 1 - (case.missing or 0)) for case in halves], sections)
    alarms = estimate([float(named[case.id] is not None) for case in wholes], [case.place.section for case in wholes])
    print(f"half answered, the missing part named   {right}, n = {right.n}; floor, never named: 0")
    print(f"half answered, the other part named     {wrong}, n = {wrong.n}")
    print(f"answered whole, a part called missing   {alarms}, n = {alarms.n}; floor: 0")
    if show:
        for case in cases:
            if named[case.id] != case.missing:
                print(f"{case.id}: named {named[case.id]}, is {case.missing}: {case.question}")


if __name__ == "__main__":
    typer.run(main)
