"""The summaries printed as publications: does the cited page hold the quote, and bear the label that is cited?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from inspect_ai import Task, task

from assistant import answering
from assistant.answering import Turn
from evals.bench import Bench
from evals.cases import QUESTIONS, Question, Split, load_cases
from evals.libraries.paged import open_paged_library, paged_files
from evals.metrics.pages import judge_pages
from evals.tasks.shared import Judged, judged_task

SCORES = ("page_cited", "label_cited")


class PagedQuestion(Question):
    """A question of the ordinary set, of the document alone."""

    @property
    def slices(self) -> Mapping[str, str]:
        """Its document."""
        return {"document": super().slices["document"]}


@task
def pages(system: str = "steward", split: Split | None = "test") -> Task:
    """Ask what the library answers, so that there are citations to judge; a follow-up is asked after its parents."""
    bench = Bench.shared()
    library = cache(lambda: open_paged_library(bench.settings))
    cases = {case.id: case for case in load_cases(QUESTIONS, PagedQuestion)}

    def before(case: Question) -> list[Turn]:
        parent = cases.get(case.followup_of or "")
        return [*before(parent), Turn(parent.question, "")] if parent else []

    def judge(case: PagedQuestion) -> Judged:
        answered = answering.ask(library(), case.question, conversation=before(case))
        scores, explanation = judge_pages(answered, paged_files(bench.settings))
        return Judged(scores, answered.answer, {"explanation": explanation})

    return judged_task("pages", [case for case in cases.values() if case.answerable], judge, SCORES, split)
