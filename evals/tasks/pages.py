"""The summaries printed as publications: does the cited page hold the quote, and bear the label that is cited?

And publications in the shapes that government gives them: is each of their blocks read word for word, and each note
kept at the words that call it?
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from inspect_ai import Task, task

from assistant import answering
from assistant.answering import Turn
from assistant.reading import read_bytes
from evals.bench import Bench
from evals.cases import QUESTIONS, Question, Split, load_cases
from evals.libraries.paged import open_paged_library, paged_files
from evals.making.shapes import Shape, shapes
from evals.metrics.pages import judge_pages
from evals.metrics.shapes import judge_shape
from evals.tasks.shared import Judged, judged_task

SCORES = ("page_cited", "label_cited", "blocks_read", "blocks_extra", "notes_placed")


class PagedQuestion(Question):
    """A question of the ordinary set, of the document alone."""

    @property
    def slices(self) -> Mapping[str, str]:
        """Its document."""
        return {"document": super().slices["document"]}


@dataclass(frozen=True, slots=True)
class ShapeCase:
    """A publication of known blocks."""

    shape: Shape

    @property
    def id(self) -> str:
        """Its name, as an identifier."""
        return re.sub(r"\W+", "-", f"{self.split} {self.shape.name}".lower())

    @property
    def split(self) -> Split:
        """The type and the words of the two splits differ; both were looked at while the reader was changed."""
        return self.shape.split

    @property
    def question(self) -> str:
        """Its name."""
        return self.shape.name

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """What it is written in, and its shape."""
        written, shape, _ = self.shape.name.split(", ", 2)
        return {"kind": written, "shape": shape}


@task
def pages(system: str = "steward", split: Split | None = "test") -> Task:
    """Ask what the library answers, so that there are citations to judge; a follow-up is asked after its parents."""
    bench = Bench.shared()
    library = cache(lambda: open_paged_library(bench.settings))
    cases = {case.id: case for case in load_cases(QUESTIONS, PagedQuestion)}

    def before(case: Question) -> list[Turn]:
        parent = cases.get(case.followup_of or "")
        return [*before(parent), Turn(parent.question, "")] if parent else []

    def judge(case: PagedQuestion | ShapeCase) -> Judged:
        if isinstance(case, ShapeCase):
            shape = case.shape
            scores, counts, faults = judge_shape(read_bytes(shape.make()), shape.document, shape.apart)
            return Judged(scores, faults, {"explanation": faults}, counts)
        answered = answering.ask(library(), case.question, conversation=before(case))
        scores, explanation = judge_pages(answered, paged_files(bench.settings))
        return Judged(scores, answered.answer, {"explanation": explanation})

    asked: list[PagedQuestion | ShapeCase] = [case for case in cases.values() if case.answerable]
    return judged_task("pages", [*asked, *map(ShapeCase, shapes())], judge, SCORES, split)
