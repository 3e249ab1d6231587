"""The floors beside Steward: a figure says little without what a simpler system reaches.

Floors answer with quoted text, as Steward does, so that grounding is read beside the facts: a passage pasted verbatim
is perfectly grounded and still a poor answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assistant.answering import Turn
from assistant.answering.follow_ups import standalone_question
from assistant.claims import check_sentence
from assistant.library import Library
from assistant.models.embedding import PACKAGED_MODEL, TUNED_MODEL, Embedder, SentenceEmbedder
from assistant.records import Array, Chunk, Quote, RetrievedChunk, Sentence, Span
from assistant.settings import EmbeddingSettings
from assistant.text.quoting import make_quote
from assistant.text.sentences import split_sentences
from evals.metrics.answers import find_document
from evals.metrics.support import Passage
from evals.systems.bm25 import Bm25
from evals.systems.outcomes import Found, Outcome, found_chunk
from evals.systems.steward import Steward, System, all_chunks
from evals.systems.tutorial import TutorialPipeline

DEPTH = 10

Search = Callable[[str], Sequence[RetrievedChunk]]


@dataclass(frozen=True)
class TopPassage:
    """Pastes the best passage of a search as its answer, whatever it is worth."""

    library: Library
    search: Search

    @cached_property
    def cut(self) -> Sequence[Passage]:
        """The same chunks as Steward's."""
        return Steward(self.library).cut

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """The first passage, every sentence cited to it."""
        started = time.perf_counter()
        standalone = standalone_question(question, conversation)
        found = self.search(standalone)
        best = found[:1]
        spans = [(item.chunk, Span(item.chunk.start, item.chunk.end)) for item in best]
        return _pasted(self.library, standalone, [found_chunk(item) for item in found], spans, started)


@dataclass(frozen=True)
class AlwaysRefuse:
    """Finds what Steward finds and answers nothing."""

    library: Library

    @cached_property
    def cut(self) -> Sequence[Passage]:
        """The same chunks as Steward's."""
        return Steward(self.library).cut

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """An abstention."""
        outcome = Steward(self.library).ask(question, conversation)
        return replace(outcome, answer="", refused=True, sentences=(), citations=(), headings=False)


@dataclass(frozen=True)
class Tutorial:
    """The pipeline of LangChain's retrieval tutorial, answering with the five nearest sentences of its four chunks."""

    library: Library
    sentences: int = 5

    @cached_property
    def _embedder(self) -> Embedder:
        """The model as published: our tuning is no part of the tutorial."""
        own = self.library.embedder
        if own.identity.model != TUNED_MODEL:
            return own
        return SentenceEmbedder(EmbeddingSettings(model=PACKAGED_MODEL, precision=own.identity.precision))

    @cached_property
    def _pipeline(self) -> TutorialPipeline:
        generation = self.library.generation
        return TutorialPipeline(
            {text_id: generation.document(text_id).text for text_id in generation.manifest.texts},
            self._embedder,
        )

    @cached_property
    def _vector_of(self) -> dict[str, Array]:
        return {}

    def _vectors(self, sentences: Sequence[str]) -> Array:
        """Vectors ``(n_sentences, dim)``; each sentence is embedded once, since neighbouring chunks share theirs."""
        new = [words for words in dict.fromkeys(sentences) if words not in self._vector_of]
        if new:
            self._vector_of.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._vector_of[words] for words in sentences])

    @cached_property
    def cut(self) -> Sequence[Passage]:
        """Its own chunks."""
        return self._pipeline.cut

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """The nearest sentences, in the order of their chunks."""
        started = time.perf_counter()
        standalone = standalone_question(question, conversation)
        generation = self.library.generation
        found = self._search(standalone, DEPTH)
        spans = [
            (item.passage.text_id, Span(item.passage.span.start + start, item.passage.span.start + end))
            for item in found[: self._pipeline.answered_from]
            for start, end in split_sentences(item.text)
        ]
        words = [generation.document(text_id).text[slice(*span)] for text_id, span in spans]
        near = self._vectors(words) @ self._embedder.embed_question(standalone)
        best = sorted(np.argsort(-near, kind="stable")[: self.sentences].tolist())
        chosen = [(self._chunk_at(*spans[index]), spans[index][1]) for index in best]
        return _pasted(self.library, standalone, found, chosen, started)

    def context(self, question: str, conversation: Sequence[Turn] = ()) -> tuple[str, list[str]]:
        """Return what a chat model is given: the question made to stand alone, and the texts of the nearest chunks."""
        standalone = standalone_question(question, conversation)
        return standalone, [item.text for item in self._search(standalone, self._pipeline.answered_from)]

    def _search(self, standalone: str, k: int) -> list[Found]:
        text_of = self.library.generation.document
        passages = self._pipeline.search(standalone, k)
        return [Found(passage, text_of(passage.text_id).text[slice(*passage.span)]) for passage in passages]

    def _chunk_at(self, text_id: str, span: Span) -> Chunk:
        """The chunk of ours in which a span begins: it tells who speaks and in which section."""
        chunks = self.library.generation.text_chunks(text_id)
        return max(
            (chunk for chunk in chunks if chunk.start <= span.start), key=lambda chunk: chunk.start, default=chunks[0]
        )


