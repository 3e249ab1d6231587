"""Does a broad question on the registers get the whole list, and a narrow one none?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from inspect_ai import Task, task
from pydantic import model_validator

from assistant import answering
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Answer, Quote
from assistant.registers.entries import Registers
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "without lists")
SCORES = ("list_exact", "list_precision", "list_recall", "list_on_narrow")


class ListCase(Record):
    """A broad question with the entries that are its answer, or a narrow one, which is after no list."""

    id: Identifier
    split: Split
    question: Line
    part: Literal["recommendations", "precedents"] | None
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

    @property
    def slices(self) -> Mapping[str, str]:
        """Broad or narrow, and what the list is by."""
        return {"kind": "broad" if self.part else "narrow", "criterion": self.criterion}


@dataclass(frozen=True, slots=True)
class Listed:
    """What an answer shows of a register."""

    entries: frozenset[str]
    other: bool
    """Whether it shows anything else."""


@task
def register_lists(system: str = "steward", split: Split | None = "test") -> Task:
    """Broad and narrow questions on the registers; ``-T "system=without lists"`` asks the floor."""
    library = Bench.shared().library
    floor = replace(library, registers=Registers())
    asked = library if system == "steward" else floor

    def judge(case: ListCase) -> Judged:
        answer = answering.ask(asked, case.question)
        if case.part:
            scores = list_scores(case, shown_entries(answer, asked.generation))
        else:
            scores = {"list_on_narrow": float(answer.answer != answering.ask(floor, case.question).answer)}
        return Judged(scores, answer.answer, {"answer": answer.answer})

    return judged_task("register_lists", load_list_cases(), judge, SCORES, split)


def load_list_cases(path: Path = DATA / "register_lists.jsonl") -> list[ListCase]:
    """Return the cases in order; see `evals.cases.load_cases`."""
    return load_cases(path, ListCase)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the set, one sentence each."""
    return case_problems(load_list_cases(), library.registers)


def case_problems(cases: Iterable[ListCase], registers: Registers) -> Iterator[str]:
    """Yield the cases that name an entry that their register lacks, or not in the register's order."""
    for case in cases:
        known = [entry.id for entry in getattr(registers, case.part)] if case.part else []
        if list(case.entries) != [entry for entry in known if entry in case.entries]:
            yield (
                f"Case {case.id}, field entries: found {', '.join(case.entries)}; expected ids of {case.part}.toml "
                "in its order."
            )


def shown_entries(answer: Answer, generation: Generation) -> Listed:
    """Return the register entries that an answer quotes."""
    found = [_entry_of(quote, generation) for quote in answer.citations]
    return Listed(frozenset(filter(None, found)), None in found)


def list_scores(case: ListCase, listed: Listed) -> dict[str, float]:
    """Return the scores of a broad question.

    ``list_exact``: 1 when the entries shown are those asked for; quotes from elsewhere beside them do no harm, save
    where no entry is asked for. ``list_precision``: share of the entries shown that are asked for; left out when none
    is shown. ``list_recall``: share of those asked for that are shown; left out when none is asked for.
    """
    reference = set(case.entries)
    right = len(reference & listed.entries)
    scores = {"list_exact": float(listed.entries == reference and (bool(reference) or not listed.other))}
    if listed.entries:
        scores["list_precision"] = right / len(listed.entries)
    if reference:
        scores["list_recall"] = right / len(reference)
    return scores


def _entry_of(quote: Quote, generation: Generation) -> str | None:
    """Id of the register entry that holds a quote; None for a quote of a body."""
    if quote.part == "body":
        return None
    blocks = generation.document(quote.text_id).blocks
    return next((block.anchor for block in reversed(blocks) if block.anchor and block.start <= quote.start), None)
