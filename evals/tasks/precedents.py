"""Does a search of the register of precedents find the case that somebody means, and the double of a new one?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from inspect_ai import Task, task
from pydantic import Field

from assistant.contributing.duplicates import possible_duplicates
from assistant.library import Library
from assistant.precedents import search_cases
from assistant.precedents.cases import cases_of
from assistant.registers.accepted import SeenCases
from assistant.registers.entries import Precedent, Registers
from assistant.registers.field_values import document_of
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, Splits, load_cases, load_splits
from evals.systems.bm25 import Bm25
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "bm25", "dense")
OTHERS = 3
"""Cases beside the right one that are taken out of the index for each question."""
Search = Callable[[str], list[str]]
"""A query to ids of cases, best first."""


class PrecedentCase(Record):
    """What somebody looks for, and the cases that it may be."""

    id: Identifier
    part: Literal["dev", "test", "probe"] = Field(alias="split")
    """``probe``: asked after the search was tuned, to see what changes of it do; after cases of both splits."""
    kind: Literal["vague", "failure", "lesson", "place", "like"]
    question: Line
    right: tuple[Identifier, ...] = Field(min_length=1)
    """Ids of the cases that are right; the first gives the split, but for a probe."""

    @property
    def split(self) -> Split:
        """Probes are looked at while the search is changed, as dev questions are."""
        return "test" if self.part == "test" else "dev"

    @property
    def cluster(self) -> str:
        """The same for questions after the same case."""
        return self.right[0]

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind."""
        return {"kind": self.kind}


class ToldCase(Record):
    """A case as somebody else would contribute it, without its lesson."""

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

    @property
    def question(self) -> str:
        """Its title and what it tells."""
        return f"{self.title}. {self.summary}"

    @property
    def cluster(self) -> str:
        """The case that it is."""
        return self.of or self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Told anew, or new."""
        return {"kind": "told anew" if self.of else "new"}


class OwnCase(ToldCase):
    """A case of the register itself, which are all different."""

    entry: Precedent

    @property
    def fields(self) -> dict[str, Any]:
        """All its fields."""
        return self.entry.model_dump(mode="json")

    @property
    def slices(self) -> Mapping[str, str]:
        """The register."""
        return {"kind": "register"}


@task
def precedents(system: str = "steward", split: Split | None = "test") -> Task:
    """What people look for: is a right case among the first three, and the first?"""
    return _searching("precedents", [case for case in load_precedent_cases() if case.part != "probe"], system, split)


@task
def precedents_probe(system: str = "steward", split: Split | None = "dev") -> Task:
    """The same with vaguer questions, written before synonyms were added and looked at while that was done."""
    probes = [case for case in load_precedent_cases() if case.part == "probe"]
    return _searching("precedents_probe", probes, system, split)


@task
def contributed_cases(system: str = "steward", split: Split | None = "dev") -> Task:
    """Does a case that the index does not hold, as a contributed one, rank where it did when the index held it?"""
    library = Bench.shared().library

    def judge(case: PrecedentCase) -> Judged:
        before = [item.entry.id for item in search_cases(library, case.question).found]
        right = next(name for name in before if name in case.right)
        others = [name for name in before if name not in case.right][:OTHERS]
        after = _rank_outside(right, case.question, library)
        lost = [_rank_outside(name, case.question, library) - before.index(name) - 1 for name in others]
        scores = {
            "contributed@3": float(after <= 3),
            "ranks_lost": float(after - before.index(right) - 1),
            "ranks_lost_nearest": sum(lost) / len(lost),
        }
        return Judged(scores, right, {"case": right, "rank": after}, {"ranks_lost_nearest": len(lost)})

    cases = [case for case in load_precedent_cases() if case.part != "probe"]
    scores = ("contributed@3", "ranks_lost", "ranks_lost_nearest")
    return judged_task("contributed_cases", cases, judge, scores, split)


@task
def duplicates(system: str = "steward", split: Split | None = "test") -> Task:
    """Cases told anew, and new ones: is the one that is there shown, and nothing where there is none?

    On dev also the register's own cases, which are all different: how many are shown another of them?
    """
    library = Bench.shared().library
    own = [
        OwnCase(
            id=f"register-{entry.id}",
            split="dev",
            of=None,
            entry=entry,
            **{name: getattr(entry, name) for name in ("title", "organisation", "place", "period", "summary")},
        )
        for entry in library.registers.precedents
    ]

    def judge(case: ToldCase) -> Judged:
        shown = [item.id for item in possible_duplicates(library, case.fields)]
        if case.of:
            scores = {
                "duplicate_shown": float(case.of in shown),
                "duplicate_first": float(shown[:1] == [case.of]),
                "others_shown": float(len([name for name in shown if name != case.of])),
            }
        else:
            scores = {"shown_though_different": float(bool(shown)), "others_shown": float(len(shown))}
        return Judged(scores, ", ".join(shown), {"shown": shown})

    scores = ("duplicate_shown", "duplicate_first", "others_shown", "shown_though_different")
    return judged_task("duplicates", [*load_told_cases(), *own], judge, scores, split)


def load_precedent_cases(path: Path = DATA / "precedents.jsonl") -> list[PrecedentCase]:
    """Return the questions in order; see `evals.cases.load_cases`."""
    return load_cases(path, PrecedentCase)


def load_told_cases(path: Path = DATA / "duplicates.jsonl") -> list[ToldCase]:
    """Return the cases in order; see `evals.cases.load_cases`."""
    return load_cases(path, ToldCase)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with both sets, one sentence each."""
    yield from case_problems(load_precedent_cases(), load_told_cases(), library.registers, load_splits())


