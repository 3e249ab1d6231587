"""Questions that ask for two things: where the answer says that one is missing, is it?

No answer says so at present: all nine notices that the ordinary questions of `questions.jsonl` got were false. Whatever
is to say it again has to stand here first, beside none.

Run ``python -m evals.parts`` (``--split dev`` while tuning; ``--show`` prints what was judged wrongly on dev).
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Self

import typer
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant import answering
from assistant.answering.parts import split_parts
from assistant.errors import AssistantError
from assistant.library import Library
from evals.cases import DATA, Identifier, Line, PlacedQuestion, Split, load_cases
from evals.library import open_shipped_library

PARTS = DATA / "parts.jsonl"
ANSWERED = DATA / "answered_parts.jsonl"


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


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Line
    answered: bool
    near: Line | None


class AnsweredParts(BaseModel):
    """A question with its two parts, and for each whether the library answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


def named_part(library: Library, question: str) -> int | None:
    """Which part the answer calls missing, 0 or 1; None where it calls none so."""
    answer = answering.ask(library, question)
    if answer.status != "partly-answered":
        return None
    last = answer.answer.rsplit("\n", 1)[-1]
    return next(number for number, part in enumerate(split_parts(question)) if last.endswith(part))


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    show: Annotated[bool, typer.Option(help="Print what was judged wrongly; for dev.")] = False,
) -> None:
    """Print how many notices of a missing part are given, and how many of them are right and false."""
    if split not in ("dev", "test") or (show and split == "test"):
        raise typer.BadParameter("--split is dev or test, and only dev is shown.")
    try:
        cases = [case for case in load_cases(PARTS, TwoParts) if case.split == split]
        fresh = [case for case in load_cases(ANSWERED, AnsweredParts) if case.split == split]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    library = open_shipped_library()
    for name, asked in (("parts.jsonl", cases), ("answered_parts.jsonl", fresh)):
        named = {case.id: named_part(library, case.question) for case in asked}
        halves = [case for case in asked if case.missing is not None]
        notices = [case for case in asked if named[case.id] is not None]
        right = sum(named[case.id] == case.missing for case in notices)
        print(f"{name}: {len(asked)} questions, {len(halves)} with a part that is missing")
        print(f"  notices {len(notices)}, right {right}, false {len(notices) - right}; floor, never given: 0")
        if show:
            for case in notices:
                if named[case.id] != case.missing:
                    print(f"    {case.id}: named {named[case.id]}, is {case.missing}: {case.question}")


if __name__ == "__main__":
    typer.run(main)
