"""Finds the chunks that may answer a question.

Each chunk can be found by its whole text, by one of its sentences, by a question written for it, and by its words. The
similarities are averaged, and the share of the best BM25 is added; see :class:`Weights`. A chunk without written
questions is scored by other weights, and its score set on the scale of the others'; see :class:`Unasked`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import get_args

from assistant.deadlines import check_deadline
from assistant.errors import AssistantError
from assistant.index import Generation, Manifest, TextEntry, VectorHit
from assistant.models.embedding import Embedder
from assistant.records import Array, Authority, Chunk, Part, RetrievedChunk, Status
from assistant.search.reranking import RERANKED, Reranker
from assistant.settings import RetrievalSettings
from assistant.text.dates import first_and_last_day
from assistant.text.glossary import expand
from assistant.text.terms import bare_words, content_words

_REGISTER = re.compile(
    r"recommend|\bask(s|ed)? (of|for)\b|propos|who should|precedent|example|\bcases?\b|tried|worked|lesson|elsewhere",
    re.IGNORECASE,
)


MOST_COUNTED = 500
"""A word's chunks are counted up to this number."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which texts of the library are searched; an empty field filters nothing."""

    documents: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()
    """Of whoever speaks: of a text with several speakers, only what these say."""
    statuses: tuple[Status, ...] = ()
    published_from: str | None = None
    """ISO date; a document published on that day or later. A coarser date (``2025``) counts as its first day."""
    published_to: str | None = None
    """ISO date; a document published on that day or earlier. A coarser date (``2025``) counts as its last day."""
    parts: tuple[Part, ...] = ()
    """Bodies of documents, or the register entries that rest on them."""

    def silences(self, chunk: Chunk) -> bool:
        """Return whether nobody speaks in a chunk with one of the authorities asked for."""
        return not any(who.authority in self.authorities for who in chunk.speakers)

    def text_ids(self, manifest: Manifest) -> frozenset[str] | None:
        """Return the ids of the texts to search; None when nothing is filtered.

        Raises:
            AssistantError: unknown document, authority, status or date; lists the valid ones.
        """
        if self == Filters():
            return None
        self._check(manifest)
        return frozenset(text_id for text_id, entry in manifest.texts.items() if self._admits(entry))

    def _admits(self, entry: TextEntry) -> bool:
        first, last = first_and_last_day(entry.published)
        return (
            (not self.documents or entry.document in self.documents)
            and (not self.authorities or not {*self.authorities}.isdisjoint(entry.authorities))
            and (not self.statuses or entry.status in self.statuses)
            and (not self.parts or entry.part in self.parts)
            and (self.published_from is None or last >= first_and_last_day(self.published_from)[0])
            and (self.published_to is None or first <= first_and_last_day(self.published_to)[1])
        )

    def _check(self, manifest: Manifest) -> None:
        known = sorted({entry.document for entry in manifest.texts.values()})
        for name in self.documents:
            if name not in known:
                raise AssistantError(f"No document {name!r} in the library; it holds: {', '.join(known)}.")
        given: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
            (self.authorities, get_args(Authority)),
            (self.statuses, get_args(Status)),
        )
        for values, allowed in given:
            for value in values:
                if value not in allowed:
                    raise AssistantError(f"Unknown filter value {value!r}. Use one of: {', '.join(allowed)}.")
        for day in filter(None, (self.published_from, self.published_to)):
            first_and_last_day(day)


@dataclass(frozen=True, slots=True)
class Unasked:
    """How a chunk is scored for which no questions were written, as in files that a team adds."""

    sentence: float = 1.0
    """Weight of its best sentence's similarity, with 1 for the whole chunk's."""
    words: float = 0.15
    """Added for the highest BM25: without questions, words say less of what a chunk answers."""
    stretch: float = 1.25
    level: float = 0.36
    """The score times ``stretch`` plus ``level`` is that of a chunk with questions which fits as well: otherwise a
    chunk without any would never come first where others have some.
    """


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each way of finding a chunk; tuned on the dev split, see evals/calibration/README.md."""

    whole: float = 1.0
    """Weight of the whole chunk's cosine similarity in the mean of the three."""
    sentence: float = 0.6
    """Weight of its best sentence's."""
    question: float = 3.0
    """Weight of its best question's."""
    words: float = 0.6
    """Added for the chunk with the highest BM25, and in proportion for the others."""
    named: float = 0.1
    """Added for chunks of a document that the question names."""
    register: float = 0.08
    """Subtracted for a register entry, which repeats its document at length, unless the question asks for one."""
    unasked: Unasked = Unasked()


WEIGHTS = Weights()


