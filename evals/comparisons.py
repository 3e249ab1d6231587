"""How well `steward compare` tells whether a document addresses a topic, and whether its cells hold what they should.

Run ``python -m evals.comparisons`` while tuning (the dev topics), ``--split test`` to report, ``--fit`` to print the
coefficients of ``assistant/answering/topics.py``, fitted on dev.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import typer
from pydantic import BaseModel, ConfigDict, model_validator

from assistant.answering.comparison import best_chunks, compare_documents
from assistant.answering.topics import Signals, chance, paragraphs_of, weigh_paragraph
from assistant.library import Library
from evals.calibration.logistic import cross_validated, fit
from evals.cases import DATA, Line, Split, load_cases
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate
from evals.metrics.matching import states, tokens

CELLS = DATA / "comparisons.jsonl"


class LabelledCell(BaseModel):
    """A topic and a document: is it addressed there, and in what words?"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: Split
    """The split of the topic; a topic reaches over sections of both splits."""
    topic: Line
    document: Line
    addressed: bool
    holds: tuple[Line, ...] = ()
    """Wordings of which the document's cells must hold one."""

    @model_validator(mode="after")
    def _words_where_addressed(self) -> Self:
        if self.addressed != bool(self.holds):
            raise ValueError("what is addressed has words that it holds, and nothing else has")
        return self


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled cell, whether the comparison fills it, and whether it holds the words (None where nothing must)."""

    case: LabelledCell
    addressed: bool
    holds: bool | None


def main(
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which topics.")] = "dev",
    fit_signals: Annotated[bool, typer.Option("--fit", help="Fit the coefficients on dev and print them.")] = False,
    mistakes: Annotated[bool, typer.Option(help="List the cells of dev that were judged otherwise.")] = False,
) -> None:
    """Compare the documents on the labelled topics and print how many cells are as labelled."""
    library = open_shipped_library()
    cases = load_cells()
    if fit_signals:
        _print_fit([case for case in cases if case.split == "dev"], library)
        return
    judged = judge_cells([case for case in cases if case.split == split], library)
    print(table(judged, split))
    if mistakes and split == "dev":
        for item in judged:
            if item.addressed != item.case.addressed or item.holds is False:
                print(f"{item.case.topic} | {item.case.document} | addressed: {item.addressed} | holds: {item.holds}")


def load_cells(path: Path = CELLS) -> list[LabelledCell]:
    """The labelled cells, in order."""
    return load_cases(path, LabelledCell)


def judge_cells(cases: Sequence[LabelledCell], library: Library) -> list[Judged]:
    """Each topic compared over its labelled documents; a document addresses it where one of its cells is filled."""
    judged = []
    for topic in dict.fromkeys(case.topic for case in cases):
        own = [case for case in cases if case.topic == topic]
        comparison = compare_documents(topic, [case.document for case in own], library)
        for case in own:
            cells = [cell for row in comparison.themes for cell in row.cells if cell.document == case.document]
            said = [cell.text for cell in cells if cell.status == "addressed"]
            holds = any(states(tokens(text), case.holds) for text in said) if case.addressed and said else None
            judged.append(Judged(case, bool(said), holds))
    return judged


def table(judged: Sequence[Judged], split: str) -> str:
    """The figures as a Markdown table, each with its n and 95 % interval by topic, beside the floors."""
    rows = []
    for name, items in (
        ("addressed or not, as labelled", judged),
        ("of what is addressed", [item for item in judged if item.case.addressed]),
        ("of what is not", [item for item in judged if not item.case.addressed]),
    ):
        found = estimate(
            [float(item.addressed == item.case.addressed) for item in items], [item.case.topic for item in items]
        )
        always = sum(item.case.addressed for item in items) / len(items)
        rows.append(f"| {name} | {len(items)} | {found} | {always:.3f} | {1 - always:.3f} |")
    filled = [item for item in judged if item.holds is not None]
    found = estimate([float(bool(item.holds)) for item in filled], [item.case.topic for item in filled])
    rows.append(f"| filled cells hold the words looked for | {len(filled)} | {found} | – | – |")
    head = f"| {split} | n | Steward | floor: always addressed | floor: never |\n|---|---|---|---|---|\n"
    return head + "\n".join(rows)


def _print_fit(cases: Sequence[LabelledCell], library: Library) -> None:
    """Fits to each document's likeliest paragraph by the coefficients that are set; run it again after pasting."""
    retriever = library.retriever
    signals = []
    for case in cases:
        vector = library.embedder.embed_question(case.topic)
        found = best_chunks(case.topic, vector, case.document, library)
        paragraphs = paragraphs_of([item.chunk for item in found], library.generation)
        weighed = [weigh_paragraph(case.topic, vector, item, retriever.rarity) for item in paragraphs]
        signals.append(astuple(max(weighed, key=chance)))
    features, truth = np.array(signals), np.array([float(case.addressed) for case in cases])
    topics = [case.topic for case in cases]
    fitted = fit(features, truth, balanced=True)
    names = [field.name for field in fields(Signals)]
    print(f"INTERCEPT = {fitted[0]:.2f}")
    print("COEFFICIENTS = Signals(" + ", ".join(f"{n}={v:.2f}" for n, v in zip(names, fitted[1:], strict=True)) + ")")
    right = (cross_validated(features, truth, topics, balanced=True) >= 0.5) == (truth == 1)
    print(f"addressed or not, each topic judged by a fit without it: {estimate(right.astype(float).tolist(), topics)}")


if __name__ == "__main__":
    typer.run(main)
