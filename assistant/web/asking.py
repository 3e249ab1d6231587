"""A question asked in a reader's conversation, kept as it goes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering import Assistant, Turn
from assistant.errors import AssistantError, ConversationNotFoundError
from assistant.records import Answer
from assistant.retrieval import Filters
from assistant.storage import Conversations, StoredConversation
from assistant.web.deep_links import View

QUESTION_CHARACTERS = 2000
"""The longest question that is taken."""
_MARKS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)
EMPTY = StoredConversation(())


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose conversation it is. Both are secrets that the reader's browser keeps; empty where there is none yet."""

    key: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The conversation as it stands while a question is being answered."""

    reader: Reader
    stored: StoredConversation
    writing: str | None = None
    """What a model has written so far of the last answer; None when the answer is done."""


def ask_in_conversation(
    view: View, reader: Reader, assistant: Assistant, conversations: Conversations, position: int | None = None
) -> Iterator[Step]:
    """The conversation as the answer comes: where a model writes, with the evidence before its first word.

    The answer is kept from the first step on, so that nothing is lost when the reader stops or leaves. With
    ``position``, 0-based, it takes the place of that turn and of those after it.

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
    key = reader.key or new_key()
    stored = kept_conversation(reader, conversations)
    told = [item for item in stored.answers if position is None or item.position < position]
    turns = [Turn(item.answer.question, item.answer.answer) for item in told]
    conversation = reader.conversation if stored.answers else ""  # one that was deleted elsewhere is not continued
    last: Answer | None = None
    for answer, writing in _answers(view, turns, assistant):
        if answer is not last:
            if last is not None:
                conversations.replace(key, conversation, last, answer)
            elif conversation and position is not None:
                conversations.replace_from(key, conversation, position, answer)
            else:
                conversation = conversations.add(key, conversation or None, answer)
            last = answer
            reader = Reader(key, conversation)
            stored = conversations.answers(key, conversation)
        yield Step(reader, stored, writing)


def new_key() -> str:
    """A secret for a reader who has none."""
    return secrets.token_urlsafe(24)


def kept_conversation(reader: Reader, conversations: Conversations) -> StoredConversation:
    """What is kept of the reader's conversation; empty where it has been deleted."""
    if not reader.key or not reader.conversation:
        return EMPTY
    try:
        return conversations.answers(reader.key, reader.conversation)
    except ConversationNotFoundError:
        return EMPTY


def _answers(view: View, turns: list[Turn], assistant: Assistant) -> Iterator[tuple[Answer, str | None]]:
    """The answer as far as it stands, and what a model has written of it so far."""
    filters = Filters(
        view.documents,
        view.authorities,  # type: ignore[arg-type]  # the filter itself refuses what is no authority
        published_from=view.published_from or None,
        published_to=view.published_to or None,
    )
    as_at = view.as_at or None
    if not view.written:
        yield assistant.ask(view.question, filters, turns, as_at=as_at), None
        return
    said, answer = "", None
    for item in assistant.stream(view.question, filters, turns, as_at):
        if isinstance(item, Answer):  # the one of quotes comes first, the written one last
            answer = item
        else:
            said += item
        assert answer is not None
        # The cards still bear the numbers of the quotes, so the text has none until it is done.
        yield answer, _MARKS.sub("", said)
    if answer is not None:
        yield answer, None