def case_problems(
    cases: Iterable[PrecedentCase], told: Iterable[ToldCase], registers: Registers, splits: Splits
) -> Iterator[str]:
    """Yield the cases that name one that is not in the register, or belong to the other split than it."""
    documents = {entry.id: document_of(entry) for entry in registers.precedents}
    named = [(case.id, "right", case.right, None if case.part == "probe" else case.split) for case in cases]
    named += [(case.id, "of", (case.of,), case.split) for case in told if case.of]
    for case_id, field, names, split in named:
        unknown = [name for name in names if name not in documents]
        if unknown:
            yield f"Case {case_id}, field {field}: found {unknown[0]!r}; expected ids of precedents.toml."
            continue
        expected = splits.of(f"{documents[names[0]]}/precedents", names[0])
        if split not in (None, expected):
            yield f"Case {case_id}, field split: found {split!r}; {names[0]} is of {expected!r}."


def first_rank(right: Sequence[str], found: Sequence[str]) -> int:
    """Return the rank of the first right case, from 1; one past the last where none was found."""
    return next((rank for rank, name in enumerate(found, 1) if name in right), len(found) + 1)


def whole_text(entry: Precedent) -> str:
    """Return the words of an entry that the floors search."""
    facts = f"{entry.title}. {entry.organisation}. {entry.place}, {entry.country}. {entry.period}. {entry.theme}."
    return f"{facts} {entry.summary} {entry.lesson}"


def _searching(name: str, cases: Sequence[PrecedentCase], system: str, split: Split | None) -> Task:
    search = _search(system, Bench.shared().library)

    def judge(case: PrecedentCase) -> Judged:
        found = search(case.question)
        rank = first_rank(case.right, found)
        return Judged({f"case@{k}": float(rank <= k) for k in (1, 3)}, found[0], {"rank": rank, "found": found[:3]})

    return judged_task(name, cases, judge, ("case@1", "case@3"), split)


def _search(system: str, library: Library) -> Search:
    if system == "steward":
        return lambda query: [item.entry.id for item in search_cases(library, query).found]
    names = [entry.id for entry in library.registers.precedents]
    texts = [whole_text(entry) for entry in library.registers.precedents]
    if system == "bm25":
        words = Bm25(texts)
        return lambda query: [names[number] for number in words.search(query, len(names))]
    vectors = library.embedder.embed(texts)

    def by_vectors(query: str) -> list[str]:
        order = np.argsort(-(vectors @ library.embedder.embed_question(query)), kind="stable")
        return [names[number] for number in order]

    return by_vectors


def _rank_outside(name: str, question: str, library: Library) -> int:
    """Rank of a case that is taken out of the index: under another id, the index has no text of it."""
    moved = cases_of(library).entries[name].model_copy(update={"id": f"{name}-moved"})
    without = replace(library, accepted=SeenCases({name: None, moved.id: moved}))
    found = search_cases(without, question).found
    return next(item.rank for item in found if item.entry.id == moved.id)
