"""Questions that take something wrong for granted, and innocent ones with figures, dates, names: which are corrected?

Run ``python -m evals.premises`` (``--split dev`` while tuning; ``--show`` prints what was judged wrongly on dev).
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict

from assistant import answering
from assistant.answering.premises import ONLY_PROPOSED
from assistant.errors import AssistantError
from evals.cases import DATA, Identifier, Line, Place, PlacedQuestion, Split, load_cases, load_questions
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate, exact_upper_bound

PREMISES = DATA / "premises.jsonl"
FALSE = DATA / "false_premises.jsonl"
INNOCENT = DATA / "innocent_premises.jsonl"


class Premise(PlacedQuestion):
    """A question with what it takes for granted; its place shows that to be right or wrong."""

    kind: Literal["false-premise", "true-premise"]
    premise: Line
    truth: Line | None
    """Words of what is right; None where there is nothing to correct."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    kind: Line
    question: Line


class FalsePremise(_Asked):
    """A question that asserts what the library states otherwise, or (kind ``silent``) what it says nothing of."""

    expected: Literal["correction", "no-correction"]
    premise: Line | None = None
    truth: Line | None
    note: Line
    place: Place | None = None
    near: Line | None = None


class Innocent(_Asked):
    """A question with a figure, date, direction or name that no source states otherwise."""

    expected: Literal["no-correction"]
    near: Line
    trap: Line | None
    """What of the library could be mistaken for a correction."""


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    show: Annotated[bool, typer.Option(help="Print what was judged wrongly; for dev.")] = False,
) -> None:
    """Print how many innocent questions and false premises are corrected, and how many answers hold what is right."""
    if split not in ("dev", "test") or (show and split == "test"):
        raise typer.BadParameter("--split is dev or test, and only dev is shown.")
    try:
        pairs = [case for case in load_cases(PREMISES, Premise) if case.split == split]
        fresh = [case for case in load_cases(FALSE, FalsePremise) if case.split == split]
        innocent = [case for case in load_cases(INNOCENT, Innocent) if case.split == split]
        shipped = [case for case in load_questions() if case.split == split and case.type != "false-premise"]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    groups: dict[str, list[tuple[str, str | None]]] = {
        "innocent questions": [(case.question, None) for case in innocent],
        "true premises": [(case.question, None) for case in pairs if case.kind == "true-premise"],
        "premises that no source speaks of": [(case.question, None) for case in fresh if case.kind == "silent"],
        "questions.jsonl, others": [(case.question, None) for case in shipped],
        "false premises, alone": [(case.question, case.truth) for case in fresh if case.kind != "silent"],
        "false premises, in pairs": [(case.question, case.truth) for case in pairs if case.kind == "false-premise"],
    }
    library = open_shipped_library()
    print("corrected")
    for name, questions in groups.items():
        answers = [answering.ask(library, question).answer for question, _ in questions]
        corrected = [answer.startswith(ONLY_PROPOSED) for answer in answers]
        is_false = name.startswith("false")
        bound = "" if is_false else f", at most {exact_upper_bound(sum(corrected), len(corrected)):.3f}"
        print(f"  {name:<34} {sum(corrected)} of {len(corrected)}{bound}")
        if is_false:
            stated = [
                float((truth or "").lower() in answer.lower())
                for (_, truth), answer in zip(questions, answers, strict=True)
            ]
            print(f"    what is right stands there       {estimate(stated, [question for question, _ in questions])}")
        if show:
            for (question, _), wrong in zip(questions, corrected, strict=True):
                if wrong and not is_false:
                    print(f"    {question}")


if __name__ == "__main__":
    typer.run(main)