def build_system(name: str, library: Library) -> System:
    """A system by its name.

    Raises:
        ValueError: there is none of that name; the message lists those there are.
    """
    if name not in SYSTEMS:
        raise ValueError(f"No system {name!r}; there are: {', '.join(SYSTEMS)}.")
    return SYSTEMS[name](library)


def _never_refuse(library: Library) -> Steward:
    return Steward(library, abstains=False)


def _words(library: Library) -> TopPassage:
    chunks = all_chunks(library)
    # Not the library's own index of words: that one holds the authored questions as well.
    bm25 = Bm25([" ".join((*chunk.section, chunk.lead_text, chunk.text)) for chunk in chunks])

    def search(question: str) -> list[RetrievedChunk]:
        scores = bm25.scores(question)
        return _ranked(library, [(chunks[number].id, scores[number]) for number in bm25.search(question, DEPTH)])

    return TopPassage(library, search)


def _vectors(library: Library) -> TopPassage:
    def search(question: str) -> list[RetrievedChunk]:
        vector = library.embedder.embed_question(question)
        count = sum(entry.chunks for entry in library.generation.manifest.texts.values())
        hits = library.generation.search_vectors(vector, count)
        scored = [(hit.chunk_id, hit.whole if hit.whole is not None else -1.0) for hit in hits]
        return _ranked(library, sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:DEPTH])

    return TopPassage(library, search)


def _top_passage(library: Library) -> TopPassage:
    return TopPassage(library, lambda question: library.retriever.retrieve(question, DEPTH))


SYSTEMS: dict[str, Callable[[Library], System]] = {
    "steward": Steward,
    "tutorial": Tutorial,
    "bm25": _words,
    "dense": _vectors,
    "top-passage": _top_passage,
    "never-refuse": _never_refuse,
    "always-refuse": AlwaysRefuse,
}
"""Steward, and the floors: LangChain's tutorial; the best passage by words alone, by whole-chunk vectors alone, and by
Steward's own search, each pasted verbatim; Steward without abstention; nothing but abstention."""

OWN_SEARCH = ("top-passage", "never-refuse", "always-refuse")
"""Floors that find what Steward finds, and differ in what they make of it."""


def _pasted(
    library: Library, standalone: str, found: Sequence[Found], spans: Sequence[tuple[Chunk, Span]], started: float
) -> Outcome:
    """An outcome whose answer is these spans, each its own citation."""
    quotes: list[Quote] = []
    sentences: list[Sentence] = []
    for chunk, span in spans:
        document = library.generation.document(chunk.text_id)
        quotes.append(make_quote(len(quotes) + 1, chunk, span, document, library.sources[chunk.document]))
        for line in quotes[-1].quote.split("\n"):
            sentences += [
                Sentence(line[start:end], (len(quotes),), "unsupported") for start, end in split_sentences(line)
            ]

    find = find_document(library.generation)
    return Outcome(
        found=tuple(found),
        answer=" ".join(sentence.text for sentence in sentences),
        refused=not sentences,
        sentences=tuple(check_sentence(sentence, quotes, find) for sentence in sentences),
        citations=tuple(quotes),
        seconds=time.perf_counter() - started,
        standalone=standalone,
    )


def _ranked(library: Library, scored: Sequence[tuple[str, float]]) -> list[RetrievedChunk]:
    chunks = library.generation.chunks([chunk_id for chunk_id, _ in scored])
    return [
        RetrievedChunk(chunk, score, rank)
        for rank, (chunk, (_, score)) in enumerate(zip(chunks, scored, strict=True), 1)
    ]
