"""What the database holds of one person: found and erased for whoever asks for that."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, or_, select, true
from sqlalchemy.orm import Session

from assistant.errors import NotAllowedError, StorageError
from assistant.storage.audit import AuditLog, account_of, subject_of
from assistant.storage.database import Database
from assistant.storage.people import folded
from assistant.storage.schema import (
    AnswerRow,
    AuditRow,
    AuditWordsRow,
    Base,
    CaseEventRow,
    ConversationRow,
    CredentialRow,
    FeedbackRow,
    HoldRow,
    PersonRow,
)

_DIGEST = re.compile(r"[0-9a-f]{64}")
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DataSubject:
    """By what the tables know a person."""

    readers: frozenset[str]
    """As whom they read and act: accounts, the digest of a browser's id, or "user NAME" on the command line."""
    subject: str
    """How the audit log names them where a row is about them."""
    person: int | None = None
    """Their row in `people`."""
    name: str = ""


def find_subject(database: Database, name: str) -> DataSubject:
    """Return who is meant by a name, by a reader's digest or by "user NAME".

    Raises:
        StorageError: nobody is.
    """
    with database.read() as session:
        row = session.scalar(select(PersonRow).where(PersonRow.folded == folded(name)))
        if row is not None:
            return _subject(row)
    if _DIGEST.fullmatch(name) or name.startswith("user "):
        return DataSubject(frozenset({name}), name)
    raise StorageError(
        f"Nobody was ever registered or signed in as {name!r}. Give a name that `steward people list` shows, or what "
        "the log names a reader by: 64 hexadecimal digits, or 'user NAME'."
    )


def _subject(row: PersonRow) -> DataSubject:
    return DataSubject(frozenset({account_of(row)}), subject_of(row), row.id, row.name)


def held_subjects(session: Session) -> list[DataSubject] | None:
    """Return who is under a legal hold; None where everybody is."""
    names = session.scalars(select(HoldRow.subject)).all()
    if "" in names:
        return None
    people = {subject_of(row): row for row in session.scalars(select(PersonRow))} if names else {}
    return [_subject(people[name]) if name in people else DataSubject(frozenset({name}), name) for name in names]


def held_conversations(session: Session) -> ColumnElement[bool]:
    """Return which conversations a legal hold keeps."""
    held = held_subjects(session)
    if held is None:
        return true()
    return or_(false(), *(conversations_of(session, who) for who in held))


def check_not_held(session: Session, who: DataSubject) -> None:
    """Raise NotAllowedError where a legal hold keeps what is held of somebody."""
    row = session.scalar(select(HoldRow).where(HoldRow.subject.in_(("", who.subject))).limit(1))
    if row is not None:
        name = "--everybody" if not row.subject else who.name or who.subject
        raise NotAllowedError(
            f"A legal hold keeps everything since {row.since:%Y-%m-%d}: {row.reason}. End it with `steward audit "
            f"release {shlex.quote(name)}` first."
        )


def conversations_of(session: Session, who: DataSubject) -> ColumnElement[bool]:
    """Return which conversations are theirs: those of their account, and those that the log names as theirs."""
    keys = {hashlib.sha256(reader.encode()).hexdigest() for reader in who.readers}
    # A browser's conversations belong to another secret than its cookie, so only the log connects the two.
    asked = select(AuditRow.details).where(AuditRow.who.in_(who.readers), AuditRow.action == "question")
    named = {json.loads(details).get("conversation") for details in session.scalars(asked)} - {None}
    return ConversationRow.reader.in_(keys) | ConversationRow.id.in_(named)


