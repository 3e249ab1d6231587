"""Does a broad question on the registers get the whole list, and a narrow one none?

``python -m evals.register_lists`` asks the questions of ``data/register_lists.jsonl`` and prints, beside the same
answers without the list road: how many lists are exactly right, how many of the entries shown belong, how many that
belong are shown, and how many narrow questions got a list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import typer
from pydantic import BaseModel, ConfigDict, model_validator

from assistant import answering
from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Answer, Quote
from assistant.registers.entries import Registers
from evals.cases import DATA, CaseError, Identifier, Line, Split, load_cases
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate, exact_upper_bound

LISTS = DATA / "register_lists.jsonl"
Register = Literal["recommendations", "precedents"]


class ListCase(BaseModel):
    """A broad question with the entries that are its answer, or a narrow one, which is after no list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    question: Line
    part: Register | None
    """The register whose entries are asked for; None for a narrow question."""
    criterion: Line
    """What the list is by; ``none`` where no entry has what is asked for."""
    entries: tuple[Identifier, ...]
    """Ids of all entries that are asked for, in the register's order."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.part is None) != (self.criterion == "narrow"):
            raise ValueError("a narrow question, and it alone, has no register")
        if bool(self.entries) == (self.criterion in ("narrow", "none")):
            raise ValueError("a broad question names its entries, save one that no entry meets")
        return self

    @property
    def cluster(self) -> str:
        """The same for questions after the same list."""
        return " ".join(self.entries) or self.id


@dataclass(frozen=True, slots=True)
class Listed:
    """What an answer shows of a register."""

    entries: frozenset[str]
    other: bool
    """Whether it shows anything else."""


def load_list_cases(path: Path = LISTS) -> list[ListCase]:
    """The cases, in order; see `evals.cases.load_cases`."""
    return load_cases(path, ListCase)


def check_cases(cases: Iterable[ListCase], registers: Registers) -> None:
    """Raises CaseError when a case names an entry that its register does not have, or not in the register's order."""
    for case in cases:
        known = [entry.id for entry in getattr(registers, case.part)] if case.part else []
        if list(case.entries) != [entry for entry in known if entry in case.entries]:
            raise CaseError(
                f"Case {case.id}, field entries: found {', '.join(case.entries)}; expected ids of {case.part}.toml "
                f"in its order."
            )


def shown_entries(answer: Answer, generation: Generation) -> Listed:
    """The register entries that an answer quotes."""
    found = [_entry_of(quote, generation) for quote in answer.citations]
    return Listed(frozenset(filter(None, found)), None in found)


def list_scores(case: ListCase, listed: Listed) -> dict[str, float]:
    """``exact``: 1 when the entries shown are those asked for; quotes from elsewhere beside them do no harm, save where
    no entry is asked for. ``precision``: share of the entries
    shown that are asked for; left out when none is shown. ``recall``: share of those asked for that are shown; left out
    when none is asked for.
    """
    reference = set(case.entries)
    right = len(reference & listed.entries)
    scores = {"exact": float(listed.entries == reference and (bool(reference) or not listed.other))}
    if listed.entries:
        scores["precision"] = right / len(listed.entries)
    if reference:
        scores["recall"] = right / len(reference)
    return scores


def _entry_of(quote: Quote, generation: Generation) -> str | None:
    """Id of the register entry that holds a quote; None for a quote of a body."""
    if quote.part == "body":
        return None
    blocks = generation.document(f"{quote.document}/{quote.part}").blocks
    return next((block.anchor for block in reversed(blocks) if block.anchor and block.start <= quote.start), None)


def report(cases: Sequence[ListCase], library: Library, floor: Library) -> Iterator[str]:
    """The table of one split as lines of text."""
    broad = [case for case in cases if case.part]
    narrow = [case for case in cases if not case.part]
    systems = {"Steward": library, "without lists": floor}
    scores = {
        name: [list_scores(case, shown_entries(answering.ask(one, case.question), one.generation)) for case in broad]
        for name, one in systems.items()
    }
    yield f"{len(broad)} broad questions, {len(narrow)} narrow ones"
    for measure in ("exact", "precision", "recall"):
        cells = [f"{name} {_estimate(broad, scored, measure)}" for name, scored in scores.items()]
        yield f"  {measure}: {'; '.join(cells)}"
    false = [
        case.id
        for case in narrow
        if answering.ask(library, case.question).answer != answering.ask(floor, case.question).answer
    ]
    bound = exact_upper_bound(len(false), len(narrow))
    yield f"  narrow questions with a list: {len(false)} of {len(narrow)} (at most {bound:.3f})"
    wrong = [case.id for case, score in zip(broad, scores["Steward"], strict=True) if not score["exact"]]
    yield f"  not exact: {', '.join([*wrong, *false]) or 'none'}"


def _estimate(cases: Sequence[ListCase], scores: Sequence[Mapping[str, float]], measure: str) -> str:
    kept = [(score[measure], case.cluster) for case, score in zip(cases, scores, strict=True) if measure in score]
    found = estimate([value for value, _ in kept], [cluster for _, cluster in kept])
    return f"{found}, n {found.n}"


def main(
    split: Annotated[str | None, typer.Option(help="One split; both when none is named.")] = None,
) -> None:
    """Ask, and print both splits' tables. Intervals are 95 %, a bootstrap over lists."""
    try:
        cases = load_list_cases()
        library = open_shipped_library()
        check_cases(cases, library.registers)
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    for name in get_args(Split):
        if split in (None, name):
            print(f"{name}:")
            own = [case for case in cases if case.split == name]
            print("\n".join(report(own, library, replace(library, registers=Registers()))))


if __name__ == "__main__":
    typer.run(main)
