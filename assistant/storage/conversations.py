"""Conversations of the web app's readers: kept, continued, changed and deleted."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from assistant.errors import ConversationNotFoundError, NotAllowedError, StorageError, StorageUnavailableError
from assistant.records import Answer
from assistant.settings import Settings
from assistant.storage.ageing import advance_clock
from assistant.storage.audit import AuditLog, answer_details
from assistant.storage.case_fields import storable
from assistant.storage.database import Database, open_database
from assistant.storage.personal_records import held_conversations
from assistant.storage.retention import Gone, Keep, keep_of, retain
from assistant.storage.schema import AnswerRow, ConversationRow, FeedbackRow

MOST_REASON_CHARACTERS = 2_000
MOST_TITLE_CHARACTERS = 200
_FOR_GOOD = Keep()


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A line of a reader's list of conversations."""

    id: str
    title: str
    """The first question, as asked, or the name that the reader gave it."""
    updated: datetime
    """When an answer was last added or changed, in UTC."""
    turns: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given, with its reader's feedback."""

    answer: Answer
    position: int
    """0-based place in the conversation; the place of an unreadable answer is skipped."""
    liked: bool | None = None
    reason: str = ""
    not_kept: str = ""
    """Why the database does not hold it, as a clause such as "its disk is full"; empty where it does."""


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation's answers, or the last of them, in order."""

    answers: tuple[StoredAnswer, ...]
    unreadable: int = 0
    """Answers left out because an older version stored them in a form that this one cannot read."""
    earlier: int = 0
    """Answers before these, which were not read."""


