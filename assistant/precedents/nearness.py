"""How near each case is to a query: by meaning, by words, by its name and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.precedents.cases import CaseSentences
from assistant.spelling import correct

if TYPE_CHECKING:
    from assistant.answering import Assistant

Array = NDArray[np.float32]
MOST_SENTENCES = 2
"""Sentences shown of a case."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is searched for."""

    words: str
    vector: Array
    """``(dimensions,)``, unit length."""


@dataclass(frozen=True, slots=True)
class CaseWeights:
    """What each way of finding a case counts; chosen on the dev split of evals/datasets/precedents.jsonl."""

    whole: float = 1.0
    sentence: float = 1.0
    question: float = 1.0
    words: float = 0.3


WEIGHTS = CaseWeights()


def read_query(assistant: Assistant, query: str) -> Query:
    """The query with its slips of the keyboard mended."""
    words = correct(query, assistant.retriever.holds)
    return Query(words, assistant.embedder.embed_question(words))


def scores_of(assistant: Assistant, query: Query, weights: CaseWeights = WEIGHTS) -> dict[str, float]:
    """Every case's score by its id, higher is nearer."""
    cases = assistant.cases
    generation = assistant.generation
    scores: dict[str, float] = dict.fromkeys(cases.entries, 0.0)
    hits = generation.search_vectors(query.vector, cases.chunks, cases.texts)
    found = generation.search_words(assistant.retriever.weighted_words(query.words), cases.chunks, cases.texts)
    best_words = max((hit.score for hit in found), default=1.0)
    words = {hit.chunk_id: hit.score / best_words for hit in found}
    chunks = generation.chunks([hit.chunk_id for hit in hits])
    for hit, chunk in zip(hits, chunks, strict=True):
        if chunk.anchor in scores:
            score = (
                weights.whole * (hit.whole or 0.0)
                + weights.sentence * (hit.sentence or 0.0)
                + weights.question * (hit.question or 0.0)
                + weights.words * words.get(hit.chunk_id, 0.0)
            )
            # A long entry is several chunks, of which the best counts.
            scores[chunk.anchor] = max(scores[chunk.anchor], score)
    return scores


def nearest_sentences(sentences: CaseSentences, vector: Array) -> tuple[str, ...]:
    """The sentences nearest to a vector, best first."""
    order = np.argsort(-(sentences.vectors @ vector), kind="stable")[:MOST_SENTENCES]
    return tuple(sentences.texts[number] for number in order)
