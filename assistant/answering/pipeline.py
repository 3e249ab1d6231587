"""Question → standalone question → chunks → passages → answer → every sentence checked."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from assistant.answering.abstention import holds_answer, weigh_evidence
from assistant.answering.arrangement import Arranged, arrange, as_shown
from assistant.answering.extractive import pick_passages
from assistant.answering.follow_ups import Turn, standalone_question
from assistant.embedding import Array, Embedder
from assistant.grounding import build_checker, check_sentence
from assistant.index import Generation
from assistant.records import Answer, Document, Quote, RetrievedChunk, Seconds, Source
from assistant.retrieval import Filters, Retriever
from assistant.settings import Settings

EXTRACTIVE = "extractive"
NEAREST = 3
"""How many passages an abstention names."""


@dataclass(frozen=True)
class Assistant:
    """Answers questions from one generation of the index; safe to share between threads."""

    generation: Generation
    embedder: Embedder
    sources: Mapping[str, Source]
    settings: Settings = field(default_factory=Settings)

    @property
    def retriever(self) -> Retriever:
        """The retriever this assistant asks."""
        return Retriever(self.generation, self.embedder, self.settings.retrieval)

    def ask(self, question: str, filters: Filters | None = None, conversation: Sequence[Turn] = ()) -> Answer:
        """One answer, or an abstention; never a sentence that its quotes do not hold.

        Raises:
            ValueError: the question is empty.
            AssistantError: a filter names what is not there.
        """
        if not question.strip():
            raise ValueError("The question is empty.")
        filters = filters or Filters()
        standalone = standalone_question(question, conversation)
        started = time.perf_counter()
        vector = self.embedder.embed_question(standalone)
        retrieved = self.retriever.retrieve(standalone, 10, filters, vector)
        found = time.perf_counter()
        arranged = self._answer(standalone, vector, retrieved)
        answered = time.perf_counter()
        checker = build_checker(self.settings.grounding)
        sentences = tuple(check_sentence(item, arranged.quotes, self._document, checker) for item in arranged.sentences)
        checked = time.perf_counter()
        return Answer(
            question=question,
            standalone_question=standalone,
            status="answered" if sentences else "not-in-library",
            answer=arranged.text,
            sentences=sentences,
            citations=arranged.quotes,
            retrieved=tuple(retrieved),
            documents_searched=self._searched(filters),
            model=EXTRACTIVE,
            library_version=self.generation.manifest.library_version,
            as_at=date.today().isoformat(),
            seconds=Seconds(found - started, answered - found, checked - answered),
        )

    def _answer(self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk]) -> Arranged:
        if not retrieved or not self._is_enough(question, vector, retrieved):
            return self._abstain(retrieved)
        passages = pick_passages(
            question, vector, retrieved, self.generation, self.settings.answering.max_words, self.retriever.rarity
        )
        return arrange(passages, self.generation, self.sources) if passages else self._abstain(retrieved)

    def _is_enough(self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk]) -> bool:
        """Whether what was found is enough to answer."""
        similarity = max(
            float(np.max(vectors @ vector, initial=0.0))
            for vectors in self.generation.sentence_vectors([item.chunk.id for item in retrieved[:5]])
        )
        return holds_answer(weigh_evidence(question, similarity, retrieved, self.retriever.rarity))

    def _abstain(self, retrieved: Sequence[RetrievedChunk]) -> Arranged:
        """Says what was searched and what came nearest; claims nothing."""
        documents = {entry.document for entry in self.generation.manifest.texts.values()}
        lines = [f"The library does not hold the answer. {len(documents)} documents were searched."]
        if retrieved:
            lines[0] += " The nearest passages, none of which states it:"
            lines += [f"- {self._place(item)}" for item in retrieved[:NEAREST]]
        return Arranged("\n".join(lines), (), ())

    def _place(self, item: RetrievedChunk) -> str:
        source = self.sources[item.chunk.document]
        return as_shown(f"{source.publisher}, {source.title}: {' › '.join(item.chunk.section[-2:])}")

    def _searched(self, filters: Filters) -> tuple[str, ...]:
        texts = filters.text_ids(self.generation.manifest)
        entries = self.generation.manifest.texts
        return tuple(sorted({entry.document for name, entry in entries.items() if texts is None or name in texts}))

    def _document(self, quote: Quote) -> Document:
        return self.generation.document(quote.document if quote.part == "body" else f"{quote.document}/{quote.part}")