def personal_records(
    database: Database, who: DataSubject | None, first: datetime = EARLIEST, last: datetime = LATEST
) -> Iterator[dict[str, Any]]:
    """Yield what the database holds of somebody, or of everybody, from ``first`` to before ``last``, ready for JSON.

    Accounts and tokens are there whatever the period; a conversation counts by its last answer. A person is not told
    who else acted.

    Raises:
        StorageError: the database cannot be reached or read.
    """
    with database.read() as session:
        yield from _account(session, who)
        ids = session.scalars(
            select(ConversationRow.id)
            .where(conversations_of(session, who) if who else true())
            .order_by(ConversationRow.updated, ConversationRow.id)
        ).all()
        for name in ids:
            yield from _conversation(session, name, first, last)
        yield from _case_events(session, who, first, last)
    for row, kept in AuditLog(database).rows():
        is_own = who is None or row.who in who.readers
        if first <= row.happened < last and (is_own or (who is not None and row.subject == who.subject)):
            yield {
                "kind": "log",
                "number": row.number,
                "happened": row.happened.isoformat(),
                "who": row.who if is_own else "somebody else",
                "about": row.subject,
                "action": row.action,
                "details": json.loads(row.details),
                "question": kept.words if kept else None,
                "hash": row.hash,
            }


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased of a person, or would be."""

    conversations: int
    feedback: int
    questions: int
    """Whose words the audit log had."""
    files: int = 0


def erase_records(database: Database, who: DataSubject, files: int = 0, *, dry_run: bool = False) -> Erased:
    """Delete somebody's conversations with feedback, and the words of their questions in the log, and log that.

    The log's rows stay, and so does what they did with cases. ``files`` is how many of theirs were removed before.

    Raises:
        NotAllowedError: a legal hold keeps it.
        StorageError: the database cannot be reached or written.
    """
    with database.write(erases=True) as session:
        check_not_held(session, who)
        theirs = conversations_of(session, who)
        questions = AuditWordsRow.number.in_(select(AuditRow.number).where(AuditRow.who.in_(who.readers)))
        answers = select(AnswerRow.id).join(ConversationRow).where(theirs)
        erased = Erased(
            count_of(session, ConversationRow, theirs),
            count_of(session, FeedbackRow, FeedbackRow.answer.in_(answers)),
            count_of(session, AuditWordsRow, questions),
            files,
        )
        if not dry_run:
            session.execute(delete(ConversationRow).where(theirs))
            session.execute(delete(AuditWordsRow).where(questions))
            AuditLog(database).add(session, "erased", asdict(erased), subject=who.subject)
        return erased


def count_of(session: Session, table: type[Base], which: ColumnElement[bool]) -> int:
    """Return how many rows of a table there are."""
    return session.scalar(select(func.count()).select_from(table).where(which)) or 0


def _account(session: Session, who: DataSubject | None) -> Iterator[dict[str, Any]]:
    people = select(PersonRow).order_by(PersonRow.id)
    for row in session.scalars(people if who is None else people.where(PersonRow.id == who.person)):
        ended = row.ended and row.ended.isoformat()
        yield {"kind": "account", "name": row.name, "role": row.role, "added": row.added.isoformat(), "ended": ended}
        given = select(CredentialRow).where(CredentialRow.person == row.id).order_by(CredentialRow.id)
        for credential in session.scalars(given):
            moments = {name: getattr(credential, name).isoformat() for name in ("given", "used", "expires")}
            yield {"kind": "session or token", "scope": credential.scope, **moments}


def _conversation(session: Session, name: str, first: datetime, last: datetime) -> Iterator[dict[str, Any]]:
    row = session.get_one(ConversationRow, name)
    if not first <= row.updated < last:
        return
    yield {"kind": "conversation", "id": name, "title": row.title, "updated": row.updated.isoformat()}
    turns = (
        select(AnswerRow, FeedbackRow)
        .outerjoin(FeedbackRow, FeedbackRow.answer == AnswerRow.id)
        .where(AnswerRow.conversation == name)
        .order_by(AnswerRow.position)
    )
    for answer, feedback in session.execute(turns):
        place = {"conversation": name, "position": answer.position}
        yield {"kind": "answer", **place, "record": json.loads(answer.record or "null")}
        if feedback is not None:
            said = {"liked": feedback.liked, "reason": feedback.reason, "given": feedback.given.isoformat()}
            yield {"kind": "feedback", **place, **said}


def _case_events(
    session: Session, who: DataSubject | None, first: datetime, last: datetime
) -> Iterator[dict[str, Any]]:
    events = select(CaseEventRow).where(CaseEventRow.happened >= first, CaseEventRow.happened < last)
    if who is not None:
        events = events.where(CaseEventRow.who == who.name, CaseEventRow.who != "")
    for row in session.scalars(events.order_by(CaseEventRow.id)):
        yield {
            "kind": "case",
            "case": row.case,
            "event": row.number,
            "action": row.action,
            "who": row.who,
            "happened": row.happened.isoformat(),
            "comment": row.comment,
            "fields": json.loads(row.fields),
        }
