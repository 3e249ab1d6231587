"""Does a search of the register of precedents find the case that somebody means?

``python -m evals.precedents`` asks the questions of ``data/precedents.jsonl`` and prints, beside BM25 alone and
embeddings alone: how often a right case is among the first three and the first, by kind of question as well. Then
whether a case ranks where it did once the index does not hold it, as a contributed one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

import numpy as np
import typer
from pydantic import BaseModel, ConfigDict, Field
from threadpoolctl import threadpool_limits

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents import CaseFilters, search_cases
from assistant.precedents.cases import cases_of
from assistant.registers.accepted import SeenCases
from assistant.registers.entries import Precedent, Registers
from assistant.registers.field_values import document_of
from evals.bm25 import Bm25
from evals.cases import DATA, CaseError, Identifier, Line, Splits, load_cases, load_splits
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

PRECEDENTS = DATA / "precedents.jsonl"
Kind = Literal["vague", "failure", "lesson", "place", "like"]
Part = Literal["dev", "test", "probe"]
"""``probe``: asked after the search was tuned, to see what changes of it do; after cases of both splits."""
TOP = 3
OTHERS = 3
"""Cases beside the right one that are taken out of the index for each question."""
BAR = 0.9
"""Share of ``test`` that must have a right case among the first three."""
Search = Callable[[str], list[str]]
"""A query to ids of cases, best first."""


class Moved(NamedTuple):
    """A case's rank for a question, from 1: in the index, and out of it."""

    is_right: bool
    before: int
    after: int


