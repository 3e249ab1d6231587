"""Questions that take something wrong for granted, beside the same with it right: which are corrected?

Run ``python -m evals.premises`` (``--split dev`` while tuning; ``--show`` prints what was judged wrongly on dev).
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from assistant.answering.premises import puts_right
from assistant.errors import AssistantError
from evals.cases import DATASETS, Line, PlacedQuestion, load_cases, load_questions
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

PREMISES = DATASETS / "premises.jsonl"


class Premise(PlacedQuestion):
    """A question with what it takes for granted; its place shows that to be right or wrong."""

    kind: Literal["false-premise", "true-premise"]
    premise: Line
    truth: Line | None
    """Words that stand in a correction; None where there is nothing to correct."""


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    show: Annotated[bool, typer.Option(help="Print what was judged wrongly; for dev.")] = False,
) -> None:
    """Print how many false premises are corrected and how many true ones are, with intervals."""
    if split not in ("dev", "test") or (show and split == "test"):
        raise typer.BadParameter("--split is dev or test, and only dev is shown.")
    try:
        cases = [case for case in load_cases(PREMISES, Premise) if case.split == split]
        shipped = [case for case in load_questions() if case.split == split and case.type != "false-premise"]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    assistant = open_shipped_library()
    answers = {case.id: assistant.ask(case.question).answer for case in cases}
    false = [case for case in cases if case.kind == "false-premise"]
    true = [case for case in cases if case.kind == "true-premise"]
    corrected = estimate(
        [float(puts_right(answers[case.id])) for case in false], [case.place.section for case in false]
    )
    stated = estimate(
        [float((case.truth or "").lower() in answers[case.id].lower()) for case in false],
        [case.place.section for case in false],
    )
    alarms = estimate([float(puts_right(answers[case.id])) for case in true], [case.place.section for case in true])
    others = [float(puts_right(assistant.ask(case.question).answer)) for case in shipped]
    of_others = estimate(others, [case.cluster for case in shipped])
    print(f"false premises corrected              {corrected}, n = {corrected.n}; floor: 0")
    print(f"  what is right stands in the answer  {stated}, n = {stated.n}")
    print(f"true premises corrected               {alarms}, n = {alarms.n}")
    print(f"questions.jsonl, others, corrected    {of_others}, n = {of_others.n}")
    if show:
        for case in cases:
            if puts_right(answers[case.id]) != (case.kind == "false-premise"):
                print(f"{case.id}: {case.question} [{case.premise}]")
        for other, value in zip(shipped, others, strict=True):
            if value:
                print(f"{other.id}: {other.question}")


if __name__ == "__main__":
    typer.run(main)
