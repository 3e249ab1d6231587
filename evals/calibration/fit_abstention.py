"""Fits the abstention's coefficients and prints how well they hold on questions left out of the fit.

Run ``python -m evals.calibration.fit_abstention`` after `steward ingest`; paste the printed values into
``assistant/answering/abstention.py``. Answerable questions are the authored ones, each asked as if it had not been
written (its own vector is taken out of its chunk); unanswerable ones are ``unanswerable.txt``. None of them is part of
any test split.
"""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering import Assistant
from assistant.answering.abstention import Evidence, weigh_evidence
from assistant.embedding import Array, Embedder
from assistant.index import VectorHit
from assistant.library import open_assistant
from assistant.retrieval import Retriever
from assistant.settings import load_settings

Floats = NDArray[np.float64]

ANSWERABLE = 600
SEED = 7
FOLDS = 5
RIDGE = 0.5
FALSE_REFUSALS = 0.05
"""Share of answerable questions that may be refused; the threshold is set so that no more are."""


@dataclass(frozen=True)
class Unprompted(Retriever):
    """A retriever that does not know the question it is asked as one of the authored ones."""

    asked: str = ""

    def _similarity(self, hit: VectorHit) -> float:
        (chunk,) = self.generation.chunks([hit.chunk_id])
        if self.asked in chunk.questions:
            own = _vector(self.embedder, self.asked)
            others = [_vector(self.embedder, other) @ own for other in chunk.questions if other != self.asked]
            hit = replace(hit, question=float(max(others)) if others else None)
        return super()._similarity(hit)


def main() -> None:
    """Fit, cross-validate and print."""
    assistant = open_assistant(load_settings())
    unanswerable = (Path(__file__).parent / "unanswerable.txt").read_text(encoding="utf-8").splitlines()
    authored = [
        question
        for text_id in assistant.generation.manifest.texts
        for chunk in assistant.generation.text_chunks(text_id)
        for question in chunk.questions
    ]
    answerable = random.Random(SEED).sample(authored, min(ANSWERABLE, len(authored)))
    questions = answerable + unanswerable
    features = np.array([astuple(_evidence(assistant, question)) for question in questions])
    labels = np.array([1.0] * len(answerable) + [0.0] * len(unanswerable))
    probabilities = _cross_validated(features, labels)
    threshold = float(np.quantile(probabilities[labels == 1], FALSE_REFUSALS))
    fitted = _fit(features, labels)
    print(f"INTERCEPT = {fitted[0]:.2f}")
    names = Evidence.__slots__  # type: ignore[attr-defined]
    print("COEFFICIENTS = Evidence(" + ", ".join(f"{n}={v:.2f}" for n, v in zip(names, fitted[1:], strict=True)) + ")")
    print(f"THRESHOLD = {threshold:.2f}")
    refused = probabilities < threshold
    print(f"answerable refused: {refused[labels == 1].mean():.3f} (n = {len(answerable)})")
    print(f"unanswerable refused: {refused[labels == 0].mean():.3f} (n = {len(unanswerable)})")
    for question, chance in sorted(zip(questions, probabilities, strict=True), key=lambda pair: -pair[1]):
        if question in unanswerable and chance >= threshold:
            print(f"  answered though unanswerable ({chance:.2f}): {question}")


def _evidence(assistant: Assistant, question: str) -> Evidence:
    retriever = Unprompted(assistant.generation, assistant.embedder, assistant.settings.retrieval, asked=question)
    retrieved = retriever.retrieve(question)
    vector = assistant.embedder.embed_question(question)
    vectors = assistant.generation.sentence_vectors([item.chunk.id for item in retrieved[:5]])
    similarity = max(float(np.max(own @ vector, initial=0.0)) for own in vectors)
    return weigh_evidence(question, similarity, retrieved, retriever.rarity)


@cache
def _vector(embedder: Embedder, question: str) -> Array:
    return embedder.embed_question(question)


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