class PrecedentCase(BaseModel):
    """What somebody looks for, and the cases that it may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Part
    kind: Kind
    question: Line
    right: tuple[Identifier, ...] = Field(min_length=1)
    """Ids of the cases that are right; the first gives the split, but for a probe."""

    @property
    def cluster(self) -> str:
        """The same for questions after the same case."""
        return self.right[0]


def load_precedent_cases(path: Path = PRECEDENTS) -> list[PrecedentCase]:
    """The questions, in order; see `evals.cases.load_cases`."""
    return load_cases(path, PrecedentCase)


def check_cases(cases: Iterable[PrecedentCase], registers: Registers, splits: Splits) -> None:
    """Raises CaseError when a question names a case that there is not, or belongs to the other split than its case."""
    documents = {entry.id: document_of(entry) for entry in registers.precedents}
    for case in cases:
        unknown = [name for name in case.right if name not in documents]
        if unknown:
            raise CaseError(f"Case {case.id}, field right: found {unknown[0]!r}; expected ids of precedents.toml.")
        split = splits.of(f"{documents[case.right[0]]}/precedents", case.right[0])
        if case.split not in ("probe", split):
            raise CaseError(f"Case {case.id}, field split: found {case.split!r}; {case.right[0]} is of {split!r}.")


def systems(library: Library) -> dict[str, Search]:
    """The search of the product and the two floors, by name."""
    names = [entry.id for entry in library.registers.precedents]
    texts = [whole_text(entry) for entry in library.registers.precedents]
    words = Bm25(texts)
    vectors = library.embedder.embed(texts)

    def by_vectors(query: str) -> list[str]:
        order = np.argsort(-(vectors @ library.embedder.embed_question(query)), kind="stable")
        return [names[number] for number in order]

    return {
        "Steward": lambda query: [item.entry.id for item in search_cases(library, query).found],
        "BM25 alone": lambda query: [names[number] for number in words.search(query, len(names))],
        "embeddings alone": by_vectors,
    }


def whole_text(entry: Precedent) -> str:
    """The words of an entry that the floors search."""
    facts = f"{entry.title}. {entry.organisation}. {entry.place}, {entry.country}. {entry.period}. {entry.theme}."
    return f"{facts} {entry.summary} {entry.lesson}"


def report(cases: Sequence[PrecedentCase], found: Mapping[str, Search]) -> Iterator[str]:
    """The table of one split as lines of text."""
    ranks = {name: [first_rank(case, search(case.question)) for case in cases] for name, search in found.items()}
    yield f"{len(cases)} questions after {len({case.cluster for case in cases})} cases"
    for name, own in ranks.items():
        cells = [f"top {top} {_share(cases, own, top)}" for top in (TOP, 1)]
        yield f"  {name}: {'; '.join(cells)}"
    own = ranks["Steward"]
    for kind in get_args(Kind):
        hits = [rank <= TOP for case, rank in zip(cases, own, strict=True) if case.kind == kind]
        yield f"    {kind}: {sum(hits)} of {len(hits)} in the top {TOP}"
    missed = [f"{case.id} (rank {rank})" for case, rank in zip(cases, own, strict=True) if rank > TOP]
    yield f"  not in the top {TOP}: {', '.join(missed) or 'none'}"


def speed(search: Callable[[str], object], cases: Sequence[PrecedentCase]) -> str:
    """How long a search with facets takes once all is loaded, on one thread."""
    times = []
    with threadpool_limits(1):
        for case in cases:
            started = time.perf_counter()
            search(case.question)
            times.append(1000 * (time.perf_counter() - started))
    middle, most = np.quantile(times, (0.5, 0.95))
    return f"a search with two facets takes {middle:.0f} ms (median; 95 % within {most:.0f} ms, n {len(times)})"


def moved_ranks(cases: Iterable[PrecedentCase], library: Library) -> Iterator[Moved]:
    """Where cases stand before and after they are taken out of the index, one at a time.

    They are the nearest right one of each question, and the nearest others.
    """
    for case in cases:
        before = [item.entry.id for item in search_cases(library, case.question).found]
        right = next(name for name in before if name in case.right)
        for name in (right, *[other for other in before if other not in case.right][:OTHERS]):
            # Under another id, the index has no text of it.
            moved = cases_of(library).entries[name].model_copy(update={"id": f"{name}-moved"})
            without = replace(library, accepted=SeenCases({name: None, moved.id: moved}))
            found = search_cases(without, case.question).found
            after = next(item.rank for item in found if item.entry.id == moved.id)
            yield Moved(name == right, before.index(name) + 1, after)


def moved_report(moved: Sequence[Moved]) -> Iterator[str]:
    """What `moved_ranks` found, in lines of text."""
    right = [item for item in moved if item.is_right]
    before, after = (sum(rank <= TOP for rank in ranks) for ranks in zip(*(item[1:] for item in right), strict=True))
    yield f"  the right case taken out of the index: in the top {TOP} {before} before, {after} after, of {len(right)}"
    for words, is_right in (("right cases", True), ("the nearest others", False)):
        lost = np.array([item.after - item.before for item in moved if item.is_right == is_right])
        yield f"    ranks that {words} lose by it: {lost.mean():.2f} in the mean, {np.median(lost):.0f} in the median"


def first_rank(case: PrecedentCase, found: Sequence[str]) -> int:
    """Rank of the first right case, from 1; one past the last where none was found."""
    return next((rank for rank, name in enumerate(found, 1) if name in case.right), len(found) + 1)


def _share(cases: Sequence[PrecedentCase], ranks: Sequence[int], top: int) -> str:
    return str(estimate([float(rank <= top) for rank in ranks], [case.cluster for case in cases]))


def main(
    split: Annotated[Part | None, typer.Option(help="One split; all when none is named.")] = None,
) -> None:
    """Ask, and print each split's table. Intervals are 95 %, a bootstrap over cases."""
    try:
        cases = load_precedent_cases()
        library = open_shipped_library()
        check_cases(cases, library.registers, load_splits())
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    found = systems(library)
    filters = CaseFilters(levels=("local", "national"), polarities=("worked", "mixed"))
    for name in get_args(Part):
        if split in (None, name):
            print(f"{name}:")
            own = [case for case in cases if case.split == name]
            print("\n".join(report(own, found)))
            with threadpool_limits(1):
                print("\n".join(moved_report(list(moved_ranks(own, library)))))
            print(f"  {speed(lambda query: search_cases(library, query, filters), own)}")


if __name__ == "__main__":
    typer.run(main)
