"""Question → standalone question → chunks → answer of quotes, or of a model's sentences → every sentence checked."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from assistant.answering.abstention import DOUBTFUL
from assistant.answering.asked_for import as_definition
from assistant.answering.capitals import library_names
from assistant.answering.follow_ups import Turn, standalone_question
from assistant.answering.quoted_answer import Found, answer_with_quotes, list_of_register
from assistant.answering.readings import find_readings
from assistant.answering.small_talk import reply_to
from assistant.answering.understanding import Understood, library_words, understand, understand_by_rules
from assistant.answering.written_answer import Steps, write_answer
from assistant.claims import build_judge, check_sentence
from assistant.library import Library
from assistant.models.reply import WritingError
from assistant.models.writers import Writer, build_writer
from assistant.records import Answer, RetrievedChunk, Seconds
from assistant.search.retrieval import Filters
from assistant.search.scope import Scope, scope_of, search_scope
from assistant.sources.succession import warnings_for
from assistant.steps import step
from assistant.text.spelling import correct

_log = logging.getLogger(__name__)

EXTRACTIVE: Literal["extractive"] = "extractive"
Mode = Literal["extractive", "generative"]
_TURNS = threading.BoundedSemaphore((os.cpu_count() or 1) + 1)
"""Readers take turns: many at once would hold each other up on the same processors, and all get their answers late."""
READING_SHARE = 0.3
"""Most of a written answer's time that a model may take to read the question."""


def search(
    library: Library, query: str, k: int = 10, filters: Filters | None = None, as_at: str | None = None
) -> list[RetrievedChunk]:
    """Return the ``k`` best chunks, best first, those of superseded documents below their successors; see `ask`."""
    scope = _scope(library, filters, as_at)
    retriever = replace(library.retriever, reranker=library.reranker)
    with step("search"):
        return search_scope(retriever, correct(query, retriever.holds), k, scope, None)[0]


def ask(
    library: Library,
    question: str,
    filters: Filters | None = None,
    conversation: Sequence[Turn] = (),
    mode: Mode = EXTRACTIVE,
    as_at: str | None = None,
    *,
    standalone: str | None = None,
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
        standalone: the question made to stand alone, by whoever read it; by default rules do that.
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
    with _TURNS:
        retriever = library.retriever
        if standalone is None:
            alone = standalone_question(question, conversation, library_names(library))
            standalone = correct(as_definition(alone), retriever.holds)
        with step("search") as searching:
            vector = library.embedder.embed_question(standalone)
            retrieved, behind = search_scope(
                replace(retriever, reranker=library.reranker), standalone, 10, scope, vector
            )
        with step("answer") as answering:
            in_force = tuple(item for item in retrieved if item.chunk.document not in behind)
            status, arranged = answer_with_quotes(library, Found(standalone, in_force), scope, abstains)
            # In a conversation, "the board" is mostly the one that was spoken of.
            several = None if conversation else find_readings(standalone, (item.chunk.text for item in in_force))
            if several:
                arranged = replace(arranged, text=f"{several.line}\n\n{arranged.text.removeprefix(DOUBTFUL).lstrip()}")
        with step("check") as checking:
            sentences = tuple(check_sentence(item, arranged.quotes, library.document_of) for item in arranged.sentences)
    return Answer(
        question=question,
        standalone_question=standalone,
        status=status,
        answer=arranged.text,
        sentences=sentences,
        citations=arranged.quotes,
        retrieved=tuple(item.without_questions() for item in retrieved),
        documents_searched=scope.documents,
        model=EXTRACTIVE,
        library_version=library.generation.manifest.library_version,
        as_at=as_at or date.today().isoformat(),
        seconds=Seconds(searching.seconds, answering.seconds, checking.seconds),
        warnings=warnings_for(arranged.quotes, scope.sources, as_at),
        tables=arranged.tables,
        gaps=arranged.gaps,
        readings=several.questions if several else (),
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
    """Yield the extractive answer at once, then a model's sentences as it writes them, last the answer that stands.

    What the model writes is not checked when it is yielded; the last answer holds only what passed. Where the model
    reads a follow-up otherwise than the rules do, a second extractive answer replaces the first. Raises as `ask` does.
    """
    if not question.strip():
        raise ValueError("The question is empty.")
    scope = _scope(library, filters, as_at)  # before any model is opened: this refuses a wrong filter or date
    writer, judge = _open_writer(library), build_judge(library.settings)
    answer = ask(library, question, filters, conversation, as_at=as_at)
    yield answer
    # A follow-up may be out of scope only because the rules misread it.
    if _is_complete(library, answer, scope) or (answer.status == "out-of-scope" and not conversation):
        return
    steps, started = Steps(), time.monotonic()
    understood = _understood(library, answer, conversation, scope, writer, steps)
    if understood.question != answer.standalone_question:
        answer = ask(library, question, filters, conversation, as_at=as_at, standalone=understood.question)
        yield answer
    if _is_complete(library, answer, scope) or answer.status == "out-of-scope":
        return
    deadline = started + writer.seconds
    for item in write_answer(library, answer, understood, scope, writer, judge, deadline, steps):
        if isinstance(item, Answer):  # the model may cite other documents than the quotes did
            item = replace(item, warnings=warnings_for(item.citations, scope.sources, as_at))
        yield item


def _is_complete(library: Library, answer: Answer, scope: Scope) -> bool:
    """Return whether nothing is left to write: small talk, nothing found, or a complete list of a register."""
    return not answer.retrieved or list_of_register(library, answer.standalone_question, scope) is not None


def _understood(
    library: Library,
    answer: Answer,
    conversation: Sequence[Turn],
    scope: Scope,
    writer: Writer,
    steps: Steps,
) -> Understood:
    """Return how the model reads the question, or the rules where it is not asked or fails."""
    deadline = time.monotonic() + READING_SHARE * writer.seconds
    by_rules = understand_by_rules(answer.standalone_question)
    is_plain = not conversation and not by_rules.parts
    if is_plain and library.settings.model.understands == "follow-ups":
        return by_rules
    try:
        with steps.count("understand"):
            told = library_words(answer.retrieved, library, scope)
            return understand(by_rules, answer.question, conversation, told, writer, deadline)
    except WritingError as error:
        _log.warning("The chat model did not read the question (%s); the rules did.", error)
        return by_rules


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
        build_judge(library.settings)


def _open_writer(library: Library) -> Writer:
    return library.writer or build_writer(library.settings.model)


def _scope(library: Library, filters: Filters | None, as_at: str | None) -> Scope:
    return scope_of(library.generation.manifest, library.sources, filters or Filters(), as_at)
