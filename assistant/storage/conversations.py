"""Conversations of the web app's readers: kept, continued, changed and deleted."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, select
from sqlalchemy.orm import Session

from assistant.errors import ConversationNotFoundError, StorageError, StorageUnavailableError
from assistant.records import Answer
from assistant.settings import Settings
from assistant.storage.ageing import look_at_clock
from assistant.storage.case_fields import storable
from assistant.storage.database import Database, open_database
from assistant.storage.schema import AnswerRow, ConversationRow, FeedbackRow

MOST_REASON_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of a reader's list of conversations."""

    id: str
    title: str
    """The first question, as it was asked."""
    updated: datetime
    """When it last got or changed an answer, in UTC."""
    turns: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given, and what its reader thought of it."""

    answer: Answer
    position: int
    """0-based place in the conversation; one is skipped where an answer cannot be read any more."""
    liked: bool | None = None
    reason: str = ""
    not_kept: str = ""
    """Why the database does not hold it, as a clause such as "its disk is full"; empty where it does."""


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation's answers, in their order."""

    answers: tuple[StoredAnswer, ...]
    unreadable: int = 0
    """Answers that an older version stored in a form that this one cannot read; they are left out."""


class Conversations:
    """What each reader asked and was answered.

    A ``reader`` is a random secret that a browser holds; only its SHA-256 is stored. Another reader's conversation is
    treated as one that is not there. Threads may share it. Every method raises ``StorageError`` where the database
    cannot be used.

    Args:
        keep_days: starting a conversation deletes those untouched for longer, whoever's they are; None keeps all.
        now: the time in UTC.
    """

    def __init__(
        self, database: Database, keep_days: int | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._keep_days = keep_days
        self._now = now

    def list(self, reader: str) -> tuple[ConversationSummary, ...]:
        """The reader's conversations, newest first."""
        turns = func.count(AnswerRow.id)
        query = (
            select(ConversationRow.id, ConversationRow.title, ConversationRow.updated, turns)
            .outerjoin(AnswerRow, AnswerRow.conversation == ConversationRow.id)
            .where(ConversationRow.reader == _digest(reader))
            .group_by(ConversationRow.id, ConversationRow.title, ConversationRow.updated)
            .order_by(ConversationRow.updated.desc(), ConversationRow.id)
        )
        with self._database.read() as session:
            return tuple(ConversationSummary(*row) for row in session.execute(query))

    def answers(self, reader: str, conversation: str) -> StoredConversation:
        """The answers of a conversation, each equal to what was added, with their feedback.

        Raises:
            ConversationNotFoundError: it is not there, or not this reader's.
        """
        query = (
            select(AnswerRow.record, AnswerRow.position, FeedbackRow.liked, FeedbackRow.reason)
            .join(ConversationRow, AnswerRow.conversation == ConversationRow.id)
            .outerjoin(FeedbackRow, FeedbackRow.answer == AnswerRow.id)
            .where(_belongs(reader, conversation))
            .order_by(AnswerRow.position)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
        if not rows:  # a conversation has an answer from its start
            raise _not_found()
        found = []
        for record, position, liked, reason in rows:
            answer = answer_from_json(record)
            if answer is not None:
                found.append(StoredAnswer(answer, position, liked, reason or ""))
        return StoredConversation(tuple(found), len(rows) - len(found))

    def add(self, reader: str, conversation: str | None, answer: Answer) -> str:
        """The id of the conversation that now ends with ``answer``; None starts one.

        Raises:
            ConversationNotFoundError: it is not there, or not this reader's.
        """
        with self._database.write() as session:
            if conversation is None:
                row = ConversationRow(id=secrets.token_urlsafe(16), reader=_digest(reader))
                session.add(row)
                position = 0
            else:
                row = _own(session, reader, conversation)
                position = _turns(session, row.id)
            self._put(session, row, position, answer)
            name = row.id
        if conversation is None:
            self.forget_old()
        return name

    def replace_from(self, reader: str, conversation: str, position: int, answer: Answer) -> None:
        """Put ``answer`` in the place of the turns from ``position`` (0-based) on, with their feedback.

        ``position`` may be the number of turns: then nothing is replaced, and it is added.

        Raises:
            ConversationNotFoundError: it is not there, or not this reader's.
            StorageError: it has no such turn.
        """
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            turns = _turns(session, row.id)
            if not 0 <= position <= turns:
                raise _no_turn(position, turns)
            session.execute(delete(AnswerRow).where(AnswerRow.conversation == row.id, AnswerRow.position >= position))
            self._put(session, row, position, answer)

    def replace(self, reader: str, conversation: str, old: Answer, new: Answer) -> None:
        """Put ``new`` in the place of ``old``; turns after it, which another window may have added, stay.

        Raises:
            ConversationNotFoundError: the conversation is not there, or not this reader's.
            StorageError: ``old`` is not in it any more.
        """
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            answer = session.scalar(
                select(AnswerRow).where(AnswerRow.conversation == row.id, AnswerRow.record == _record(old))
            )
            if answer is None:
                raise StorageError("The answer is not there any more: it was changed meanwhile. Reload the page.")
            answer.record = _record(new)
            self._touch(session, row)

    def delete(self, reader: str, conversation: str) -> None:
        """Delete a conversation with its answers and feedback; nothing happens where it is not there."""
        with self._database.write(erases=True) as session:
            session.execute(delete(ConversationRow).where(_belongs(reader, conversation)))

    def delete_all(self, reader: str) -> None:
        """Delete every conversation of a reader with their answers and feedback."""
        with self._database.write(erases=True) as session:
            session.execute(delete(ConversationRow).where(ConversationRow.reader == _digest(reader)))

    def feedback(self, reader: str, conversation: str, position: int, liked: bool | None, reason: str = "") -> None:
        """Keep what the reader thinks of the answer at ``position`` (0-based) in place of what they thought before.

        Neither a like nor a reason takes it back.

        Raises:
            ConversationNotFoundError: it is not there, or not this reader's.
            StorageError: it has no such turn, or the reason is longer than 2,000 characters.
        """
        reason = storable(reason.strip())
        if len(reason) > MOST_REASON_CHARACTERS:
            raise StorageError(
                f"The reason has {len(reason):,} characters; shorten it to {MOST_REASON_CHARACTERS:,} or fewer."
            )
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            turn = and_(AnswerRow.conversation == row.id, AnswerRow.position == position)
            answer = session.scalar(select(AnswerRow.id).where(turn))
            if answer is None:
                raise _no_turn(position, _turns(session, row.id))
            session.execute(delete(FeedbackRow).where(FeedbackRow.answer == answer))
            if liked is not None or reason:
                session.add(FeedbackRow(answer=answer, liked=liked, reason=reason, given=self._now()))

    def forget(self, older_than_days: int) -> int:
        """How many conversations were deleted, since nothing was added to them for ``older_than_days`` days.

        Days are those of :mod:`assistant.storage.ageing`.

        Raises:
            ValueError: fewer than one day.
        """
        if older_than_days < 1:
            raise ValueError(f"older_than_days is {older_than_days}; it must be 1 or more.")
        # In a transaction of its own: on PostgreSQL others hold a conversation while they wait for the clock.
        with self._database.write() as session:
            oldest = look_at_clock(session, self._now()) - timedelta(days=older_than_days)
            outdated = ConversationRow.touched < oldest
            if session.scalar(select(ConversationRow.id).where(outdated).limit(1)) is None:
                return 0
        with self._database.write(erases=True) as session:
            result = session.execute(delete(ConversationRow).where(outdated))
            return cast(CursorResult[None], result).rowcount

    def forget_old(self) -> None:
        """Delete those kept for long enough; where the database refuses, they are deleted another time."""
        if self._keep_days is None:
            return
        try:
            self.forget(self._keep_days)
        except StorageUnavailableError as error:
            logging.getLogger(__name__).warning("Old conversations were not deleted. %s", error)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _put(self, session: Session, row: ConversationRow, position: int, answer: Answer) -> None:
        if position == 0:
            row.title = storable(answer.question)
        self._touch(session, row)
        session.flush()
        session.add(AnswerRow(conversation=row.id, position=position, record=_record(answer)))

    def _touch(self, session: Session, row: ConversationRow) -> None:
        row.updated = self._now()
        row.touched = look_at_clock(session, row.updated)


def open_conversations(settings: Settings) -> Conversations:
    """The conversations of the settings' database; those kept long enough are deleted first.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    conversations = Conversations(open_database(settings), settings.storage.keep_days)
    try:
        conversations.forget_old()
    except BaseException:
        conversations.close()
        raise
    return conversations


def answer_from_json(record: str) -> Answer | None:
    """The answer of a stored record; None where it was stored in a form that no longer fits."""
    try:
        # A status of earlier versions. Quotation marks inside a value are escaped, so this can only be the key.
        return _answers().validate_json(record.replace('"status":"declined"', '"status":"out-of-scope"'))
    except ValidationError:
        return None


def _record(answer: Answer) -> str:
    return _answers().dump_json(answer).decode()


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def _digest(reader: str) -> str:
    if not reader:
        raise ValueError("The reader's secret is empty: it would be everybody's.")
    return hashlib.sha256(reader.encode("utf-8", "surrogatepass")).hexdigest()


def _belongs(reader: str, conversation: str) -> ColumnElement[bool]:
    return and_(ConversationRow.id == conversation, ConversationRow.reader == _digest(reader))


def _own(session: Session, reader: str, conversation: str) -> ConversationRow:
    """The conversation, locked: on PostgreSQL two writers would else give two answers the same position."""
    row = session.scalar(select(ConversationRow).where(_belongs(reader, conversation)).with_for_update())
    if row is None:
        raise _not_found()
    return row


def _turns(session: Session, conversation: str) -> int:
    return session.scalar(select(func.count(AnswerRow.id)).where(AnswerRow.conversation == conversation)) or 0


def _no_turn(position: int, turns: int) -> StorageError:
    return StorageError(
        f"The conversation has {turns} answers and no place {position + 1}: it was changed meanwhile. Reload the page."
    )


def _not_found() -> ConversationNotFoundError:
    return ConversationNotFoundError("The conversation is not there: it was deleted, or not kept. Start a new one.")
