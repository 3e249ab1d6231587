"""The audit log: who did what and when. Rows are only added, and each holds the hash of the one before.

A hash is the SHA-256 of the row's other columns, the hash before among them, as a JSON array: a row that is changed,
removed or put in later no longer fits its neighbours. Rows removed at the end leave no trace, nor does a log that was
written anew as a whole: for those, keep a checkpoint, a number with its hash, elsewhere.

The words of a question are not in its row but beside it, with a random salt; the row holds the SHA-256 of both. Once
they are erased the chain still holds, and no guess at them can be tried.

A row is written in the transaction of what it tells of, so that neither is kept without the other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assistant import __version__
from assistant.errors import StorageUnavailableError
from assistant.readers import acting
from assistant.records import Answer
from assistant.settings import Settings
from assistant.storage.ageing import advance_clock
from assistant.storage.case_fields import storable
from assistant.storage.database import Database, open_database
from assistant.storage.schema import AuditRow, AuditWordsRow, PersonRow

START = "0" * 64
"""What stands for the hash before the first row."""
RETAINED = "retention-run"
"""The action of a row that says which of the oldest rows were removed."""
_LOCK = 7_384_904
"""Any number; PostgreSQL lets one transaction at a time hold it."""
_AT_ONCE = 5_000
"""Rows read at once."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A row of the log as somebody keeps it elsewhere, to compare the log with later."""

    number: int
    hash: str

    def __str__(self) -> str:
        """Return it as `steward audit verify --since` takes it."""
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What the check of the log found."""

    rows: int
    newest: Checkpoint
    """The last row up to which the chain holds."""
    problem: str = ""
    """What is wrong, as a sentence; empty where the chain holds."""


class AuditLog:
    """The log of a database. Threads may share it; the database says whether anything is logged.

    Args:
        now: returns the time in UTC.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    @property
    def is_required(self) -> bool:
        """Whether what cannot be logged is refused."""
        return self._database.audit == "required"

    def add(
        self,
        session: Session,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        who: str = "",
        subject: str = "",
        words: str = "",
    ) -> None:
        """Add a row in a transaction that writes, as the last thing that it does: others wait for its end.

        Args:
            details: what JSON can hold; never anybody's words.
            who: who acts, if not the reader being answered or whoever runs the program.
            subject: whom it is about besides; see :func:`subject_of`.
            words: a question, which is kept beside the row.
        """
        if self._database.audit == "off":
            return
        now = self._now()
        if "audited" not in session.info:  # first the clock, then the log: in another order two could block each other
            session.info["audited"] = advance_clock(session, now)
            if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
                session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        newest = session.execute(select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1))
        number, previous = newest.one_or_none() or (0, START)
        salt, words = secrets.token_hex(16), storable(words)
        told = dict(details or {}) | ({"words": _digest(salt + words)} if words else {})
        row = AuditRow(
            number=number + 1,
            happened=now,
            counted=session.info["audited"],
            who=storable(who or acting()),
            subject=subject,
            action=action,
            details=json.dumps(told, sort_keys=True),
            previous=previous,
        )
        row.hash = _hash(row)
        session.add(row)
        session.flush()
        if words:
            session.add(AuditWordsRow(number=row.number, salt=salt, words=words))

    def record(
        self, action: str, details: Mapping[str, Any] | None = None, *, subject: str = "", words: str = ""
    ) -> str:
        """Add a row of its own; return why the database does not hold it, as a clause, and empty where it does.

        Raises:
            StorageUnavailableError: it cannot be written, and is required.
        """
        if self._database.audit == "off":
            return ""
        try:
            with self._database.write() as session:
                self.add(session, action, details, subject=subject, words=words)
        except StorageUnavailableError as error:
            if self.is_required:
                raise
            return _missed(action, error)
        return ""

    def verify(self, since: Checkpoint | None = None) -> Verified:
        """Check the chain, the words that are kept, and that the log still holds the row of a checkpoint.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        rows, newest, begins, removed = 0, Checkpoint(0, START), Checkpoint(0, START), []
        for row, kept in self.rows():
            if not rows:
                begins = newest = Checkpoint(row.number - 1, row.previous)
            problem = _problem(row, kept, newest)
            if problem:
                return Verified(rows, newest, problem)
            if row.action == RETAINED:
                removed.append(json.loads(row.details).get("rows_until"))
            rows, newest = rows + 1, Checkpoint(row.number, row.hash)
            if since is not None and since.number == row.number and since.hash != row.hash:
                return Verified(rows, newest, f"Row {row.number} is not the one of the checkpoint.")
        if begins.number and str(begins) not in removed:
            return Verified(rows, newest, f"Row {begins.number} is missing, and no retention run removed it.")
        if not begins.number and begins.hash != START:
            return Verified(rows, newest, "Row 1 was put in later: it names a row before it.")
        if since is not None and since.number > newest.number:
            return Verified(rows, newest, f"Rows {newest.number + 1} to {since.number} are missing at the end.")
        if since is not None and since.number < begins.number:
            words = f"Row {since.number} was removed by a retention run, so this checkpoint shows nothing. Keep a newer"
            return Verified(rows, newest, f"{words} one.")
        if since is not None and since.number == begins.number and since.hash != begins.hash:
            return Verified(rows, newest, f"Row {since.number} was not the one of the checkpoint.")
        return Verified(rows, newest)

    def rows(self) -> Iterator[tuple[AuditRow, AuditWordsRow | None]]:
        """Yield the rows, oldest first, with their words where those are kept.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        query = (
            select(AuditRow, AuditWordsRow)
            .outerjoin(AuditWordsRow, AuditWordsRow.number == AuditRow.number)
            .order_by(AuditRow.number)
            .limit(_AT_ONCE)
        )
        last: int | None = None
        while True:
            with self._database.read() as session:
                found = session.execute(query if last is None else query.where(AuditRow.number > last)).all()
            yield from ((row, kept) for row, kept in found)
            if len(found) < _AT_ONCE:
                return
            last = found[-1][0].number

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def open_audit(settings: Settings) -> AuditLog:
    """Open the log of the settings' database.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    return AuditLog(open_database(settings))


def record_event(settings: Settings, action: str, details: Mapping[str, Any] | None = None) -> None:
    """Add a row of its own where the database is not open, as for a change of the library.

    Raises:
        StorageError: it cannot be written, and is required.
    """
    if settings.audit == "off":
        return
    try:
        log = open_audit(settings)
    except StorageUnavailableError as error:
        if settings.audit == "required":
            raise
        _missed(action, error)
        return
    try:
        log.record(action, details)
    finally:
        log.close()


def answer_details(answer: Answer) -> dict[str, Any]:
    """Return what a row tells of an answer: no words, but where the cited ones stand."""
    return {
        "status": answer.status,
        "model": answer.model,
        "steward": __version__,
        "library": answer.library_version,
        "as_at": answer.as_at,
        "citations": [[quote.text_id, quote.start, quote.end] for quote in answer.citations],
    }


def subject_of(person: PersonRow) -> str:
    """Return how the log names somebody whom a row is about: without their name, which erasing could not take out."""
    return f"person {person.id}"


def account_of(person: PersonRow) -> str:
    """Return as whom somebody reads and acts; who has a key and never signed in may have tokens."""
    return person.account or _digest(f"person {person.id}")


def _missed(action: str, error: StorageUnavailableError) -> str:
    logging.getLogger(__name__).error("Not in the audit log: %s. %s", action, error)
    return error.why


def _problem(row: AuditRow, kept: AuditWordsRow | None, before: Checkpoint) -> str:
    """Return what is wrong with a row after the one ``before``; empty where it fits."""
    if row.number != before.number + 1:
        return f"Row {before.number + 1} is missing: after row {before.number} comes row {row.number}."
    if row.hash != _hash(row):
        return f"Row {row.number} was changed."
    if row.previous != before.hash:
        return f"Row {row.number} does not follow row {before.number}: one of the two was put in later or exchanged."
    if kept is not None and json.loads(row.details).get("words") != _digest(kept.salt + kept.words):
        return f"The words of row {row.number} were changed."
    return ""


def _hash(row: AuditRow) -> str:
    moments = [moment.astimezone(UTC).isoformat(timespec="microseconds") for moment in (row.happened, row.counted)]
    columns = [row.number, *moments, row.who, row.subject, row.action, row.details, row.previous]
    return _digest(json.dumps(columns, separators=(",", ":")))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
