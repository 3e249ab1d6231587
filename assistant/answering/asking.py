"""Question → standalone question → chunks → passages → answer → every sentence checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from assistant.answering.abstention import abstained, fit_for, judge, probability_of_answer, weigh_evidence
from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.extractive import pick_passages
from assistant.answering.follow_ups import Rewriter, RuleRewriter, Turn
from assistant.answering.parts import PART_WORDS, Part, answered_apart, split_parts
from assistant.answering.premises import ONLY_PROPOSED, only_proposed
from assistant.answering.ranking import Passage
from assistant.answering.register_lists import RegisterLists
from assistant.claims import build_checker, check_sentence
from assistant.index import Generation
from assistant.models.embedding import Array, Embedder
from assistant.records import Answer, AnswerStatus, Document, Quote, RetrievedChunk, Seconds, Source, Span
from assistant.registers.entries import Precedent, Registers
from assistant.search.reranking import Reranker
from assistant.search.retrieval import Filters, Retriever
from assistant.search.scope import Scope, scope_of, search_scope
from assistant.settings import Settings
from assistant.sources.succession import warnings_for
from assistant.text.spelling import correct

if TYPE_CHECKING:
    from assistant.models.writers import Writer
    from assistant.precedents.cases import Cases
    from assistant.registers.accepted import CasesInForce

EXTRACTIVE: Literal["extractive"] = "extractive"
Mode = Literal["extractive", "generative"]


@dataclass(frozen=True)
class Assistant:
    """Answers questions from one generation of the index; safe to share between threads."""

    generation: Generation
    embedder: Embedder
    sources: Mapping[str, Source]
    settings: Settings = field(default_factory=Settings)
    registers: Registers = field(default_factory=Registers)
    """Fields of the registers' entries; without them a broad question is answered as any other."""
    rewriter: Rewriter = field(default_factory=RuleRewriter)
    """Who makes a follow-up stand alone."""
    writer: Writer | None = None
    """Who writes in the mode ``generative``; None opens the model of the settings when it is first asked."""
    reranker: Reranker | None = None
    """Who orders what is found for a question once more."""
    case_source: Callable[[], Cases] | None = None
    """Where the cases come from instead of the database, so that they stay as they are."""
    accepted: Mapping[str, Precedent | None] | None = None
    """What the database has in force, where it was looked at already; see `AcceptedCases.look`."""
    abstains: bool = True
    """Whether too little evidence is refused an answer; evals ask what comes of it where it is not."""

    @property
    def retriever(self) -> Retriever:
        """The retriever this assistant asks, without the reranker: what compares and checks goes by nearness alone."""
        return Retriever(self.generation, self.embedder, self.settings.retrieval, left_out=self._outdated)

    @property
    def _outdated(self) -> frozenset[str]:
        """Ids of cases that are neither quoted nor listed: the index has them in words that are not in force."""
        from assistant.registers.accepted import outdated  # which stands on this module

        accepted = self.cases_in_force.look() if self.accepted is None else self.accepted
        return outdated(self.registers, accepted) if accepted else frozenset()

    @property
    def cases(self) -> Cases:
        """The precedents in force now: the register's, as the database's accepted cases change them."""
        return (self.case_source or self.cases_in_force)()

    @cached_property
    def cases_in_force(self) -> CasesInForce:
        """Where the cases come from; it is to be closed where a database is there."""
        from assistant.registers.accepted import follow_database  # which stands on this module

        return follow_database(self)

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, as_at: str | None = None
    ) -> list[RetrievedChunk]:
        """The ``k`` best chunks, best first, those of a superseded document below the one in force; see :meth:`ask`."""
        scope = self._scope(filters, as_at)
        return self._search(correct(query, self.retriever.holds), k, scope, None, self.reranker)[0]

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        conversation: Sequence[Turn] = (),
        mode: Mode = EXTRACTIVE,
        as_at: str | None = None,
    ) -> Answer:
        """One answer, or an abstention; never a sentence that its quotes do not hold.

        ``as_at`` is an ISO date, as precise as known: only documents published by then count, and one that was
        superseded later counts as in force. Without it the library is asked as it is.

        Raises:
            ValueError: the question is empty.
            AssistantError: a filter names what is not there, ``as_at`` is no date, or the mode is generative and no
                chat model can be opened.
        """
        if mode != EXTRACTIVE:
            return [item for item in self.stream(question, filters, conversation, as_at) if isinstance(item, Answer)][
                -1
            ]
        if not question.strip():
            raise ValueError("The question is empty.")
        scope = self._scope(filters, as_at)
        standalone = correct(self.rewriter.rewrite(question, conversation), self.retriever.holds)
        started = time.perf_counter()
        vector = self.embedder.embed_question(standalone)
        retrieved, behind = self._search(standalone, 10, scope, vector, self.reranker)
        found = time.perf_counter()
        in_force = [item for item in retrieved if item.chunk.document not in behind]
        status, arranged = self._answer(standalone, vector, in_force, scope)
        answered = time.perf_counter()
        checker = build_checker(self.settings.grounding)
        sentences = tuple(check_sentence(item, arranged.quotes, self._document, checker) for item in arranged.sentences)
        checked = time.perf_counter()
        return Answer(
            question=question,
            standalone_question=standalone,
            status=status,
            answer=arranged.text,
            sentences=sentences,
            citations=arranged.quotes,
            retrieved=tuple(retrieved),
            documents_searched=scope.documents,
            model=EXTRACTIVE,
            library_version=self.generation.manifest.library_version,
            as_at=as_at or date.today().isoformat(),
            seconds=Seconds(found - started, answered - found, checked - answered),
            warnings=warnings_for(arranged.quotes, scope.sources, as_at),
        )

    def check(self, filters: Filters | None = None, mode: Mode = EXTRACTIVE, as_at: str | None = None) -> None:
        """Refuse, before anything is asked, what would make every question fail.

        Raises:
            AssistantError: a filter names what is not there, ``as_at`` is no date, or the mode is generative and no
                chat model can be opened.
        """
        self._scope(filters, as_at)
        if mode != EXTRACTIVE:
            self._open_writer()

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        conversation: Sequence[Turn] = (),
        as_at: str | None = None,
    ) -> Iterator[Answer | str]:
        """The extractive answer at once, then pieces of the written one as each stands its check, last that answer.

        Raises as `ask` does.
        """
        if not question.strip():
            raise ValueError("The question is empty.")
        scope = self._scope(filters, as_at)  # before any model is opened: this is what refuses a wrong filter or date
        from assistant.answering.generative import write_answer  # LangChain's models load slowly

        writer = self._open_writer()
        answer = self.ask(question, filters, conversation, as_at=as_at)
        yield answer
        if self._register_list(answer.standalone_question, scope) is not None:
            return  # a whole list has nothing to sum up
        check = partial(check_sentence, checker=build_checker(self.settings.grounding))
        for item in write_answer(answer, writer, self.generation, scope.sources, self._document, check):
            if isinstance(item, Answer):  # the model may cite other documents than the quotes did
                item = replace(item, warnings=warnings_for(item.citations, scope.sources, as_at))
            yield item

    def _open_writer(self) -> Writer:
        from assistant.answering.generative import build_writer  # LangChain's models load slowly

        return self.writer or build_writer(self.settings.model)

    def _scope(self, filters: Filters | None, as_at: str | None) -> Scope:
        return scope_of(self.generation.manifest, self.sources, filters or Filters(), as_at)

    def _search(
        self, question: str, k: int, scope: Scope, vector: Array | None, reranker: Reranker | None = None
    ) -> tuple[list[RetrievedChunk], frozenset[str]]:
        return search_scope(replace(self.retriever, reranker=reranker), question, k, scope, vector)

    def _answer(
        self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk], scope: Scope
    ) -> tuple[AnswerStatus, Arranged]:
        listed = self._register_list(question, scope)
        if listed is not None:
            return ("answered" if listed.sentences else "not-in-library"), listed
        status = self._judge(question, vector, retrieved)
        if status == "answered":
            parts = answered_apart(self._parts(question, scope))
            passages = self._passages(question, vector, retrieved, parts)
            if passages:
                return status, self._arrange(question, passages, scope)
            status = "not-in-library"
        return status, abstained(status, retrieved, scope)

    def _arrange(self, question: str, passages: list[Passage], scope: Scope) -> Arranged:
        """The passages as an answer, below a correction where the question takes a proposal as decided."""
        arranged = arrange(passages, self.generation, scope.sources)
        proposal = only_proposed(question, passages, self.generation, self.retriever.rarity)
        if proposal is None:
            return arranged
        number = next(quote.n for quote in arranged.quotes if _holds(quote, proposal))
        return replace(arranged, text=f"{ONLY_PROPOSED} [{number}]\n\n{arranged.text}")

    def _register_list(self, question: str, scope: Scope) -> Arranged | None:
        """Every entry of a register that a broad question asks for; None for any other question."""
        texts = scope.filters.text_ids(self.generation.manifest)
        return self._lists.answer(question, self.settings.answering.max_words, texts, self._outdated)

    @cached_property
    def _lists(self) -> RegisterLists:
        return RegisterLists(self.registers, self.generation, self.sources)

    def _passages(
        self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk], parts: Sequence[Part]
    ) -> list[Passage]:
        """What answers the question; of one with two parts, what answers each of them."""
        longest = self.settings.answering.max_words
        asked = [(question, vector, retrieved, longest)]
        if parts:
            longest = min(PART_WORDS, longest // len(parts))
            asked = [(part.standalone, part.vector, part.retrieved, longest) for part in parts]
        found: dict[tuple[str, Span], Passage] = {}
        for words, own_vector, own_retrieved, most in asked:
            picked = pick_passages(words, own_vector, own_retrieved, self.generation, most, self.retriever.rarity)
            for passage in picked:
                found.setdefault((passage.chunk.text_id, passage.span), passage)
        return list(found.values())

    def _parts(self, question: str, scope: Scope) -> list[Part]:
        """The parts of a two-part question, each searched as a question of its own; empty for any other."""
        parts = split_parts(question)
        found = []
        for number, words in enumerate(parts):
            # By rules whoever rewrites follow-ups: a chat model need not be asked twice.
            standalone = RuleRewriter().rewrite(words, [Turn(parts[0], "")]) if number else words
            vector = self.embedder.embed_question(standalone)
            retrieved, behind = self._search(standalone, 10, scope, vector)
            in_force = [item for item in retrieved if item.chunk.document not in behind]
            evidence = weigh_evidence(standalone, vector, in_force, self.generation, self.retriever.rarity)
            chance = probability_of_answer(evidence, fit_for(in_force))
            found.append(Part(words, standalone, vector, tuple(in_force), chance))
        return found

    def _judge(self, question: str, vector: Array, retrieved: Sequence[RetrievedChunk]) -> AnswerStatus:
        """Whether what was found is enough to answer."""
        if not retrieved:
            return "not-in-library"
        if not self.abstains:
            return "answered"
        evidence = weigh_evidence(question, vector, retrieved, self.generation, self.retriever.rarity)
        return judge(evidence, fit_for(retrieved))

    def _document(self, quote: Quote) -> Document:
        return self.generation.document(quote.document if quote.part == "body" else f"{quote.document}/{quote.part}")


def _holds(quote: Quote, passage: Passage) -> bool:
    text_id = quote.document if quote.part == "body" else f"{quote.document}/{quote.part}"
    return text_id == passage.chunk.text_id and quote.start <= passage.span.start and passage.span.end <= quote.end
