"""What is deleted once its time is over, by kind, and the legal holds that keep it.

Days are those of `assistant.storage.ageing`. Of the log the oldest rows go, up to the first that is held; the row that
notes the run has the number and hash of the last of them, with which the chain begins from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from assistant.errors import StorageError
from assistant.settings import Settings
from assistant.storage.ageing import advance_clock
from assistant.storage.audit import RETAINED, AuditLog, Checkpoint
from assistant.storage.database import Database
from assistant.storage.personal_records import DataSubject, count_of, held_conversations, held_subjects
from assistant.storage.schema import AnswerRow, AuditRow, AuditWordsRow, Base, ConversationRow, FeedbackRow, HoldRow


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days each kind is kept; None for good."""

    conversations: int | None = None
    """Since somebody last added to them."""
    feedback: int | None = None
    questions: int | None = None
    """Their words in the log."""
    rows: int | None = None
    """Of the log."""


@dataclass(frozen=True, slots=True)
class Gone:
    """How much was deleted of each kind, or would be."""

    conversations: int = 0
    feedback: int = 0
    questions: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold."""

    subject: str
    """As the audit log names them; empty for everybody."""
    reason: str
    since: datetime


Which = tuple[type[Base], ColumnElement[bool]]


def keep_of(settings: Settings) -> Keep:
    """Return for how long the settings have each kind kept."""
    storage = settings.storage
    return Keep(storage.keep_days, storage.keep_feedback_days, storage.keep_questions_days, storage.keep_log_days)


def retain(database: Database, keep: Keep, now: Callable[[], datetime], *, dry_run: bool = False) -> Gone:
    """Delete what is past its time and not held, and log how much; with ``dry_run`` only say it.

    Raises:
        StorageError: the database cannot be reached or written.
        ValueError: fewer than one day.
    """
    if wrong := {name: days for name, days in asdict(keep).items() if days is not None and days < 1}:
        raise ValueError(f"The days to keep are {wrong}; they must be 1 or more.")
    # In its own transaction: on PostgreSQL others hold a conversation while they wait for the clock.
    with database.write() as session:
        counted = advance_clock(session, now())
        due = {name: count_of(session, *which) for name, which in _due(session, database, keep, counted).items()}
    if dry_run or not any(due.values()):
        return Gone(**due)
    with database.write(erases=True) as session:
        told: dict[str, Any] = {}
        for name, (table, which) in _due(session, database, keep, counted).items():
            if count := count_of(session, table, which):
                told[name] = count
                if name == "rows":
                    newest = select(AuditRow.number, AuditRow.hash).where(which).order_by(AuditRow.number.desc())
                    told["rows_until"] = str(Checkpoint(*session.execute(newest.limit(1)).one()))
                session.execute(delete(table).where(which))
        if told:
            AuditLog(database, now).add(session, RETAINED, told)
    return Gone(**{name: told[name] for name in due if name in told})


def hold(database: Database, who: DataSubject | None, reason: str) -> None:
    """Keep everything of somebody, or of everybody, until it is released.

    Raises:
        StorageError: it is held already, or the database cannot be written.
    """
    if not reason.strip():
        raise StorageError("The reason is empty. Say why with --reason.")
    subject = who.subject if who else ""
    with database.write(one_at_a_time=True) as session:
        if session.scalar(select(HoldRow.id).where(HoldRow.subject == subject)) is not None:
            raise StorageError("There is such a hold already; `steward audit holds` lists them.")
        session.add(HoldRow(subject=subject, reason=reason.strip(), since=datetime.now(UTC)))
        session.flush()
        AuditLog(database).add(session, "held", subject=subject)


def release(database: Database, who: DataSubject | None) -> None:
    """End a hold.

    Raises:
        StorageError: there is none, or the database cannot be written.
    """
    subject = who.subject if who else ""
    with database.write(one_at_a_time=True) as session:
        row = session.scalar(select(HoldRow).where(HoldRow.subject == subject))
        if row is None:
            raise StorageError("There is no such hold; `steward audit holds` lists them.")
        session.delete(row)
        AuditLog(database).add(session, "released", subject=subject)


def list_holds(database: Database) -> tuple[Hold, ...]:
    """Return the holds, oldest first."""
    with database.read() as session:
        rows = session.scalars(select(HoldRow).order_by(HoldRow.id))
        return tuple(Hold(row.subject, row.reason, row.since) for row in rows)


def _due(session: Session, database: Database, keep: Keep, counted: datetime) -> Mapping[str, Which]:
    """Return by kind what is past its time and not held."""
    held = held_subjects(session)
    if held is None:
        return {}
    readers, subjects = {reader for who in held for reader in who.readers}, {who.subject for who in held}
    theirs = AuditRow.who.in_(readers) | AuditRow.subject.in_(subjects)
    due: dict[str, Which] = {}
    if keep.conversations is not None:
        old = ConversationRow.touched < counted - timedelta(days=keep.conversations)
        due["conversations"] = ConversationRow, old & ~held_conversations(session)
    if keep.feedback is not None:
        old = FeedbackRow.touched < counted - timedelta(days=keep.feedback)
        kept = select(AnswerRow.id).join(ConversationRow).where(held_conversations(session))
        due["feedback"] = FeedbackRow, old & FeedbackRow.answer.not_in(kept)
    if keep.questions is not None:
        old = AuditWordsRow.number < _first_since(session, counted - timedelta(days=keep.questions))
        due["questions"] = AuditWordsRow, old & AuditWordsRow.number.not_in(select(AuditRow.number).where(theirs))
    if keep.rows is not None and database.audit != "off":  # a removal that nobody notes would break the chain
        first = _first_since(session, counted - timedelta(days=keep.rows))
        newest = session.scalar(select(func.max(AuditRow.number))) or 0  # stays, since the next row has its hash
        first_held = session.scalar(select(func.min(AuditRow.number)).where(theirs)) if held else None
        due["rows"] = AuditRow, AuditRow.number < min(first, newest, first_held or first)
    return due


def _first_since(session: Session, moment: datetime) -> int:
    """Return the number of the first row that is not older, or of the one that comes next."""
    query = select(AuditRow.number).where(AuditRow.counted >= moment).order_by(AuditRow.counted, AuditRow.number)
    found = session.scalar(query.limit(1))
    return found if found is not None else (session.scalar(select(func.max(AuditRow.number))) or 0) + 1
