"""A question asked in a reader's conversation, saved as the answer comes."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant import answering
from assistant.answering import Turn
from assistant.errors import AssistantError, ConversationNotFoundError, StorageUnavailableError
from assistant.library import Library
from assistant.readers import current_account
from assistant.records import Answer
from assistant.search.retrieval import Filters
from assistant.steps import step
from assistant.storage import Conversations, StoredAnswer, StoredConversation
from assistant.web.ask.conversation_html import MOST_TURNS
from assistant.web.deep_links import View
from assistant.web.evidence import NEAREST

QUESTION_CHARACTERS = 2000
"""Longest question accepted."""
EMPTY = StoredConversation(())


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose conversation it is. The browser keeps the first two, which are secrets; both may be empty.

    Where somebody is signed in, the key is their account, which no browser gets.
    """

    key: str = ""
    conversation: str = ""
    held: StoredConversation = EMPTY
    """What the reader's page shows, used if the database fails."""


@dataclass(frozen=True, slots=True)
class Step:
    """The conversation while a question is being answered."""

    reader: Reader
    writing: str | None = None
    """What a model has written so far of the last answer; None once it is done."""

    @property
    def stored(self) -> StoredConversation:
        """The conversation to show."""
        return self.reader.held


def ask_in_conversation(
    view: View, reader: Reader, library: Library, conversations: Conversations, position: int | None = None
) -> Iterator[Step]:
    """Yield the conversation as the answer comes; a model's evidence comes before its first word.

    The answer is saved from the first step, so that nothing is lost if the reader stops or leaves. If the database
    fails, the answer says so, and the next question tries to save it again. With ``position``, 0-based, the answer
    replaces that turn and all later ones.

    Raises:
        AssistantError: the question is empty or too long, a filter value is unknown, a written answer is asked for
            and no chat model can be opened, or the audit log cannot be written and is required.
    """
    if not view.question.strip():
        raise AssistantError("Enter a question.")
    if len(view.question) > QUESTION_CHARACTERS:
        raise AssistantError(
            f"The question has {len(view.question):,} characters; the limit is {QUESTION_CHARACTERS:,}. Shorten it."
        )
    keeper = _Keeper(reader, conversations, position)
    turns = [Turn(item.answer.question, item.answer.answer) for item in keeper.earlier]
    last: Answer | None = None
    with step("question") as asked:
        for answer, writing in _answers(view, turns, library):
            if answer is not last:
                keeper.keep(answer)
                last = answer
                asked.result = answer.status
            yield Step(keeper.reader, writing)


class _Keeper:
    """Saves one answer as it comes: first the quotes, then the written answer in their place."""

    def __init__(self, reader: Reader, conversations: Conversations, position: int | None) -> None:
        self._conversations = conversations
        self._last: StoredAnswer | None = None
        key, conversation = reader.key or new_key(), reader.conversation
        try:
            stored = kept_conversation(reader, conversations, MOST_TURNS)
            if not stored.answers:
                conversation = ""  # it was deleted elsewhere
        except StorageUnavailableError as error:
            _log(error)
            stored = EMPTY
        self.reader = Reader(key, conversation)
        self._before = stored
        self.earlier = [item for item in stored.answers if position is None or item.position < position]
        """The turns before the answer."""
        replaced = stored.answers[len(self.earlier) :]
        self._place = position if any(not item.not_kept for item in replaced) else None

    def keep(self, answer: Answer) -> None:
        """Update the reader's conversation with an answer, saved if possible."""
        place = self.earlier[-1].position + 1 if self.earlier else 0
        try:
            self._keep(answer)
            self._last = StoredAnswer(answer, place)
        except StorageUnavailableError as error:
            if self._conversations.log.is_required:
                raise
            _log(error)
            self._last = StoredAnswer(answer, place, not_kept=error.why)
        self.reader = replace(self.reader, held=self._shown(self._last))

    def _shown(self, last: StoredAnswer) -> StoredConversation:
        """Return the conversation; read again if all of it is saved, because another window may have added to it."""
        if not last.not_kept:
            try:
                return self._conversations.answers(self.reader.key, self.reader.conversation, MOST_TURNS)
            except (ConversationNotFoundError, StorageUnavailableError) as error:
                _log(error)
        return replace(self._before, answers=(*self.earlier, last))

    def _keep(self, answer: Answer) -> None:
        key, conversation = self.reader.key, self.reader.conversation
        if self._last is not None and not self._last.not_kept:
            self._conversations.replace(key, conversation, self._last.answer, answer)
        elif self._place is not None:
            self._conversations.replace_from(key, conversation, self._place, answer)
        else:
            for number, item in enumerate(self.earlier):
                if item.not_kept:
                    self._add(item.answer, again=True)
                    self.earlier[number] = replace(item, not_kept="")
            self._add(answer)

    def _add(self, answer: Answer, *, again: bool = False) -> None:
        key, conversation = self.reader.key, self.reader.conversation
        try:
            conversation = self._conversations.add(key, conversation or None, answer, again=again)
        except ConversationNotFoundError:  # deleted in another window
            conversation = self._conversations.add(key, None, answer)
        self.reader = replace(self.reader, conversation=conversation)


def _log(error: AssistantError) -> None:
    logging.getLogger(__name__).error("%s", error)


def own_key(key: str) -> str:
    """Return whose conversations a page shows: the account's, or where nobody signs in, of who has the page's key."""
    return current_account() or key


def new_key() -> str:
    """Return a new secret for a reader."""
    return secrets.token_urlsafe(24)


def kept_conversation(reader: Reader, conversations: Conversations, last: int | None = None) -> StoredConversation:
    """Return the reader's conversation, with ``last`` only so many of its answers; empty if it was deleted.

    The page's own copy is used if a part of it is not saved, or the database cannot be read.

    Raises:
        StorageUnavailableError: the database cannot be read, and the page holds nothing.
    """
    if any(item.not_kept for item in reader.held.answers):
        return reader.held
    if not reader.key or not reader.conversation:
        return EMPTY
    try:
        return conversations.answers(reader.key, reader.conversation, last)
    except ConversationNotFoundError:
        return EMPTY
    except StorageUnavailableError as error:
        if not reader.held.answers:
            raise
        _log(error)
        return reader.held


def trimmed_for_page(stored: StoredConversation) -> StoredConversation:
    """Return a conversation for the page to hold: saved answers keep only the passages that a page can show."""
    return replace(stored, answers=tuple(map(_trim, stored.answers)))


def _trim(item: StoredAnswer) -> StoredAnswer:
    if item.not_kept:
        return item
    return replace(item, answer=replace(item.answer, retrieved=item.answer.retrieved[:NEAREST]))


def _answers(view: View, turns: list[Turn], library: Library) -> Iterator[tuple[Answer, str | None]]:
    """Yield the answer so far, and what a model has written of it."""
    filters = Filters(
        view.documents,
        view.authorities,  # type: ignore[arg-type]  # the filter refuses unknown authorities
        published_from=view.published_from or None,
        published_to=view.published_to or None,
    )
    as_at = view.as_at or None
    if not view.written:
        yield answering.ask(library, view.question, filters, turns, as_at=as_at), None
        return
    said, answer = "", None
    for item in answering.stream(library, view.question, filters, turns, as_at):
        if isinstance(item, Answer):  # of quotes first, the written one last
            answer = item
        else:
            said += item
        assert answer is not None
        yield answer, said
    if answer is not None:
        yield answer, None
