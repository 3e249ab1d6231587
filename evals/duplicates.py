"""Does a case that is told anew find the one that is in the register, and does a new one find none?

Run `python -m evals.duplicates --split dev`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from pydantic import BaseModel, ConfigDict

from assistant.contributing.duplicates import possible_duplicates
from assistant.errors import AssistantError
from assistant.library import Library
from assistant.registers.entries import Registers
from assistant.registers.field_values import document_of
from evals.cases import DATA, CaseError, Identifier, Line, Split, Splits, load_cases, load_splits
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

DUPLICATES = DATA / "duplicates.jsonl"


class ToldCase(BaseModel):
    """A case as somebody else would contribute it, without its lesson."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    of: Identifier | None
    """The case of the register that it is; None for one that is not there."""
    title: Line
    organisation: Line
    place: Line
    period: Line
    summary: Line
    url: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What a contributor would fill in."""
        return self.model_dump(exclude={"split", "of"})


def load_told_cases(path: Path = DUPLICATES) -> list[ToldCase]:
    """The cases, in order; see `evals.cases.load_cases`."""
    return load_cases(path, ToldCase)


def check_told_cases(cases: Sequence[ToldCase], registers: Registers, splits: Splits) -> None:
    """Raises CaseError where a case tells one that there is not, or one of the other split."""
    documents = {entry.id: document_of(entry) for entry in registers.precedents}
    for case in cases:
        if case.of is None:
            continue
        if case.of not in documents:
            raise CaseError(f"Case {case.id}, field of: found {case.of!r}; expected an id of precedents.toml.")
        split = splits.of(f"{documents[case.of]}/precedents", case.of)
        if split != case.split:
            raise CaseError(f"Case {case.id}, field split: found {case.split!r}; {case.of} is of {split!r}.")


def report(library: Library, cases: Sequence[ToldCase]) -> Iterator[str]:
    """The figures of one split, as lines of text."""
    listed = {case.id: [item.id for item in possible_duplicates(library, case.fields)] for case in cases}
    told = [case for case in cases if case.of]
    shares = {
        "shown": [float(case.of in listed[case.id]) for case in told],
        "shown first": [float(listed[case.id][:1] == [case.of]) for case in told],
    }
    for name, found in shares.items():
        yield f"  told anew, {name}: {estimate(found, [str(case.of) for case in told])} (n {len(told)})"
    others = sum(len([name for name in listed[case.id] if name != case.of]) for case in told)
    yield f"  cases shown beside it: {others / len(told):.2f} on average"
    yield f"  not shown: {', '.join(case.id for case in told if case.of not in listed[case.id]) or 'none'}"
    new = [case for case in cases if not case.of]
    wrong = [case.id for case in new if listed[case.id]]
    yield f"  new, with any case shown: {len(wrong)} of {len(new)} ({', '.join(wrong) or 'none'})"


def of_register(library: Library) -> str:
    """How many of the register's own cases, which are all different, are shown another of them."""
    entries = library.registers.precedents
    shown = [len(possible_duplicates(library, entry.model_dump(mode="json"))) for entry in entries]
    with_any = sum(count > 0 for count in shown)
    return f"register: {with_any} of {len(shown)} are shown another, {sum(shown) / len(shown):.2f} on average"


def main(
    split: Annotated[Literal["dev", "test"] | None, typer.Option(help="One split; both when none is named.")] = None,
) -> None:
    """Print each split's figures. Intervals are 95 %, a bootstrap over cases."""
    try:
        cases = load_told_cases()
        library = open_shipped_library()
        check_told_cases(cases, library.registers, load_splits())
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    for name in get_args(Split):
        if split in (None, name):
            print(f"{name}:")
            print("\n".join(report(library, [case for case in cases if case.split == name])))
    print(of_register(library))


if __name__ == "__main__":
    typer.run(main)
