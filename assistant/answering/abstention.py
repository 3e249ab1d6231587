"""Is what was found enough to answer? An honest "not in the library" beats a guess.

The probability that the library holds the answer, by logistic regression over four figures of the search. The
coefficients come from ``python -m evals.calibration.fit_abstention`` (see evals/calibration/README.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.records import RetrievedChunk
from assistant.terms import content_terms


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer being there; each between 0 and 1 or close to it."""

    chunk_score: float
    """Score of the best chunk, see `retrieval`."""
    sentence_similarity: float
    """Cosine similarity of the question and the nearest sentence."""
    words_covered: float
    """Share of the question's content words in the best five chunks."""
    names_covered: float
    """Share of the question's names and figures in the best five chunks; 1 when it has none."""


INTERCEPT = -6.0
COEFFICIENTS = Evidence(chunk_score=2.5, sentence_similarity=6.0, words_covered=3.0, names_covered=1.5)
THRESHOLD = 0.5


def weigh_evidence(question: str, similarity: float, retrieved: Sequence[RetrievedChunk]) -> Evidence:
    """The figures that :func:`holds_answer` judges by."""
    best = retrieved[:5]
    held = {
        term
        for item in best
        for term in content_terms(" ".join((*item.chunk.section, item.chunk.lead_text, item.chunk.text)))
    }
    asked = set(content_terms(question))
    names = {
        term for word in question.split()[1:] if word[0].isupper() or word[0].isdigit() for term in content_terms(word)
    }
    return Evidence(
        chunk_score=best[0].score if best else 0.0,
        sentence_similarity=similarity,
        words_covered=len(asked & held) / len(asked) if asked else 0.0,
        names_covered=len(names & held) / len(names) if names else 1.0,
    )


def probability_of_answer(evidence: Evidence) -> float:
    """Between 0 and 1."""
    total = INTERCEPT + sum(
        getattr(COEFFICIENTS, name) * getattr(evidence, name)
        for name in Evidence.__slots__
    )
    return 1.0 / (1.0 + math.exp(-total))


def holds_answer(evidence: Evidence) -> bool:
    """True when an answer is more likely than not to be in what was found."""
    return probability_of_answer(evidence) >= THRESHOLD