@dataclass(frozen=True)
class Retriever:
    """Finds chunks for questions in one generation of the index."""

    generation: Generation
    embedder: Embedder
    settings: RetrievalSettings = field(default_factory=RetrievalSettings)
    weights: Weights = WEIGHTS
    reranker: Reranker | None = None
    """Reorders the best chunks."""
    left_out: frozenset[str] = frozenset()
    """Ids of precedents that the index holds in an outdated version."""

    def retrieve(
        self, question: str, k: int = 10, filters: Filters | None = None, vector: Array | None = None
    ) -> list[RetrievedChunk]:
        """Return the ``k`` best chunks, best first; fewer when the filters leave fewer, none for an empty question.

        ``vector`` is the question's, if the caller has it already.
        """
        if not question.strip():
            return []
        check_deadline()
        filters = filters or Filters()
        texts = filters.text_ids(self.generation.manifest)
        if texts is not None and not texts:
            return []
        if vector is None:
            vector = self.embedder.embed_question(question)
        scores, guessed = self._scores(question, vector, max(k, self.settings.candidates), filters)
        ranked = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
        chunks = self.generation.chunks(ranked[: max(k, RERANKED) if self.reranker else k])
        own = {chunk_id: scores[chunk_id] - guess for chunk_id, guess in guessed.items() if chunk_id in scores}
        found = [
            RetrievedChunk(chunk, scores[chunk.id], rank, own.get(chunk.id), None, filters.authorities)
            for rank, chunk in enumerate(chunks, 1)
        ]
        return self.reranker.rerank(question, found)[:k] if self.reranker else found

    def holds(self, word: str) -> bool:
        """Return whether any text, or a question written for one, has the word in any form."""
        check_deadline()
        return self.generation.count_holding(word, 1) > 0

    def rarity(self, word: str) -> float:
        """Return a word's weight by how few chunks have it: 1 for none, towards 0 for all."""
        check_deadline()
        chunks = sum(entry.chunks for entry in self.generation.manifest.texts.values())
        holding = self.generation.count_holding(word, MOST_COUNTED)
        return 1 - math.log1p(holding) / math.log1p(max(chunks, holding, 1))

    def _scores(
        self, question: str, vector: Array, candidates: int, filters: Filters
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return scores by chunk, and the part of each that is guessed for lack of questions."""
        texts = filters.text_ids(self.generation.manifest)
        hits = self.generation.search_words(self.weighted_words(question), candidates, texts)
        best = max((hit.score for hit in hits), default=0.0)
        words = {hit.chunk_id: hit.score / best for hit in hits}
        near = self.generation.search_vectors(vector, candidates, texts)
        found = {hit.chunk_id for hit in near}
        near += self.generation.compare_vectors(vector, [name for name in words if name not in found])
        scores, guessed = {}, {}
        for hit in near:
            own, scores[hit.chunk_id] = self._score(hit, words.get(hit.chunk_id, 0.0))
            if hit.question is None:
                guessed[hit.chunk_id] = scores[hit.chunk_id] - own
        named = self.named_documents(question)
        asks_for_register = self.asks_for_register(question)
        for chunk in self.generation.chunks(list(scores)):
            is_outdated = chunk.part == "precedents" and chunk.anchor in self.left_out
            if is_outdated or (filters.authorities and filters.silences(chunk)):
                del scores[chunk.id]
                continue
            if chunk.document in named:
                scores[chunk.id] += self.weights.named
            if chunk.part != "body" and not asks_for_register:
                scores[chunk.id] -= self.weights.register
        return scores, guessed

    def asks_for_register(self, question: str) -> bool:
        """Return whether the question asks for recommendations or precedents, which a register holds."""
        return bool(_REGISTER.search(question))

    def named_documents(self, question: str) -> frozenset[str]:
        """Return the documents that the question names: by publisher, or by title up to its colon, in full or short."""
        said = f" {bare_words(' '.join([question, *expand(question, self.generation.glossary)]))} "
        return frozenset(
            entry.document
            for entry in self.generation.manifest.texts.values()
            if any(f" {bare_words(name)} " in said for name in (entry.title.partition(":")[0], entry.publisher))
        )

    def _score(self, hit: VectorHit, words: float) -> tuple[float, float]:
        """Return a chunk's score, and the same on the scale of chunks with questions. ``words``: share of best BM25."""
        weights, unasked = self.weights, self.weights.unasked
        if hit.question is None or not weights.question:
            own = _mean((hit.whole, 1.0), (hit.sentence, unasked.sentence)) + unasked.words * words
            return own, unasked.level + unasked.stretch * own
        near = ((hit.whole, weights.whole), (hit.sentence, weights.sentence), (hit.question, weights.question))
        score = _mean(*near) + weights.words * words
        return score, score

    def weighted_words(self, question: str) -> dict[str, float]:
        """Return the question's words at full weight, and those that the glossary adds at half weight."""
        words = dict.fromkeys(content_words(question), 1.0)
        for form in expand(question, self.generation.glossary):
            for term in content_words(form):
                words.setdefault(term, 0.5)
        return words


def _mean(*weighted: tuple[float | None, float]) -> float:
    """Return the weighted mean of what is known."""
    known = [(value, weight) for value, weight in weighted if value is not None]
    return sum(value * weight for value, weight in known) / sum(weight for _, weight in known)