class Conversations:
    """The questions and answers of each reader. Threads may share it.

    A ``reader`` is a random secret that a browser holds; only its SHA-256 is stored. Another reader's conversation
    counts as missing. Every method raises ``StorageError`` where the database cannot be used.

    Args:
        keep: starting a conversation deletes what is older; by default nothing.
        now: returns the time in UTC.
    """

    def __init__(
        self, database: Database, keep: Keep = _FOR_GOOD, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._keep = keep
        self._now = now
        self.log = AuditLog(database, now)
        """The audit log, in the same database."""

    def list(self, reader: str) -> tuple[ConversationSummary, ...]:
        """Return the reader's conversations, newest first."""
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

    def answers(self, reader: str, conversation: str, last: int | None = None) -> StoredConversation:
        """Return the answers of a conversation, each equal to what was added, with their feedback.

        With ``last`` only so many are read.

        Raises:
            ConversationNotFoundError: it does not exist, or is another reader's.
        """
        query = (
            select(AnswerRow.record, AnswerRow.position, FeedbackRow.liked, FeedbackRow.reason)
            .join(ConversationRow, AnswerRow.conversation == ConversationRow.id)
            .outerjoin(FeedbackRow, FeedbackRow.answer == AnswerRow.id)
            .where(_belongs(reader, conversation))
            .order_by(AnswerRow.position.desc())
            .limit(last)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()[::-1]
        if not rows:  # every conversation has at least one answer
            raise _not_found()
        found = []
        for record, position, liked, reason in rows:
            answer = answer_from_json(record)
            if answer is not None:
                found.append(StoredAnswer(answer, position, liked, reason or ""))
        return StoredConversation(tuple(found), len(rows) - len(found), rows[0].position)

    def add(self, reader: str, conversation: str | None, answer: Answer, *, again: bool = False) -> str:
        """Add ``answer`` and return the conversation's id; None starts a conversation.

        Where it was tried before and failed, call it ``again``: the database may have kept the answer before the
        connection to it broke, and then nothing is added.

        Raises:
            ConversationNotFoundError: it does not exist, or is another reader's.
        """
        with self._database.write() as session:
            if again and (held := _holding(session, reader, answer)):
                return held
            if conversation is None:
                row = ConversationRow(id=secrets.token_urlsafe(16), reader=_digest(reader))
                session.add(row)
                position = 0
            else:
                row = _own(session, reader, conversation)
                position = _turns(session, row.id)
            self._put(session, row, position, answer)
            self._note(session, "question", row.id, answer)
            name = row.id
        if conversation is None:
            self.forget_old()
        return name

    def replace_from(self, reader: str, conversation: str, position: int, answer: Answer) -> None:
        """Replace the turns from ``position`` (0-based) on, and their feedback, by ``answer``.

        A ``position`` equal to the number of turns adds it.

        Raises:
            ConversationNotFoundError: it does not exist, or is another reader's.
            StorageError: it has no such turn.
        """
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            turns = _turns(session, row.id)
            if not 0 <= position <= turns:
                raise _no_turn(position, turns)
            if position < turns:
                _check_not_held(session, _belongs(reader, conversation))
            session.execute(delete(AnswerRow).where(AnswerRow.conversation == row.id, AnswerRow.position >= position))
            self._put(session, row, position, answer)
            self._note(session, "question", row.id, answer)

    def replace(self, reader: str, conversation: str, old: Answer, new: Answer) -> None:
        """Replace ``old`` by ``new``; later turns, which another window may have added, stay.

        Raises:
            ConversationNotFoundError: the conversation does not exist, or is another reader's.
            StorageError: ``old`` is no longer in it.
        """
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            answer = session.scalar(
                select(AnswerRow).where(AnswerRow.conversation == row.id, AnswerRow.record == _record(old))
            )
            if answer is None:
                raise StorageError("This answer has changed since you opened the page. Reload the page.")
            answer.record = _record(new)
            self._touch(session, row)
            self._note(session, "written-answer", row.id, new)

    def rename(self, reader: str, conversation: str, title: str) -> None:
        """Give a conversation another title in the reader's list.

        Raises:
            ConversationNotFoundError: it does not exist, or is another reader's.
            StorageError: the title is empty or longer than 200 characters.
        """
        title = storable(" ".join(title.split()))
        if not 0 < len(title) <= MOST_TITLE_CHARACTERS:
            raise StorageError(f"The name has {len(title)} characters. Enter 1 to {MOST_TITLE_CHARACTERS}.")
        with self._database.write() as session:
            _own(session, reader, conversation).title = title

    def delete(self, reader: str, conversation: str) -> None:
        """Delete a conversation with its answers and feedback; do nothing where it does not exist."""
        with self._database.write(erases=True) as session:
            self._delete(session, _belongs(reader, conversation))

    def delete_all(self, reader: str) -> None:
        """Delete every conversation of a reader with their answers and feedback."""
        with self._database.write(erases=True) as session:
            self._delete(session, ConversationRow.reader == _digest(reader))

    def feedback(self, reader: str, conversation: str, position: int, liked: bool | None, reason: str = "") -> None:
        """Save the reader's feedback on the answer at ``position`` (0-based), replacing earlier feedback.

        Neither a like nor a reason removes it.

        Raises:
            ConversationNotFoundError: it does not exist, or is another reader's.
            StorageError: it has no such turn, or the reason is longer than 2,000 characters.
        """
        reason = storable(reason.strip())
        if len(reason) > MOST_REASON_CHARACTERS:
            raise StorageError(
                f"The reason has {len(reason):,} characters. Shorten it to {MOST_REASON_CHARACTERS:,} or fewer."
            )
        with self._database.write(erases=True) as session:
            row = _own(session, reader, conversation)
            turn = and_(AnswerRow.conversation == row.id, AnswerRow.position == position)
            answer = session.scalar(select(AnswerRow.id).where(turn))
            if answer is None:
                raise _no_turn(position, _turns(session, row.id))
            session.execute(delete(FeedbackRow).where(FeedbackRow.answer == answer))
            if liked is not None or reason:
                now = self._now()
                touched = advance_clock(session, now)
                session.add(FeedbackRow(answer=answer, liked=liked, reason=reason, given=now, touched=touched))

    def forget(self, keep: Keep) -> Gone:
        """Delete what is older and return how much; see :func:`assistant.storage.retention.retain`."""
        return retain(self._database, keep, self._now)

    def forget_old(self) -> None:
        """Delete what is past its time; where the database refuses, that waits for another time."""
        if self._keep == _FOR_GOOD:
            return
        try:
            self.forget(self._keep)
        except StorageUnavailableError as error:
            logging.getLogger(__name__).warning("Old conversations were not deleted. %s", error)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _delete(self, session: Session, which: ColumnElement[bool]) -> None:
        _check_not_held(session, which)
        for name in session.scalars(delete(ConversationRow).where(which).returning(ConversationRow.id)).all():
            self.log.add(session, "conversation-deleted", {"conversation": name})

    def _note(self, session: Session, action: str, conversation: str, answer: Answer) -> None:
        """Log an answer; the words of a question once, with the first."""
        words = answer.question if action == "question" else ""
        self.log.add(session, action, {"conversation": conversation, **answer_details(answer)}, words=words)

    def _put(self, session: Session, row: ConversationRow, position: int, answer: Answer) -> None:
        if position == 0:
            row.title = storable(answer.question)
        self._touch(session, row)
        session.flush()
        session.add(AnswerRow(conversation=row.id, position=position, record=_record(answer)))

    def _touch(self, session: Session, row: ConversationRow) -> None:
        row.updated = self._now()
        row.touched = advance_clock(session, row.updated)


def open_conversations(settings: Settings) -> Conversations:
    """Open the conversations of the settings' database, after deleting those past their time.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    conversations = Conversations(open_database(settings), keep_of(settings))
    try:
        conversations.forget_old()
    except BaseException:
        conversations.close()
        raise
    return conversations


def answer_from_json(record: str) -> Answer | None:
    """Return the answer of a stored record; None where its form no longer fits."""
    try:
        return _answers().validate_python(_as_now(json.loads(record)))
    except (KeyError, TypeError, ValueError):  # pydantic's errors are values' errors too
        return None


def _as_now(record: dict[str, Any]) -> dict[str, Any]:
    """Return a stored answer, perhaps of an earlier version, in the form of this one."""
    if record["status"] == "declined":
        record["status"] = "out-of-scope"
    for quote in record["citations"]:
        if "speaker" not in quote:  # the publisher was taken for the speaker of every sentence
            quote["speaker"] = _publisher(quote.pop("authority"), quote["publisher"], quote["published"])
            quote["form"] = "quote" if quote["form"] == "original" else "summary"
    for found in record["retrieved"]:
        if "speakers" not in (chunk := found["chunk"]):
            who = _publisher(chunk.pop("authority"), chunk["document"], "")
            chunk["speakers"] = [who] * len(chunk["sentences"])
            chunk["form"] = "original" if chunk["form"] == "original" else "summary"
    return record


def _publisher(authority: str, name: str, date: str) -> dict[str, str]:
    return {"name": name, "kind": "publisher", "authority": authority, "date": date}


def _record(answer: Answer) -> str:
    return _answers().dump_json(answer).decode()


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def _digest(reader: str) -> str:
    if not reader:
        raise ValueError("The reader's secret is empty; it would be shared by everybody.")
    return hashlib.sha256(reader.encode("utf-8", "surrogatepass")).hexdigest()


def _belongs(reader: str, conversation: str) -> ColumnElement[bool]:
    return and_(ConversationRow.id == conversation, ConversationRow.reader == _digest(reader))


def _check_not_held(session: Session, which: ColumnElement[bool]) -> None:
    held = select(ConversationRow.id).where(which, held_conversations(session))
    if session.scalar(held.limit(1)) is not None:
        raise NotAllowedError("A legal hold keeps your conversations for now. Ask your administrator.")


def _own(session: Session, reader: str, conversation: str) -> ConversationRow:
    """Return the conversation, locked: otherwise two writers on PostgreSQL would give two answers one position."""
    row = session.scalar(select(ConversationRow).where(_belongs(reader, conversation)).with_for_update())
    if row is None:
        raise _not_found()
    return row


def _holding(session: Session, reader: str, answer: Answer) -> str | None:
    """Return the reader's conversation that holds this answer, by its every detail; None where none does."""
    return session.scalar(
        select(ConversationRow.id)
        .join(AnswerRow, AnswerRow.conversation == ConversationRow.id)
        .where(ConversationRow.reader == _digest(reader), AnswerRow.record == _record(answer))
        .limit(1)
    )


def _turns(session: Session, conversation: str) -> int:
    return session.scalar(select(func.count(AnswerRow.id)).where(AnswerRow.conversation == conversation)) or 0


def _no_turn(position: int, turns: int) -> StorageError:
    return StorageError(
        f"The conversation has {turns} answers and no place {position + 1}: it has changed since. Reload the page."
    )


def _not_found() -> ConversationNotFoundError:
    return ConversationNotFoundError("The conversation does not exist: it was deleted, or not saved. Start a new one.")
