"""Chooses `assistant.search.retrieval.Unasked`: how a chunk is scored for which no questions were written.

Run ``python -m evals.calibration.fit_unasked`` (some minutes); paste what it prints. First the weights, on the shipped
library without any authored question. Then the place among chunks that have some: the questions of one document at a
time are taken out; the dev questions on it should be found, and the others no less than before. Of the values with
which the others lose at most `MOST_LOST`, those are taken with which most of the document's own are found.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from assistant.library import Library
from assistant.records import Span
from assistant.search.retrieval import WEIGHTS, Unasked
from assistant.settings import load_settings
from evals.calibration.dev import dev_questions, keep_record, sections_of, standalone
from evals.calibration.fitting import Floats
from evals.calibration.retrieval import JUDGED_BY, SHOWN
from evals.cases import Question
from evals.libraries.shipped import library_without_questions
from evals.metrics.retrieval import retrieval_scores
from evals.metrics.support import Passage, SupportFinder
from evals.systems.steward import Steward, remembering

SENTENCE = (0.6, 1.0, 1.5)
WORDS = (0.05, 0.1, 0.15, 0.2, 0.3)
STRETCH = (1.0, 1.25, 1.5)
MEETS = (1.2, 1.25, 1.3, 1.35)
"""The score with which a chunk comes level that has `GOOD` of its own."""
GOOD = 0.75
MOST_LOST = 0.005
"""Of the first five, on questions that other documents answer."""


def main() -> None:
    """Search, choose, print."""
    settings, questions = load_settings(), dev_questions()
    bare = remembering(library_without_questions(settings))
    weights = [Unasked(sentence, words) for sentence, words in itertools.product(SENTENCE, WORDS)]
    scores = {item: _scores(bare, questions, questions, item) for item in weights}
    for item, found in scores.items():
        _row(f"sentence {item.sentence}, words {item.words}", found)
    judged = [SHOWN.index(name) for name in JUDGED_BY]
    best = max(weights, key=lambda item: float(scores[item][:, judged].mean()))
    own = _documents(questions)
    places = [
        replace(best, stretch=stretch, level=round(meets - stretch * GOOD, 3))
        for stretch, meets in itertools.product(STRETCH, MEETS)
    ]
    found_own: dict[Unasked, list[Floats]] = {item: [] for item in places}
    found_others: dict[Unasked, list[Floats]] = {item: [] for item in places}
    for document in sorted({*own.values()}):
        library = remembering(library_without_questions(settings, document))
        for item in places:
            mine = [question for question in questions if own.get(question.id) == document]
            others = [question for question in questions if own.get(question.id, document) != document]
            found_own[item].append(_scores(library, mine, questions, item))
            found_others[item].append(_scores(library, others, questions, item))
    at_five = SHOWN.index("hit@5")
    rows = {item: (np.concatenate(found_own[item]), np.concatenate(found_others[item])) for item in places}
    for item, (mine_found, others_found) in rows.items():
        _row(f"stretch {item.stretch}, level {item.level}: own", mine_found)
        _row(f"stretch {item.stretch}, level {item.level}: others", others_found)
    most = max(float(others_found[:, at_five].mean()) for _, others_found in rows.values())
    allowed = [item for item in places if rows[item][1][:, at_five].mean() >= most - MOST_LOST]
    print(max(allowed, key=lambda item: float(rows[item][0][:, judged].mean())))
    keep_record("unasked", sections_of(questions))


def _scores(library: Library, asked: Iterable[Question], all_questions: Sequence[Question], unasked: Unasked) -> Floats:
    """Scores in the order of `SHOWN`, ``(n_questions, n_scores)``."""
    retriever = replace(library.retriever, weights=replace(WEIGHTS, unasked=unasked))
    parents = _by_id(tuple(all_questions))
    finder, cut = SupportFinder(library.generation), Steward(library).cut
    rows = []
    for question in asked:
        if needs := finder.needs(question):
            found = [
                Passage(item.chunk.text_id, Span(item.chunk.start, item.chunk.end))
                for item in retriever.retrieve(standalone(question, parents))
            ]
            scores = retrieval_scores(found, needs, cut)
            rows.append([scores[name] for name in SHOWN])
    return np.array(rows).reshape(-1, len(SHOWN))


@cache
def _by_id(questions: tuple[Question, ...]) -> dict[str, Question]:
    return {question.id: question for question in questions}


def _documents(questions: Iterable[Question]) -> dict[str, str]:
    """The document that answers each question, of those that one document answers."""
    answering = {
        question.id: {place.document for span in question.spans for place in span.places} for question in questions
    }
    return {
        name: next(iter(documents))
        for name, documents in answering.items()
        if len(documents) == 1 and "/" not in next(iter(documents))
    }


def _row(name: str, scores: Floats) -> None:
    print(name, " ".join(f"{kind} {value:.3f}" for kind, value in zip(SHOWN, scores.mean(axis=0), strict=True)))


if __name__ == "__main__":
    main()
