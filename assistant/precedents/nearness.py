"""How near each case is to a query: by meaning, by words, by its name and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.precedents.cases import Array, Cases, CaseSentences
from assistant.precedents.naming import named_case, read_likeness
from assistant.precedents.similar import likeness
from assistant.precedents.synonyms import same_meaning
from assistant.precedents.unindexed import word_score
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
    unasked: float = 0.1
    """A piece that the index does not hold has no such question, and counts as if one were nearer, by so much, than
    the better of the whole and the sentence."""
    unasked_words: float = 1.66
    """Nor has it a question's words, and what it has counts for so much more."""
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
    scores: dict[str, float] = dict.fromkeys(cases.entries, 0.0)
    # A long entry is several pieces, of which the best counts.
    for piece in _pieces(assistant, cases, query, weights):
        score = weights.whole * piece.whole + weights.sentence * piece.sentence + weights.question * piece.question
        scores[piece.case] = max(scores[piece.case], score + weights.words * piece.words)
    if query.like:
        alike = likeness(cases, query.like)
        scores = {name: score + weights.like * alike.get(name, 0.0) for name, score in scores.items()}
        scores[query.like] = min(scores.values()) - 1.0  # what is asked for is another
    return scores


def similarities(assistant: Assistant, cases: Cases, query: Query, weights: CaseWeights = WEIGHTS) -> dict[str, float]:
    """Every case's similarity by its id, -1 to 1: the mean of its cosines by weight, comparable between queries."""
    total = weights.whole + weights.sentence + weights.question
    found = dict.fromkeys(cases.entries, -1.0)
    for piece in _pieces(assistant, cases, query, weights):
        score = weights.whole * piece.whole + weights.sentence * piece.sentence + weights.question * piece.question
        found[piece.case] = max(found[piece.case], score / total)
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """How near a piece of a case is in each way; the words' share is of the best piece's."""

    case: str
    whole: float
    sentence: float
    question: float
    words: float


def _pieces(assistant: Assistant, cases: Cases, query: Query, weights: CaseWeights) -> Iterator[_Piece]:
    """Every piece of every case, from the index or from memory."""
    generation = assistant.generation
    terms = _weighted_words(assistant, query.words)
    hits = generation.search_vectors(query.vector, cases.chunks, cases.texts)
    found = zip(hits, generation.chunks([hit.chunk_id for hit in hits]), strict=True)
    # The index may hold other words of a case than those in force.
    held = [(hit, chunk.anchor) for hit, chunk in found if chunk.anchor and chunk.anchor in cases.indexed]
    words = {hit.chunk_id: hit.score for hit in generation.search_words(terms, cases.chunks, cases.texts)}
    in_memory = [
        weights.unasked_words * word_score(piece, terms, generation, cases.lengths) for piece in cases.unindexed
    ]
    best = max([*(words.get(hit.chunk_id, 0.0) for hit, _ in held), *in_memory], default=0.0) or 1.0
    for hit, case in held:
        yield _Piece(
            case, hit.whole or 0.0, hit.sentence or 0.0, hit.question or 0.0, words.get(hit.chunk_id, 0.0) / best
        )
    for piece, score in zip(cases.unindexed, in_memory, strict=True):
        whole, sentence = float(piece.whole @ query.vector), float((piece.vectors @ query.vector).max())
        yield _Piece(piece.case, whole, sentence, max(whole, sentence) + weights.unasked, score / best)


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
