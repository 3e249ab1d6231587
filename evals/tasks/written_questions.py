"""What documents lose that no questions were written for.

``written_questions``: the authored questions of one document at a time are taken out of the library, as if a team had
added it, and the questions that this document answers are asked. ``-T "system=model's questions"`` has the chat model
of the settings write questions for it, as ``STEWARD_MODEL__WRITES_QUESTIONS`` does; what it wrote is kept.

``unasked``: the whole library has no authored question, as one that a team builds of its own documents.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from inspect_ai import Task, task

from assistant.library import Library
from assistant.records import Span
from evals.bench import Bench
from evals.calibration.dev import standalone
from evals.cases import Question, Split, load_questions
from evals.libraries.shipped import library_without_questions
from evals.metrics.retrieval import RETRIEVAL_SCORES, retrieval_scores
from evals.metrics.support import Passage, SupportFinder
from evals.systems.steward import Steward
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "no questions")
BY_MODEL = "model's questions"


@task
def written_questions(system: str = "steward", split: Split | None = "dev") -> Task:
    """Questions whose needed passages all stand in one document."""
    bench = Bench.shared()

    @lru_cache(maxsize=1)
    def library_without(document: str) -> Library:
        return library_without_questions(bench.settings, document, by_model=system == BY_MODEL)

    def library_for(case: Question) -> Library:
        return bench.library if system == "steward" else library_without(case.spans[0].document)

    # One document after the other: their libraries take turns in one folder.
    cases = sorted(filter(_is_on_one_document, load_questions()), key=lambda case: case.spans[0].document)
    return judged_task("written_questions", cases, _judge_retrieval(library_for), RETRIEVAL_SCORES, split)


@task
def unasked(system: str = "steward", split: Split | None = None) -> Task:
    """All questions that need a passage, searched in the shipped library without its authored questions."""
    bench = Bench.shared()

    @cache
    def library() -> Library:
        return library_without_questions(bench.settings)

    cases = [case for case in load_questions() if case.spans]
    return judged_task("unasked", cases, _judge_retrieval(lambda _: library()), RETRIEVAL_SCORES, split)


def _judge_retrieval(library_for: Callable[[Question], Library]) -> Callable[[Question], Judged]:
    parents = {case.id: case for case in load_questions()}

    def judge(case: Question) -> Judged:
        library = library_for(case)
        found = [
            Passage(item.chunk.text_id, Span(item.chunk.start, item.chunk.end))
            for item in library.retriever.retrieve(standalone(case, parents))
        ]
        needs = SupportFinder(library.generation).needs(case)
        return Judged(retrieval_scores(found, needs, Steward(library).cut))

    return judge


def _is_on_one_document(case: Question) -> bool:
    """Whether all passages that it needs stand in the text of one document."""
    documents = {place.document for span in case.spans for place in span.places}
    return len(documents) == 1 and "/" not in documents.pop()
