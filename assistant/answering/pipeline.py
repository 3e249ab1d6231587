"""Question → standalone question → chunks → passages → answer → every sentence checked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from assistant.answering.abstention import fit_for, judge, weigh_evidence
from assistant.answering.arrangement import Arranged, arrange, as_shown
from assistant.answering.extractive import pick_passages
from assistant.answering.follow_ups import Turn, standalone_question
from assistant.answering.register_lists import RegisterLists
from assistant.embedding import Array, Embedder
from assistant.grounding import check_sentence
from assistant.index import Generation
from assistant.records import Answer, AnswerStatus, Document, Quote, RetrievedChunk, Seconds, Source
from assistant.registers import Registers
from assistant.retrieval import Filters, Retriever
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answering.writers import Writer

EXTRACTIVE: Literal["extractive"] = "extractive"
Mode = Literal["extractive", "generative"]
NEAREST = 3
"""How many passages an abstention names."""


@dataclass(frozen=True)
class Assistant:
    """Answers questions from one generation of the index; safe to share between threads."""

    generation: Generation
    embedder: Embedder
    sources: Mapping[str, Source]
    settings: Settings = field(default_factory=Settings)
    registers: Registers = field(default_factory=Registers)
    """Fields of the registers' entries; without them a broad question is answered as any other."""
    writer: Writer | None = None
    """Who writes in the mode ``generative``; None opens the model of the settings when it is first asked."""

    @property
    def retriever(self) -> Retriever:
        """The retriever this assistant asks."""
        return Retriever(self.generation, self.embedder, self.settings.retrieval)

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        conversation: Sequence[Turn] = (),
        mode: Mode = EXTRACTIVE,
    ) -> Answer:
        """One answer, or an abstention; never a sentence that its quotes do not hold.

        Raises:
            ValueError: the question is empty.
            AssistantError: a filter names what is not there, or the mode is generative and no chat model can be opened.
        """
        if mode != EXTRACTIVE:
            return [item for item in self.stream(question, filters, conversation) if isinstance(item, Answer)][-1]
        if not question.strip():
            raise ValueError("The question is empty.")
        filters = filters or Filters()
        standalone = standalone_question(question, conversation)
        started = time.perf_counter()
        vector = self.embedder.embed_question(standalone)
        retrieved = self.retriever.retrieve(standalone, 10, filters, vector)
        found = time.perf_counter()
        status, arranged = self._answer(standalone, vector, retrieved, filters)
        answered = time.perf_counter()
        sentences = tuple(check_sentence(item, arranged.quotes, self._document) for item in arranged.sentences)
        checked = time.perf_counter()
        return Answer(
            question=question,
            standalone_question=standalone,
            status=status,
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

    def stream(
        self, question: str, filters: Filters | None = None, conversation: Sequence[Turn] = ()
    ) -> Iterator[Answer | str]:
        """The extractive answer at once, then pieces of the written one as each stands its check, last that answer.

        Raises as `ask` does.
        """
        from assistant.answering.generative import build_writer, write_answer  # LangChain's models load slowly

        writer = self.writer or build_writer(self.settings.model)
        answer = self.ask(question, filters, conversation)
        yield answer
        if self._register_list(answer.standalone_question, filters or Filters()) is not None:
            return  # a whole list has nothing to sum up
        yield from write_answer(answer, writer, self.generation, self.sources, self._document)

    def _answer(
        self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk], filters: Filters
    ) -> tuple[AnswerStatus, Arranged]:
        listed = self._register_list(question, filters)
        if listed is not None:
            return ("answered" if listed.sentences else "not-in-library"), listed
        status = self._judge(question, vector, retrieved)
        if status == "answered":
            passages = pick_passages(
                question, vector, retrieved, self.generation, self.settings.answering.max_words, self.retriever.rarity
            )
            if passages:
                return status, arrange(passages, self.generation, self.sources)
            status = "not-in-library"
        return status, self._abstain(status, retrieved)

    def _register_list(self, question: str, filters: Filters) -> Arranged | None:
        """Every entry of a register that a broad question asks for; None for any other question."""
        texts = filters.text_ids(self.generation.manifest)
        return self._lists.answer(question, self.settings.answering.max_words, texts)

    @cached_property
    def _lists(self) -> RegisterLists:
        return RegisterLists(self.registers, self.generation, self.sources)

    def _judge(self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk]) -> AnswerStatus:
        """Whether what was found is enough to answer."""
        evidence = weigh_evidence(question, vector, retrieved, self.generation, self.retriever.rarity)
        return judge(evidence, fit_for(retrieved))

    def _abstain(self, status: AnswerStatus, retrieved: Sequence[RetrievedChunk]) -> Arranged:
        """Says what was searched and what came nearest; claims nothing."""
        documents = {entry.document for entry in self.generation.manifest.texts.values()}
        searched = f"{len(documents)} documents were searched."
        if status == "out-of-scope":
            return Arranged(f"This is outside what the library is about. {searched}", (), ())
        lines = [f"The library does not hold the answer. {searched}"]
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
