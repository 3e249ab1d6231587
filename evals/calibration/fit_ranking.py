"""Fits the coefficients in ``assistant/answering/ranking.py`` on the dev split.

Run ``python -m evals.calibration.fit_ranking`` (about a minute); paste the values that it prints. A sentence counts as
right when it states one of the question's key facts. The table says which share of the key facts the likeliest
sentences state within so many words: with the shipped coefficients, the fitted ones, and cross-validated, each question
judged by a fit that saw no question of its section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from assistant.answering.ranking import COEFFICIENTS, INTERCEPT, Signals, weigh_sentences
from assistant.library import Library
from assistant.text.chunking import readable
from evals.calibration.dev import dev_questions, keep_record, sections_of, standalone
from evals.calibration.fitting import Floats, cross_validated, fit, pasted, probability
from evals.cases import Question
from evals.libraries.shipped import open_shipped_library
from evals.metrics.intervals import estimate
from evals.metrics.matching import states, tokens

BUDGETS = (70, 95, 120, 150)
"""Words."""


@dataclass(frozen=True)
class Case:
    """A question with the figures of every sentence read for it."""

    cluster: str
    signals: Floats
    """``(n_sentences, n_signals)``"""
    facts: Floats
    """``(n_sentences, n_facts)``: 1 where the sentence states the fact."""
    words: list[int]


def main() -> None:
    """Fit, cross-validate and print."""
    library = open_shipped_library()
    questions = dev_questions()
    by_id = {question.id: question for question in questions}
    cases = [_case(library, item, standalone(item, by_id)) for item in questions if item.answerable]
    features = np.vstack([case.signals for case in cases])
    labels = np.concatenate([case.facts.max(axis=1) for case in cases])
    groups = [case.cluster for case in cases for _ in case.words]
    fitted = fit(features, labels, balanced=False)
    names = [field.name for field in fields(Signals)]
    print(pasted("Signals", names, fitted))
    print("| key facts within | " + " | ".join(f"{budget} words" for budget in BUDGETS) + " |")
    print("|---" * (len(BUDGETS) + 1) + "|")
    shipped = np.array([INTERCEPT, *astuple(COEFFICIENTS)])
    _row("shipped", cases, probability(features, shipped))
    _row("fitted", cases, probability(features, fitted))
    _row("cross-validated", cases, cross_validated(features, labels, groups, balanced=False))
    for number, name in enumerate(names):
        kept = np.delete(features, number, axis=1)
        _row(f"cross-validated without {name}", cases, cross_validated(kept, labels, groups, balanced=False))
    keep_record("ranking", sections_of(questions))


def _case(library: Library, question: Question, asked: str) -> Case:
    vector = library.embedder.embed_question(asked)
    retriever = library.retriever
    retrieved = retriever.retrieve(asked, vector=vector)
    signals, facts, words = [], [], []
    for chunk, span, own in weigh_sentences(asked, vector, retrieved, library.generation, retriever.rarity):
        said = readable(library.generation.document(chunk.text_id), span)
        signals.append(astuple(own))
        facts.append([float(states(tokens(said), wordings)) for wordings in question.key_facts])
        words.append(len(said.split()))
    return Case(question.cluster, np.array(signals), np.array(facts), words)


def _row(name: str, cases: Sequence[Case], chances: Floats) -> None:
    parts = np.split(chances, np.cumsum([len(case.words) for case in cases])[:-1])
    clusters = [case.cluster for case in cases]
    cells = [
        str(estimate([_recall(case, part, budget) for case, part in zip(cases, parts, strict=True)], clusters))
        for budget in BUDGETS
    ]
    print(f"| {name} | " + " | ".join(cells) + " |")


def _recall(case: Case, chances: Floats, budget: int) -> float:
    """Share of the key facts in the likeliest sentences that fit."""
    left = budget
    chosen: list[int] = []
    for number in np.argsort(-chances, kind="stable"):
        if case.words[number] <= left or not chosen:
            chosen.append(int(number))
            left -= case.words[number]
    return float(case.facts[chosen].max(axis=0).mean())


if __name__ == "__main__":
    main()
