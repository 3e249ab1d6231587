"""Is what was found enough to answer? An honest "not in the library" beats a guess.

The probability that the library holds the answer, by logistic regression over four figures of the search. The
coefficients come from ``python -m evals.calibration.fit_abstention`` (see evals/calibration/README.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.records import RetrievedChunk
from assistant.terms import content_terms, content_words, stem


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer being there; each between 0 and 1 or close to it."""

    chunk_score: float
    """Score of the best chunk, see `retrieval`."""
    sentence_similarity: float
    """Cosine similarity of the question and the nearest sentence."""
    words_together: float
    """Share of the question's content words in the chunk, of the best five, that holds most; rare words count more."""
    names_covered: float
    """Share of the question's names and figures in the best five chunks; 1 when it has none."""


INTERCEPT = -4.76
COEFFICIENTS = Evidence(chunk_score=1.33, sentence_similarity=3.83, words_together=1.95, names_covered=1.07)
THRESHOLD = 0.23
"""Refuses one in twenty of the answerable dev questions, each judged by a fit without it."""

CHUNKS_WEIGHED = 5


def weigh_evidence(
    question: str, similarity: float, retrieved: Sequence[RetrievedChunk], rarity: Callable[[str], float]
) -> Evidence:
    """The figures that :func:`holds_answer` judges by; ``rarity`` gives a word's weight, see `Retriever.rarity`."""
    best = retrieved[:CHUNKS_WEIGHED]
    held = [set(content_terms(" ".join((*item.chunk.section, item.chunk.lead_text, item.chunk.text)))) for item in best]
    together: set[str] = set().union(*held)
    asked = {stem(word): rarity(word) for word in content_words(question)}
    later_words = question.split()[1:]
    names = {term for word in later_words if word[0].isupper() or word[0].isdigit() for term in content_terms(word)}

    def covered(terms: set[str]) -> float:
        total = sum(asked.values())
        return sum(weight for term, weight in asked.items() if term in terms) / total if total else 0.0

    return Evidence(
        chunk_score=best[0].score if best else 0.0,
        sentence_similarity=similarity,
        words_together=max(map(covered, held), default=0.0),
        names_covered=len(names & together) / len(names) if names else 1.0,
    )


def probability_of_answer(evidence: Evidence) -> float:
    """Between 0 and 1."""
    total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(evidence, name) for name in Evidence.__slots__)
    return 1.0 / (1.0 + math.exp(-total))


def holds_answer(evidence: Evidence) -> bool:
    """True when an answer is more likely than not to be in what was found."""
    return probability_of_answer(evidence) >= THRESHOLD
