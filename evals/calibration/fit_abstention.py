"""Fits the abstention's coefficients on the dev split and prints how well they hold on what was left out of the fit.

Run ``python -m evals.calibration.fit_abstention``; paste the printed values into
``assistant/answering/abstention.py``. Answerable are the dev questions, and as many authored questions of dev
sections, each asked as if it had not been written (its own vector is taken out of its chunk); unanswerable are the dev
questions without an answer and ``unanswerable.txt``. The threshold refuses one in twenty of the dev questions.
"""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering import Assistant
from assistant.answering.abstention import Evidence, weigh_evidence
from assistant.index import VectorHit
from assistant.retrieval import Retriever
from evals.calibration.dev import authored_dev_questions, dev_questions, keep_record, sections_of, standalone
from evals.library import open_shipped_library
from evals.systems import remembering

Floats = NDArray[np.float64]

SEED = 7
FOLDS = 10
RIDGE = 0.5
FALSE_REFUSALS = 0.05
"""Share of the answerable dev questions that may be refused."""


@dataclass(frozen=True)
class Unprompted(Retriever):
    """A retriever that does not know the question it is asked as one of the authored ones."""

    asked: str = ""

    def _similarity(self, hit: VectorHit) -> float:
        (chunk,) = self.generation.chunks([hit.chunk_id])
        if self.asked in chunk.questions:
            own = self.embedder.embed_question(self.asked)
            others = [self.embedder.embed_question(other) @ own for other in chunk.questions if other != self.asked]
            hit = replace(hit, question=float(max(others)) if others else None)
        return super()._similarity(hit)


def main() -> None:
    """Fit, cross-validate and print."""
    assistant = remembering(open_shipped_library())
    cases = dev_questions()
    by_id = {case.id: case for case in cases}
    asked = [standalone(case, by_id) for case in cases if case.answerable]
    authored = authored_dev_questions(assistant)
    drawn = random.Random(SEED).sample(authored, len(asked))
    unanswerable = [standalone(case, by_id) for case in cases if not case.answerable]
    general = (Path(__file__).parent / "unanswerable.txt").read_text(encoding="utf-8").splitlines()
    questions = [*asked, *(question for question, _ in drawn), *unanswerable, *general]
    kinds = np.repeat([0, 1, 2, 3], [len(asked), len(drawn), len(unanswerable), len(general)])
    labels = (kinds < 2).astype(float)
    features = np.array([astuple(_evidence(assistant, question)) for question in questions])
    probabilities = _cross_validated(features, labels)
    threshold = float(np.quantile(probabilities[kinds == 0], FALSE_REFUSALS))
    fitted = _fit(features, labels)
    names = [field.name for field in fields(Evidence)]
    print(f"INTERCEPT = {fitted[0]:.2f}")
    print("COEFFICIENTS = Evidence(" + ", ".join(f"{n}={v:.2f}" for n, v in zip(names, fitted[1:], strict=True)) + ")")
    print(f"THRESHOLD = {threshold:.2f}")
    print("refused, each question judged by a fit without it:")
    for kind, name in enumerate(("dev, answerable", "authored", "dev, unanswerable", "unanswerable.txt")):
        refused = probabilities[kinds == kind] < threshold
        print(f"  {name}: {refused.mean():.3f} (n = {len(refused)})")
    keep_record("abstention", sections_of(cases) | {section for _, section in drawn})


def _evidence(assistant: Assistant, question: str) -> Evidence:
    retriever = Unprompted(assistant.generation, assistant.embedder, assistant.settings.retrieval, asked=question)
    vector = assistant.embedder.embed_question(question)
    retrieved = retriever.retrieve(question, vector=vector)
    vectors = assistant.generation.sentence_vectors([item.chunk.id for item in retrieved[:5]])
    similarity = max(float(np.max(own @ vector, initial=0.0)) for own in vectors)
    return weigh_evidence(question, similarity, retrieved, retriever.rarity)


def _cross_validated(features: Floats, labels: Floats) -> Floats:
    fold = np.random.default_rng(SEED).permutation(len(labels)) % FOLDS
    probabilities = np.empty(len(labels))
    for number in range(FOLDS):
        fitted = _fit(features[fold != number], labels[fold != number])
        probabilities[fold == number] = _probability(features[fold == number], fitted)
    return probabilities


def _fit(features: Floats, labels: Floats) -> Floats:
    """Logistic regression by Newton's method, both classes weighing the same, with a small ridge."""
    design = np.column_stack([np.ones(len(features)), features])
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    ridge = np.diag([0.0] + [RIDGE] * features.shape[1])
    fitted = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ fitted))
        gradient = design.T @ (weights * (labels - chance)) - ridge @ fitted
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        fitted = fitted + np.linalg.solve(curvature, gradient)
    return fitted


def _probability(features: Floats, fitted: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(fitted[0] + features @ fitted[1:]))))


if __name__ == "__main__":
    main()
