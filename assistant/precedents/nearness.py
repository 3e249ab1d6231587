"""How near each case is to a query: by meaning, by words, by its name and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.precedents.cases import Array, CaseSentences
from assistant.precedents.naming import named_case, read_likeness
from assistant.precedents.similar import likeness
from assistant.precedents.synonyms import same_meaning
from assistant.spelling import correct
from assistant.terms import content_words

if TYPE_CHECKING:
    from assistant.answering import Assistant

MOST_SENTENCES = 2
"""Sentences shown of a case."""
SYNONYM_WEIGHT = 0.5
"""Of a word that means the same as one of the query's, which has 1."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is searched for."""

    words: str
    vector: Array
    """``(dimensions,)``, unit length."""
    like: str | None = None
    """Id of the case that what is found should be like."""


@dataclass(frozen=True, slots=True)
class CaseWeights:
    """What each way of finding a case counts; chosen on the dev split of evals/datasets/precedents.jsonl."""

    whole: float = 1.0
    """The entry's cosine as a whole."""
    sentence: float = 0.5
    """Its best sentence's."""
    question: float = 2.0
    """Its best authored question's."""
    words: float = 0.6
    """Added for the entry with the highest BM25, and in proportion for the others."""
    like: float = 1.0
    """How like the case that the query names; see `similar.likeness`."""


WEIGHTS = CaseWeights()


def read_query(assistant: Assistant, query: str) -> Query:
    """The query with its slips of the keyboard mended; of "like CASE but WORDS" the case, and the words to search."""
    words = correct(query, assistant.retriever.holds)
    parts = read_likeness(query)
    like = named_case(assistant.cases, parts.name) if parts else None
    if parts and like:
        words = correct(parts.words or parts.name, assistant.retriever.holds)
    return Query(words, assistant.embedder.embed_question(words), like)


def scores_of(assistant: Assistant, query: Query, weights: CaseWeights = WEIGHTS) -> dict[str, float]:
    """Every case's score by its id, higher is nearer."""
    cases = assistant.cases
    generation = assistant.generation
    scores: dict[str, float] = dict.fromkeys(cases.entries, 0.0)
    hits = generation.search_vectors(query.vector, cases.chunks, cases.texts)
    found = generation.search_words(_weighted_words(assistant, query.words), cases.chunks, cases.texts)
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
    if query.like:
        alike = likeness(cases, query.like)
        scores = {name: score + weights.like * alike.get(name, 0.0) for name, score in scores.items()}
        scores[query.like] = min(scores.values()) - 1.0  # what is asked for is another
    return scores


def _weighted_words(assistant: Assistant, words: str) -> dict[str, float]:
    """The query's words with those of its abbreviations and synonyms, each with its weight."""
    weighted = assistant.retriever.weighted_words(words)
    for term in same_meaning(words, assistant.cases.synonyms):
        for word in content_words(term):
            weighted.setdefault(word, SYNONYM_WEIGHT)
    return weighted


def nearest_sentences(sentences: CaseSentences, vector: Array) -> tuple[str, ...]:
    """The sentences nearest to a vector, best first."""
    order = np.argsort(-(sentences.vectors @ vector), kind="stable")[:MOST_SENTENCES]
    return tuple(sentences.texts[number] for number in order)
