"""What a document loses that no questions were written for, and what a chat model's questions give back.

``python -m evals.written_questions`` takes the authored questions of one document at a time out of the library, as if a
team had added it, and asks the dev questions that this document answers. With ``--with-model`` the chat model of the
settings then writes questions for it, as `STEWARD_MODEL__WRITES_QUESTIONS` has it do; what it wrote is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from assistant.errors import AssistantError
from assistant.indexing.ingestion import ingest
from assistant.indexing.questions import questions_path
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.records import Span
from assistant.search.retrieval import WEIGHTS, Filters
from assistant.settings import Settings, load_settings
from evals.calibration.dev import dev_questions, standalone
from evals.cases import Question
from evals.library import apart, copy_shipped_corpus, open_shipped_library, share_vectors
from evals.metrics.intervals import estimate, paired_difference
from evals.metrics.retrieval import retrieval_scores
from evals.metrics.support import Passage, SupportFinder

SHOWN = ("hit@5", "mrr@10")
FOLDER = "written-questions"


def main(
    document: Annotated[list[str] | None, typer.Option(help="Id of a document (repeatable); all by default.")] = None,
    with_model: Annotated[bool, typer.Option("--with-model", help="Have the chat model write questions.")] = False,
    unasked: Annotated[float, typer.Option(help="In place of `Weights.unasked`, to choose it.")] = WEIGHTS.unasked,
) -> None:
    """Print the table."""
    try:
        settings = load_settings()
        shipped = open_shipped_library(settings)
        names = tuple(document or sorted({entry.document for entry in shipped.generation.manifest.texts.values()}))
        Filters(documents=names).text_ids(shipped.generation.manifest)  # refuses a name that is not there
        rows: dict[str, dict[str, list[float]]] = {}
        clusters: list[str] = []
        for name in names:
            asked = _questions_on(name)
            clusters += [question.cluster for question in asked]
            _add(rows, "none", _bare(settings, name, with_model=False), asked, unasked)
            if with_model:
                _add(rows, "the chat model's", _bare(settings, name, with_model=True), asked, unasked)
            _add(rows, "authored", shipped, asked, unasked)
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    print(f"{len(clusters)} dev questions, each with the questions of its own document as said")
    print("| questions written for the document | " + " | ".join(SHOWN) + " |")
    print("|---" * (len(SHOWN) + 1) + "|")
    for row, scores in rows.items():
        print(f"| {row} | " + " | ".join(str(estimate(scores[name], clusters)) for name in SHOWN) + " |")
    for row in [*rows][1:]:
        more = (paired_difference(rows[row][name], rows["none"][name], clusters) for name in SHOWN)
        print(f"| {row}, more than none | " + " | ".join(map(str, more)) + " |")


def _questions_on(document: str) -> list[Question]:
    """The dev questions whose needed passages all stand in the document's own text."""
    return [
        question
        for question in dev_questions()
        if question.spans and all(place.document == document for span in question.spans for place in span.places)
    ]


def _bare(settings: Settings, document: str, *, with_model: bool) -> Library:
    """The shipped library without the authored questions of a document."""
    own, _ = apart(settings, FOLDER)
    copy_shipped_corpus(own.corpus)
    share_vectors(settings, own)
    questions_path(own.corpus, document).unlink()
    own = own.model_copy(update={"model": own.model.model_copy(update={"writes_questions": with_model})})

    def told(step: str, done: int, total: int) -> None:
        if step.startswith("questions for"):
            print(f"{step}: {done} of {total}", file=sys.stderr)

    report = ingest(own, SentenceEmbedder(own.embedding), on_progress=told)
    for problem in report.problems.get(document, ()):
        print(f"{document}: {problem}", file=sys.stderr)
    return open_library(own)


def _add(
    rows: dict[str, dict[str, list[float]]], row: str, library: Library, asked: Sequence[Question], unasked: float
) -> None:
    finder = SupportFinder(library.generation)
    retriever = replace(library.retriever, weights=replace(WEIGHTS, unasked=unasked))
    parents = {question.id: question for question in dev_questions()}
    cut = [
        Passage(text_id, Span(chunk.start, chunk.end))
        for text_id in library.generation.manifest.texts
        for chunk in library.generation.text_chunks(text_id)
    ]
    scores = rows.setdefault(row, {name: [] for name in SHOWN})
    for question in asked:
        found = [
            Passage(item.chunk.text_id, Span(item.chunk.start, item.chunk.end))
            for item in retriever.retrieve(standalone(question, parents))
        ]
        result = retrieval_scores(found, finder.needs(question), cut)
        for name in SHOWN:
            scores[name].append(result[name])


if __name__ == "__main__":
    typer.run(main)
