"""Does `steward compare` tell whether a document addresses a topic, and do its cells hold what they should?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

from inspect_ai import Task, task
from pydantic import model_validator

from assistant.answering.comparison import compare_documents
from evals.bench import Bench
from evals.cases import DATA, Line, Record, Split, load_cases
from evals.metrics.matching import states, tokens
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "always", "never")
SCORES = ("addressed_right", "cell_holds")


class LabelledCell(Record):
    """A topic and a document: is it addressed there, and in what words?"""

    split: Split
    """The split of the topic; a topic reaches over sections of both splits."""
    topic: Line
    document: Line
    addressed: bool
    holds: tuple[Line, ...] = ()
    """Wordings of which the document's cells must hold one."""

    @property
    def id(self) -> str:
        """Topic and document."""
        return f"{self.topic} | {self.document}"

    @property
    def question(self) -> str:
        """Topic and document."""
        return self.id

    @property
    def cluster(self) -> str:
        """Its topic."""
        return self.topic

    @property
    def slices(self) -> Mapping[str, str]:
        """Addressed or not."""
        return {"kind": "addressed" if self.addressed else "not addressed"}

    @model_validator(mode="after")
    def _words_where_addressed(self) -> Self:
        if self.addressed != bool(self.holds):
            raise ValueError("what is addressed has words that it holds, and nothing else has")
        return self


@task
def comparisons(system: str = "steward", split: Split | None = "test") -> Task:
    """Topics compared over their labelled documents; a document addresses one where one of its cells is filled.

    The floors say always, or never, that a topic is addressed.
    """
    cases = load_cells()

    @cache
    def filled(topic: str) -> Mapping[str, list[str]]:
        documents = [case.document for case in cases if case.topic == topic]
        themes = compare_documents(topic, documents, Bench.shared().library).themes
        said = [cell for row in themes for cell in row.cells if cell.status == "found"]
        return {name: [cell.text for cell in said if cell.document == name] for name in documents}

    def judge(case: LabelledCell) -> Judged:
        if system != "steward":
            return Judged({"addressed_right": float(case.addressed == (system == "always"))})
        said = filled(case.topic)[case.document]
        return Judged(cell_scores(case, said), "\n".join(said), {"answer": "\n".join(said)})

    return judged_task("comparisons", cases, judge, SCORES, split)


def load_cells(path: Path = DATA / "comparisons.jsonl") -> list[LabelledCell]:
    """Return the labelled cells in order; see `evals.cases.load_cases`."""
    return load_cases(path, LabelledCell)


def cell_scores(case: LabelledCell, said: list[str]) -> dict[str, float]:
    """Return ``addressed_right`` and, where a topic that is addressed got cells, whether one holds the words."""
    scores = {"addressed_right": float(bool(said) == case.addressed)}
    if case.addressed and said:
        scores["cell_holds"] = float(any(states(tokens(text), case.holds) for text in said))
    return scores
