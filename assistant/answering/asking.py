"""Question → standalone question → chunks → answer of quotes → every sentence checked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Literal

from assistant.answering.follow_ups import Rewriter, RuleRewriter, Turn
from assistant.answering.quoted_answer import Found, answer_with_quotes, list_of_register
from assistant.answering.small_talk import reply_to
from assistant.answering.written_answer import write_answer
from assistant.claims import build_judge, check_sentence
from assistant.library import Library
from assistant.models.writers import Writer, build_writer
from assistant.records import Answer, RetrievedChunk, Seconds
from assistant.search.retrieval import Filters
from assistant.search.scope import Scope, scope_of, search_scope
from assistant.sources.succession import warnings_for
from assistant.text.spelling import correct

EXTRACTIVE: Literal["extractive"] = "extractive"
Mode = Literal["extractive", "generative"]


def search(
    library: Library, query: str, k: int = 10, filters: Filters | None = None, as_at: str | None = None
) -> list[RetrievedChunk]:
    """Return the ``k`` best chunks, best first, those of superseded documents below their successors; see `ask`."""
    scope = _scope(library, filters, as_at)
    retriever = replace(library.retriever, reranker=library.reranker)
    return search_scope(retriever, correct(query, retriever.holds), k, scope, None)[0]


def ask(
    library: Library,
    question: str,
    filters: Filters | None = None,
    conversation: Sequence[Turn] = (),
    mode: Mode = EXTRACTIVE,
    as_at: str | None = None,
    *,
    rewriter: Rewriter | None = None,
    abstains: bool = True,
) -> Answer:
    """Return one answer, or an abstention; never a sentence that its quotes do not support.

    Args:
        library: what is asked.
        question: the reader's words.
        filters: which part of the library to search; by default all of it.
        conversation: earlier turns, by which a follow-up is understood.
        mode: ``extractive`` for sentences of the library, ``generative`` for a chat model's, each checked.
        as_at: an ISO date, as precise as known: only documents published by then count, with their status then.
            By default the library is asked as it is today.
        rewriter: makes a follow-up stand alone; by default rules do.
        abstains: whether to abstain on too little evidence; evals also ask without.

    Raises:
        ValueError: the question is empty.
        AssistantError: a filter has an unknown value, ``as_at`` is not a date, or the mode is generative and no chat
            model can be opened.
    """
    if mode != EXTRACTIVE:
        *_, answer = stream(library, question, filters, conversation, as_at)
        assert isinstance(answer, Answer)
        return answer
    if not question.strip():
        raise ValueError("The question is empty.")
    scope = _scope(library, filters, as_at)
    reply = reply_to(question, (f"{item.publisher}: {item.title}" for item in library.held.values()))
    if reply is not None:
        return _small_talk(library, question, reply, as_at)
    retriever = library.retriever
    standalone = correct((rewriter or RuleRewriter()).rewrite(question, conversation), retriever.holds)
    started = time.perf_counter()
    vector = library.embedder.embed_question(standalone)
    retrieved, behind = search_scope(replace(retriever, reranker=library.reranker), standalone, 10, scope, vector)
    found = time.perf_counter()
    in_force = tuple(item for item in retrieved if item.chunk.document not in behind)
    status, arranged = answer_with_quotes(library, Found(standalone, vector, in_force), scope, abstains)
    answered = time.perf_counter()
    sentences = tuple(check_sentence(item, arranged.quotes, library.document_of) for item in arranged.sentences)
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
        library_version=library.generation.manifest.library_version,
        as_at=as_at or date.today().isoformat(),
        seconds=Seconds(found - started, answered - found, checked - answered),
        warnings=warnings_for(arranged.quotes, scope.sources, as_at),
        tables=arranged.tables,
        gaps=arranged.gaps,
    )


def _small_talk(library: Library, question: str, reply: str, as_at: str | None) -> Answer:
    return Answer(
        question=question,
        standalone_question=question,
        status="answered",
        answer=reply,
        sentences=(),
        citations=(),
        retrieved=(),
        documents_searched=(),
        model=EXTRACTIVE,
        library_version=library.generation.manifest.library_version,
        as_at=as_at or date.today().isoformat(),
    )


def stream(
    library: Library,
    question: str,
    filters: Filters | None = None,
    conversation: Sequence[Turn] = (),
    as_at: str | None = None,
) -> Iterator[Answer | str]:
    """Yield the extractive answer at once, then pieces of the written one as each passes its check, last that answer.

    Raises as `ask` does.
    """
    if not question.strip():
        raise ValueError("The question is empty.")
    scope = _scope(library, filters, as_at)  # before any model is opened: this refuses a wrong filter or date
    writer = _open_writer(library)
    answer = ask(library, question, filters, conversation, as_at=as_at)
    yield answer
    if not answer.retrieved or list_of_register(library, answer.standalone_question, scope) is not None:
        return  # small talk, or a complete list: neither needs a summary
    check = partial(check_sentence, judge=build_judge(library.settings))
    for item in write_answer(answer, writer, library.generation, scope.sources, library.document_of, check):
        if isinstance(item, Answer):  # the model may cite other documents than the quotes did
            item = replace(item, warnings=warnings_for(item.citations, scope.sources, as_at))
        yield item


def check_request(
    library: Library, filters: Filters | None = None, mode: Mode = EXTRACTIVE, as_at: str | None = None
) -> None:
    """Refuse, before the first question, what would make every question fail.

    Raises:
        AssistantError: a filter has an unknown value, ``as_at`` is not a date, or the mode is generative and no chat
            model can be opened.
    """
    _scope(library, filters, as_at)
    if mode != EXTRACTIVE:
        _open_writer(library)


def _open_writer(library: Library) -> Writer:
    return library.writer or build_writer(library.settings.model)


def _scope(library: Library, filters: Filters | None, as_at: str | None) -> Scope:
    return scope_of(library.generation.manifest, library.sources, filters or Filters(), as_at)
