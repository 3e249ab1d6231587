"""Chooses the weights in ``assistant/search/retrieval.py`` on the dev split.

Run ``python -m evals.calibration.retrieval`` (about a minute); paste the weights that it prints. The grid is judged by
the mean of MRR@10, the needed passages in the first five and nDCG@10. What to expect of the choice on other questions
is the cross-validated row: each fifth of the sections judged by the weights that are best on the other four.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from assistant.library import Library
from assistant.records import Chunk, Span
from assistant.search.retrieval import WEIGHTS, Weights
from evals.calibration.dev import dev_questions, keep_record, sections_of, standalone
from evals.calibration.fitting import Floats, folds_of
from evals.libraries.shipped import open_shipped_library
from evals.metrics.intervals import estimate
from evals.metrics.retrieval import retrieval_scores
from evals.metrics.support import Need, Passage, SupportFinder

GRID = {
    "sentence": (0.0, 0.3, 0.6, 1.0),
    "question": (1.0, 1.5, 2.0, 3.0),
    "words": (0.2, 0.3, 0.4, 0.5, 0.6, 0.8),
    "named": (0.03, 0.06, 0.1),
    "register": (0.05, 0.08, 0.12),
}
"""The whole chunk's share is 1: only the ratio of the three similarities counts."""
JUDGED_BY = ("mrr@10", "spans@5", "ndcg@10")
SHOWN = ("hit@1", "hit@5", "hit@10", "mrr@10", "spans@5", "spans@10", "ndcg@10")
FOLDS = 5
SEED = 5


@dataclass(frozen=True)
class Case:
    """A question with the similarities of every chunk, ``(n_chunks,)`` each; NaN where a chunk lacks a kind."""

    needs: tuple[Need, ...]
    cluster: str
    whole: Floats
    sentence: Floats
    question: Floats
    words: Floats
    """Share of the best BM25."""
    named: Floats
    """1 for the chunks of a document that the question names, else 0."""
    register: Floats
    """1 for the entries of a register that the question is not after, else 0."""


def main() -> None:
    """Search the grid, cross-validate, print."""
    library = open_shipped_library()
    chunks = [c for text_id in library.generation.manifest.texts for c in library.generation.text_chunks(text_id)]
    cut = [Passage(chunk.text_id, Span(chunk.start, chunk.end)) for chunk in chunks]
    questions = dev_questions()
    cases = [
        _case(library, chunks, standalone(item, {q.id: q for q in questions}), needs, item.cluster)
        for item in questions
        if (needs := SupportFinder(library.generation).needs(item))
    ]
    grid = [_with(WEIGHTS, zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())]
    scores = np.stack([_scores(cases, weights, cut) for weights in grid])
    judged = scores[:, :, [SHOWN.index(name) for name in JUDGED_BY]].mean(axis=2)
    best = grid[int(judged.mean(axis=1).argmax())]
    print(f"best of {len(grid)} on {len(cases)} dev questions: {best}")
    print("| weights | " + " | ".join(SHOWN) + " |")
    print("|---" * (len(SHOWN) + 1) + "|")
    _row("shipped", _scores(cases, WEIGHTS, cut), cases)
    _row("best", _scores(cases, best, cut), cases)
    _row("cross-validated", _cross_validated(scores, judged, cases), cases)
    for name in GRID:
        _row(f"best without {name}", _scores(cases, _with(best, [(name, 0.0)]), cut), cases)
    keep_record("retrieval", sections_of(questions))


def _with(weights: Weights, values: Iterable[tuple[str, float]]) -> Weights:
    changed: dict[str, Any] = dict(values)
    return replace(weights, **changed)


def _case(library: Library, chunks: Sequence[Chunk], asked: str, needs: tuple[Need, ...], cluster: str) -> Case:
    generation, retriever = library.generation, library.retriever
    place = {chunk.id: number for number, chunk in enumerate(chunks)}
    similarities = np.full((3, len(chunks)), np.nan)
    for hit in generation.search_vectors(library.embedder.embed_question(asked), len(chunks)):
        found = (hit.whole, hit.sentence, hit.question)
        similarities[:, place[hit.chunk_id]] = [np.nan if value is None else value for value in found]
    words = np.zeros(len(chunks))
    for word_hit in generation.search_words(retriever.weighted_words(asked), len(chunks)):
        words[place[word_hit.chunk_id]] = word_hit.score
    whole, sentence, question = similarities
    named = retriever.named_documents(asked)
    asks_for_register = retriever.asks_for_register(asked)
    return Case(
        needs,
        cluster,
        whole,
        sentence,
        question,
        words / max(float(words.max()), 1e-9),
        np.array([float(chunk.document in named) for chunk in chunks]),
        np.array([float(chunk.part != "body" and not asks_for_register) for chunk in chunks]),
    )


def _scores(cases: Sequence[Case], weights: Weights, cut: Sequence[Passage]) -> Floats:
    """Each case's scores in the order of `SHOWN`, ``(n_cases, n_scores)``."""
    rows = []
    for case in cases:
        order = np.argsort(-_combined(case, weights), kind="stable")[:10]
        found = retrieval_scores([cut[number] for number in order], case.needs, cut)
        rows.append([found[name] for name in SHOWN])
    return np.array(rows)


def _combined(case: Case, weights: Weights) -> Floats:
    """The score of every chunk, as `Retriever` makes it of all candidates."""
    shares = asdict(weights)
    kinds = [(getattr(case, name), shares[name]) for name in ("whole", "sentence", "question")]
    total = sum(np.where(np.isnan(values), 0.0, values) * share for values, share in kinds)
    known = sum(np.where(np.isnan(values), 0.0, share) for values, share in kinds)
    added = weights.words * case.words + weights.named * case.named - weights.register * case.register
    return np.asarray(total / known + added)


def _cross_validated(scores: Floats, judged: Floats, cases: Sequence[Case]) -> Floats:
    """Scores of each fold of sections by the weights that are best on the others."""
    fold = folds_of([case.cluster for case in cases], FOLDS, SEED)
    result = np.empty(scores.shape[1:])
    for number in range(FOLDS):
        best = int(judged[:, fold != number].mean(axis=1).argmax())
        result[fold == number] = scores[best][fold == number]
    return result


def _row(name: str, scores: Floats, cases: Sequence[Case]) -> None:
    clusters = [case.cluster for case in cases]
    print(f"| {name} | " + " | ".join(str(estimate(list(column), clusters)) for column in scores.T) + " |")


if __name__ == "__main__":
    main()
