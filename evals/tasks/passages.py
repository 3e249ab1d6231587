"""Do the passages of government documents that are shown for a recommendation speak to it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from inspect_ai import Task, task

from assistant.library import Library
from assistant.precedents.grounds import government_passages
from assistant.records import Quote, Span
from assistant.text.speakers import GOVERNMENT
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases
from evals.tasks.shared import Judged, judged_task

SCORES = ("passage_right", "passage_found", "silence_right")


class Snippet(Record):
    """Exact words of a document's text that stand in it once."""

    document: Identifier
    snippet: Line


class PassageCase(Record):
    """A recommendation, and every passage of the shipped government documents that speaks to it.

    The right passages were written down by hand before the search for them was tuned.
    """

    id: Identifier
    """The recommendation's."""
    split: Split
    right: tuple[Snippet, ...]
    """Empty where none does."""

    @property
    def question(self) -> str:
        """The recommendation's id."""
        return self.id

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Whether some passage speaks to it."""
        return {"kind": "with a passage" if self.right else "without"}

    def is_right(self, passage: Quote) -> bool:
        """Whether a passage is one of those."""
        return any(item.document == passage.document and item.snippet in passage.quote for item in self.right)


@task
def passages(system: str = "steward", split: Split | None = "test") -> Task:
    """Recommendations with the passages that speak to them."""
    library = Bench.shared().library

    def judge(case: PassageCase) -> Judged:
        shown = government_passages(library, case.id)
        scores = passage_scores(case, shown)
        return Judged(scores, "", {"shown": [item.quote for item in shown]}, {"passage_right": len(shown)})

    return judged_task("passages", load_passage_cases(), judge, SCORES, split)


def load_passage_cases(path: Path = DATA / "passages.jsonl") -> list[PassageCase]:
    """Return the recommendations in order; see `evals.cases.load_cases`."""
    return load_cases(path, PassageCase)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the set, one sentence each."""
    return case_problems(load_passage_cases(), library)


def case_problems(cases: Iterable[PassageCase], library: Library) -> Iterator[str]:
    """Yield unknown recommendations, and snippets that do not stand once or that government does not say."""
    known = {item.id for item in library.registers.recommendations}
    for case in cases:
        if case.id not in known:
            yield f"Case {case.id}: no recommendation has this id; expected one of recommendations.toml."
        for item in case.right:
            if item.document not in library.sources:
                yield f"Case {case.id}, field right: found {item.document!r}; expected a document of the library."
                continue
            holding = [chunk for chunk in library.generation.text_chunks(item.document) if item.snippet in chunk.text]
            if len(holding) != 1 or holding[0].text.count(item.snippet) != 1:
                yield f"Case {case.id}, field right: {item.snippet!r} does not stand once; expected once."
                continue
            start = holding[0].start + holding[0].text.index(item.snippet)
            speaker = holding[0].speaker_of(Span(start, start + len(item.snippet)))
            if speaker is None or speaker.authority not in GOVERNMENT:
                yield f"Case {case.id}, field right: {item.snippet!r} is not said by government."


def passage_scores(case: PassageCase, shown: Sequence[Quote]) -> dict[str, float]:
    """Return the scores of the passages shown.

    ``passage_right``: share of them that are right; left out when none is shown. ``passage_found``: 1 when one of them
    is right; left out when there is none to find. ``silence_right``: 1 when none is shown where there is none to find.
    """
    right = [case.is_right(passage) for passage in shown]
    scores = {"passage_found": float(any(right))} if case.right else {"silence_right": float(not shown)}
    if shown:
        scores["passage_right"] = sum(right) / len(right)
    return scores
