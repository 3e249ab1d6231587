"""How near each case is to a query: by meaning, by words, by name and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.library import Library
from assistant.precedents.cases import Cases, CaseSentences, cases_of
from assistant.precedents.named_case import named_case, read_likeness
from assistant.precedents.similar import likeness
from assistant.records import Array
from assistant.registers.synonyms import same_meaning
from assistant.text.spelling import correct
from assistant.text.terms import content_words

MOST_SENTENCES = 2
"""Most sentences shown of a case."""
SYNONYM_WEIGHT = 0.5
"""Weight of a synonym of one of the query's words, which have 1."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query, prepared for search."""

    words: str
    vector: Array
    """``(dimensions,)``, unit length."""
    like: str | None = None
    """Id of the case that results should resemble."""


@dataclass(frozen=True, slots=True)
class CaseWeights:
    """The weight of each way of finding a case; tuned on the dev split of evals/data/precedents.jsonl."""

    whole: float = 1.0
    """Weight of the whole entry's cosine."""
    sentence: float = 0.5
    """Weight of its best sentence's."""
    question: float = 2.0
    """Weight of its best authored question's."""
    unasked: float = 0.14
    """A piece without written questions, as any that the index lacks, counts as if one were nearer than the better of
    the whole and the sentence, by this much.
    """
    unasked_words: float = 1.66
    """Factor for the words of such a piece, since it lacks a question's."""
    words: float = 0.6
    """Added for the entry with the highest BM25, and in proportion for the others."""
    like: float = 1.0
    """Weight of similarity to the case that the query names; see `similar.likeness`."""


WEIGHTS = CaseWeights()


def read_query(library: Library, query: str) -> Query:
    """Return the query with typing errors corrected; of "like CASE but WORDS", the case and the words to search."""
    words = correct(query, library.retriever.holds)
    parts = read_likeness(query)
    like = named_case(cases_of(library), parts.name) if parts else None
    if parts and like:
        words = correct(parts.words or parts.name, library.retriever.holds)
    return Query(words, library.embedder.embed_question(words), like)


def scores_of(
    library: Library, query: Query, weights: CaseWeights = WEIGHTS
) -> tuple[dict[str, float], dict[str, float]]:
    """Return every case's score and its similarity by its id, higher is nearer; see `similarities`."""
    cases = cases_of(library)
    scores: dict[str, float] = dict.fromkeys(cases.entries, 0.0)
    pieces = _pieces(library, cases, query, weights)
    best = max((piece.words for piece in pieces), default=0.0) or 1.0
    # A long entry has several pieces, of which the best counts.
    for piece in pieces:
        score = piece.cosine(weights) + weights.words * piece.words / best
        scores[piece.case] = max(scores[piece.case], score)
    if query.like:
        alike = likeness(cases, query.like)
        scores = {name: score + weights.like * alike.get(name, 0.0) for name, score in scores.items()}
        scores[query.like] = min(scores.values()) - 1.0  # the query asks for another case
    return scores, _similarities(cases, pieces, weights)


def similarities(library: Library, cases: Cases, query: Query, weights: CaseWeights = WEIGHTS) -> dict[str, float]:
    """Return every case's similarity by its id, -1 to 1: the weighted mean of its cosines.

    Similarities are comparable between queries; scores are not.
    """
    return _similarities(cases, _pieces(library, cases, query, weights), weights)


def _similarities(cases: Cases, pieces: Sequence[_Piece], weights: CaseWeights) -> dict[str, float]:
    total = weights.whole + weights.sentence + weights.question
    found = dict.fromkeys(cases.entries, -1.0)
    for piece in pieces:
        found[piece.case] = max(found[piece.case], piece.cosine(weights) / total)
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """How near a piece of a case is in each way."""

    case: str
    whole: float
    sentence: float
    question: float | None
    """None where no question was written for it."""
    words: float
    """BM25."""

    def cosine(self, weights: CaseWeights) -> float:
        """Return the weighted sum of its cosines."""
        return weights.whole * self.whole + weights.sentence * self.sentence + weights.question * (self.question or 0.0)


def _pieces(library: Library, cases: Cases, query: Query, weights: CaseWeights) -> list[_Piece]:
    """Return every piece of every case, from the index or from memory."""
    generation = library.generation
    terms = _weighted_words(library, cases, query.words)
    hits = generation.search_vectors(query.vector, cases.chunks, cases.texts)
    chunks = generation.chunks([hit.chunk_id for hit in hits])
    held = [
        (hit, chunk.anchor)
        for hit, chunk in zip(hits, chunks, strict=True)
        if chunk.anchor and chunk.anchor in cases.indexed
    ]
    words = {hit.chunk_id: hit.score for hit in generation.search_words(terms, cases.chunks, cases.texts)}
    # The index may hold an outdated version of a case.
    found = [
        _Piece(case, hit.whole or 0.0, hit.sentence or 0.0, hit.question, words.get(hit.chunk_id, 0.0))
        for hit, case in held
        if case in cases.indexed
    ]
    best = max((piece.words for piece in found), default=0.0)
    found += [
        _Piece(
            piece.case,
            float(piece.whole @ query.vector),
            float((piece.vectors @ query.vector).max()),
            None,
            score,
        )
        for piece, score in zip(cases.unindexed, _unindexed_words(cases, terms, best), strict=True)
    ]
    return [_as_if_asked(piece, weights) for piece in found]


def _unindexed_words(cases: Cases, terms: Mapping[str, float], best: float) -> list[float]:
    """BM25 of each piece that the index does not hold, in its scale: ``best`` is the best score of those it holds."""
    scores = np.zeros(len(cases.unindexed))
    if cases.words is None:
        return []
    found = cases.words.search(terms, len(scores) + cases.chunks)
    is_unindexed = found.chunks < len(scores)
    scores[found.chunks[is_unindexed]] = found.scores[is_unindexed]
    # In memory a word is as rare as among the cases, in the index as in the whole library.
    best_here = found.scores[~is_unindexed].max(initial=0.0)
    return [float(score) for score in scores * (best / best_here if best and best_here else 1.0)]


def _as_if_asked(piece: _Piece, weights: CaseWeights) -> _Piece:
    """Add to a piece without written questions what one would add; return any other unchanged."""
    if piece.question is not None:
        return piece
    guessed = max(piece.whole, piece.sentence) + weights.unasked
    return replace(piece, question=guessed, words=piece.words * weights.unasked_words)


def _weighted_words(library: Library, cases: Cases, words: str) -> dict[str, float]:
    """Return the query's words, with those of its abbreviations and synonyms, each with its weight."""
    weighted = library.retriever.weighted_words(words)
    for term in same_meaning(words, cases.synonyms):
        for word in content_words(term):
            weighted.setdefault(word, SYNONYM_WEIGHT)
    return weighted


def nearest_sentences(sentences: CaseSentences, vector: Array) -> tuple[str, ...]:
    """Return the sentences nearest to a vector, best first."""
    order = np.argsort(-(sentences.vectors @ vector), kind="stable")[:MOST_SENTENCES]
    return tuple(sentences.texts[number] for number in order)
