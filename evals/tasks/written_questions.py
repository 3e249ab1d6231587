"""What a document loses that no questions were written for.

The authored questions of one document at a time are taken out of the library, as if a team had added it, and the dev
questions that this document answers are asked. ``-T "system=model's questions"`` has the chat model of the settings
write questions for it, as ``STEWARD_MODEL__WRITES_QUESTIONS`` does; what it wrote is kept.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from inspect_ai import Task, task

from assistant.indexing.ingestion import ingest
from assistant.indexing.questions import questions_path
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.records import Span
from assistant.search.retrieval import WEIGHTS
from assistant.settings import Settings
from evals.bench import Bench
from evals.calibration.dev import standalone
from evals.cases import Question, Split, load_questions
from evals.libraries.shipped import apart, copy_shipped_corpus, share_vectors
from evals.metrics.retrieval import RETRIEVAL_SCORES, retrieval_scores
from evals.metrics.support import Passage, SupportFinder
from evals.systems.steward import Steward
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "no questions")
BY_MODEL = "model's questions"
FOLDER = "written-questions"


@task
def written_questions(system: str = "steward", split: Split | None = "dev", unasked: float = WEIGHTS.unasked) -> Task:
    """Questions whose needed passages all stand in one document; ``unasked`` stands in for `Weights.unasked`."""
    bench, parents = Bench.shared(), {case.id: case for case in load_questions()}

    @lru_cache(maxsize=1)
    def library_without(document: str) -> Library:
        return without_questions(bench.settings, document, by_model=system == BY_MODEL)

    def judge(case: Question) -> Judged:
        library = bench.library if system == "steward" else library_without(case.spans[0].document)
        retriever = replace(library.retriever, weights=replace(WEIGHTS, unasked=unasked))
        found = [
            Passage(item.chunk.text_id, Span(item.chunk.start, item.chunk.end))
            for item in retriever.retrieve(standalone(case, parents))
        ]
        needs = SupportFinder(library.generation).needs(case)
        return Judged(retrieval_scores(found, needs, Steward(library).cut))

    # One document after the other: their libraries take turns in one folder.
    cases = sorted(filter(_is_on_one_document, parents.values()), key=lambda case: case.spans[0].document)
    return judged_task("written_questions", cases, judge, RETRIEVAL_SCORES, split)


def without_questions(settings: Settings, document: str, *, by_model: bool) -> Library:
    """Return the shipped library without the authored questions of a document."""
    own, _ = apart(settings, FOLDER)
    copy_shipped_corpus(own.corpus)
    share_vectors(settings, own)
    questions_path(own.corpus, document).unlink()
    own = own.model_copy(update={"model": own.model.model_copy(update={"writes_questions": by_model})})
    ingest(own, SentenceEmbedder(own.embedding))
    return open_library(own)


def _is_on_one_document(case: Question) -> bool:
    """Whether all passages that it needs stand in the text of one document."""
    documents = {place.document for span in case.spans for place in span.places}
    return len(documents) == 1 and "/" not in documents.pop()
