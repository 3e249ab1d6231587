"""Do the passages of government documents that are shown for a recommendation speak to it?

``python -m evals.passages`` asks for those of the recommendations in ``data/passages.jsonl``, whose right passages
were written down by hand before the search for them was tuned, and prints how many that are shown are right
(precision) and for how many recommendations that have a right passage one is shown (recall).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydantic import BaseModel, ConfigDict

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.grounds import GOVERNMENT, government_passages
from assistant.records import Quote
from evals.cases import DATA, CaseError, Identifier, Line, Split, load_cases
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

PASSAGES = DATA / "passages.jsonl"
Found = Callable[[str], Sequence[Quote]]
"""A recommendation's id to the passages that are shown for it."""


class Snippet(BaseModel):
    """Exact words of a document's text that stand in it once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Identifier
    snippet: Line


class PassageCase(BaseModel):
    """A recommendation, and every passage of the shipped government documents that speaks to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    """The recommendation's."""
    split: Split
    right: tuple[Snippet, ...]
    """Empty where none does."""

    def is_right(self, passage: Quote) -> bool:
        """Whether a passage is one of those."""
        return any(item.document == passage.document and item.snippet in passage.quote for item in self.right)


def load_passage_cases(path: Path = PASSAGES) -> list[PassageCase]:
    """The recommendations, in order; see `evals.cases.load_cases`."""
    return load_cases(path, PassageCase)


def check_cases(cases: Iterable[PassageCase], library: Library) -> None:
    """Raises CaseError for an unknown recommendation, or a snippet that does not stand once in its document."""
    known = {item.id for item in library.registers.recommendations}
    for case in cases:
        if case.id not in known:
            raise CaseError(f"Case {case.id}: no recommendation has this id; expected one of recommendations.toml.")
        for item in case.right:
            source = library.sources.get(item.document)
            if source is None or source.authority not in GOVERNMENT:
                raise CaseError(
                    f"Case {case.id}, field right: found {item.document!r}; expected a document of government."
                )
            times = library.generation.document(item.document).text.count(item.snippet)
            if times != 1:
                raise CaseError(f"Case {case.id}, field right: {item.snippet!r} stands {times} times; expected once.")


def report(cases: Sequence[PassageCase], found: Found) -> Iterator[str]:
    """The figures of one split as lines of text."""
    shown = {case.id: found(case.id) for case in cases}
    able = [case for case in cases if case.right]
    hits = [any(map(case.is_right, shown[case.id])) for case in able]
    judged = [(case.id, case.is_right(passage)) for case in cases for passage in shown[case.id]]
    silent = [case for case in cases if not case.right and not shown[case.id]]
    precision = estimate([float(right) for _, right in judged], [name for name, _ in judged])
    recall = estimate([float(hit) for hit in hits], [case.id for case in able])
    yield f"{len(cases)} recommendations, {len(able)} of them with a right passage"
    yield f"  passages shown that are right: {sum(right for _, right in judged)} of {len(judged)}, {precision}"
    yield f"  recommendations with a right passage that are shown one: {sum(hits)} of {len(able)}, {recall}"
    yield f"  recommendations without one that are shown none: {len(silent)} of {len(cases) - len(able)}"


def main(split: Annotated[Split | None, typer.Option(help="One split; both when none is named.")] = None) -> None:
    """Look for the passages, and print each split's figures. Intervals are 95 %, a bootstrap over recommendations."""
    try:
        cases = load_passage_cases()
        library = open_shipped_library()
        check_cases(cases, library)
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    for name in get_args(Split):
        if split in (None, name):
            own = [case for case in cases if case.split == name]
            print(f"{name}:")
            print("\n".join(report(own, lambda recommendation: government_passages(library, recommendation))))


if __name__ == "__main__":
    typer.run(main)
