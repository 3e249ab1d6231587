"""A question asked in a reader's conversation, kept as it goes."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant import answering
from assistant.answering import Turn
from assistant.errors import AssistantError, ConversationNotFoundError, StorageUnavailableError
from assistant.library import Library
from assistant.records import Answer
from assistant.search.retrieval import Filters
from assistant.storage import Conversations, StoredAnswer, StoredConversation
from assistant.web.deep_links import View
from assistant.web.evidence import NEAREST

QUESTION_CHARACTERS = 2000
"""The longest question that is taken."""
_MARKS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)
EMPTY = StoredConversation(())


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose conversation it is. The first two are secrets that the browser keeps; empty where there is none yet."""

    key: str = ""
    conversation: str = ""
    held: StoredConversation = EMPTY
    """What the reader's page shows: it stands in for the database where that cannot be used."""


@dataclass(frozen=True, slots=True)
class Step:
    """The conversation as it stands while a question is being answered."""

    reader: Reader
    writing: str | None = None
    """What a model has written so far of the last answer; None when the answer is done."""

    @property
    def stored(self) -> StoredConversation:
        """What is to be shown of it."""
        return self.reader.held


def ask_in_conversation(
    view: View, reader: Reader, library: Library, conversations: Conversations, position: int | None = None
) -> Iterator[Step]:
    """The conversation as the answer comes: where a model writes, with the evidence before its first word.

    The answer is kept from the first step on, so that nothing is lost when the reader stops or leaves. Where the
    database cannot be used it comes all the same, with why it is not kept; the next question tries again to keep it.
    With ``position``, 0-based, it takes the place of that turn and of those after it.

    Raises:
        AssistantError: the question is empty or too long, a filter names what is not there, or the view is written
            and no chat model can be opened.
    """
    if not view.question.strip():
        raise AssistantError("Type a question first.")
    if len(view.question) > QUESTION_CHARACTERS:
        raise AssistantError(
            f"The question has {len(view.question):,} characters, more than {QUESTION_CHARACTERS:,}. Ask it in fewer."
        )
    keeper = _Keeper(reader, conversations, position)
    turns = [Turn(item.answer.question, item.answer.answer) for item in keeper.told]
    last: Answer | None = None
    for answer, writing in _answers(view, turns, library):
        if answer is not last:
            keeper.keep(answer)
            last = answer
        yield Step(keeper.reader, writing)


class _Keeper:
    """Keeps one answer of a conversation as it comes: that of quotes, then the written one in its place."""

    def __init__(self, reader: Reader, conversations: Conversations, position: int | None) -> None:
        self._conversations = conversations
        self._last: StoredAnswer | None = None
        key, conversation = reader.key or new_key(), reader.conversation
        try:
            stored = kept_conversation(reader, conversations)
            if not stored.answers:
                conversation = ""  # one that was deleted elsewhere is not continued
        except StorageUnavailableError as error:
            _log(error)
            stored = EMPTY
        self.reader = Reader(key, conversation)
        self._unreadable = stored.unreadable
        self.told = [item for item in stored.answers if position is None or item.position < position]
        """The turns before the answer."""
        replaced = stored.answers[len(self.told) :]
        self._place = position if any(not item.not_kept for item in replaced) else None

    def keep(self, answer: Answer) -> None:
        """Bring reader and conversation up to date with an answer, kept or not."""
        place = self.told[-1].position + 1 if self.told else 0
        try:
            self._keep(answer)
            self._last = StoredAnswer(answer, place)
        except StorageUnavailableError as error:
            _log(error)
            self._last = StoredAnswer(answer, place, not_kept=error.why)
        self.reader = replace(self.reader, held=self._shown(self._last))

    def _shown(self, last: StoredAnswer) -> StoredConversation:
        """The conversation as it is kept, where all of it is; another window may have added to it."""
        if not last.not_kept:
            try:
                return self._conversations.answers(self.reader.key, self.reader.conversation)
            except (ConversationNotFoundError, StorageUnavailableError) as error:
                _log(error)
        return StoredConversation((*self.told, last), self._unreadable)

    def _keep(self, answer: Answer) -> None:
        key, conversation = self.reader.key, self.reader.conversation
        if self._last is not None and not self._last.not_kept:
            self._conversations.replace(key, conversation, self._last.answer, answer)
        elif self._place is not None:
            self._conversations.replace_from(key, conversation, self._place, answer)
        else:
            for number, item in enumerate(self.told):
                if item.not_kept:
                    self._add(item.answer)
                    self.told[number] = replace(item, not_kept="")
            self._add(answer)

    def _add(self, answer: Answer) -> None:
        key, conversation = self.reader.key, self.reader.conversation
        try:
            conversation = self._conversations.add(key, conversation or None, answer)
        except ConversationNotFoundError:  # deleted in another window meanwhile
            conversation = self._conversations.add(key, None, answer)
        self.reader = replace(self.reader, conversation=conversation)


def _log(error: AssistantError) -> None:
    logging.getLogger(__name__).error("%s", error)


def new_key() -> str:
    """A secret for a reader who has none."""
    return secrets.token_urlsafe(24)


def kept_conversation(reader: Reader, conversations: Conversations) -> StoredConversation:
    """The reader's conversation; empty where it has been deleted.

    What the page holds stands in for the database where a part of it is not kept there, or none can be read.

    Raises:
        StorageUnavailableError: none can be read, and the page holds nothing.
    """
    if any(item.not_kept for item in reader.held.answers):
        return reader.held
    if not reader.key or not reader.conversation:
        return EMPTY
    try:
        return conversations.answers(reader.key, reader.conversation)
    except ConversationNotFoundError:
        return EMPTY
    except StorageUnavailableError as error:
        if not reader.held.answers:
            raise
        _log(error)
        return reader.held


def slimmed(stored: StoredConversation) -> StoredConversation:
    """A conversation to be held for its page: of answers that are kept, only the passages that a page can show."""
    return replace(stored, answers=tuple(map(_slim, stored.answers)))


def _slim(item: StoredAnswer) -> StoredAnswer:
    if item.not_kept:
        return item
    return replace(item, answer=replace(item.answer, retrieved=item.answer.retrieved[:NEAREST]))


def _answers(view: View, turns: list[Turn], library: Library) -> Iterator[tuple[Answer, str | None]]:
    """The answer as far as it stands, and what a model has written of it so far."""
    filters = Filters(
        view.documents,
        view.authorities,  # type: ignore[arg-type]  # the filter itself refuses what is no authority
        published_from=view.published_from or None,
        published_to=view.published_to or None,
    )
    as_at = view.as_at or None
    if not view.written:
        yield answering.ask(library, view.question, filters, turns, as_at=as_at), None
        return
    said, answer = "", None
    for item in answering.stream(library, view.question, filters, turns, as_at):
        if isinstance(item, Answer):  # the one of quotes comes first, the written one last
            answer = item
        else:
            said += item
        assert answer is not None
        # The cards still bear the numbers of the quotes, so the text has none until it is done.
        yield answer, _MARKS.sub("", said)
    if answer is not None:
        yield answer, None
