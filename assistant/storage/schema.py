"""The tables. Each change needs a migration; a test compares the two.

Types are those that SQLite and PostgreSQL share.
"""

from __future__ import annotations

from datetime import UTC, datetime

import brotli
from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

HEAD = "0007"
"""Revision of the newest migration; known here so that Alembic is loaded only when there is work for it."""


class Base(DeclarativeBase):
    """Root of the tables; constraints have names, so that a migration can change them on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone: SQLite drops the zone, and PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; one without a zone is a bug."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC, with its zone."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class CompressedText(TypeDecorator[str]):
    """Text that Brotli compresses: an answer to a fifth, in a millisecond."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the text compressed."""
        return None if value is None else brotli.compress(value.encode(), mode=brotli.MODE_TEXT, quality=5)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Return the text; empty where it is damaged."""
        try:
            return None if value is None else brotli.decompress(value).decode()
        except (brotli.error, UnicodeDecodeError):
            return ""


class ConversationRow(Base):
    """A conversation and its reader."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the secret that the reader's browser holds, in hexadecimal."""
    title: Mapped[str] = mapped_column(Text)
    """The first question."""
    updated: Mapped[datetime] = mapped_column(UtcDateTime)
    touched: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """The same on the clock of `ClockRow`, which decides when it is deleted."""


class ClockRow(Base):
    """The one row of the clock by which conversations age: the system clock without its jumps."""

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    counted: Mapped[datetime] = mapped_column(UtcDateTime)
    """What this clock shows."""
    seen: Mapped[datetime] = mapped_column(UtcDateTime)
    """What the system clock showed at the last look."""


class AnswerRow(Base):
    """One turn: the answer with its question."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("conversation", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    """0-based place in the conversation."""
    record: Mapped[str] = mapped_column(CompressedText)
    """The `Answer` as JSON."""


class FeedbackRow(Base):
    """A reader's feedback on an answer."""

    __tablename__ = "feedback"

    answer: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    liked: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text)
    given: Mapped[datetime] = mapped_column(UtcDateTime)
    touched: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """The same on the clock of `ClockRow`; None for that of earlier versions, which goes with its conversation."""


class PersonRow(Base):
    """Somebody who may contribute. A row is ended, never deleted: the history of cases names people."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text, unique=True)
    """The name without capitals and other details that eyes miss: no two people may look the same."""
    role: Mapped[str] = mapped_column(String(16))
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the key, in hexadecimal; None for who signs in, and once the registration has ended."""
    account: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    """SHA-256 of who they are where they sign in, in hexadecimal: their conversations and files belong to it."""
    added: Mapped[datetime] = mapped_column(UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CredentialRow(Base):
    """What shows who sends a request: the session of a browser, or a token of a program."""

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True, index=True)
    """SHA-256 of the secret, in hexadecimal."""
    person: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    given: Mapped[datetime] = mapped_column(UtcDateTime)
    used: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last used, about."""
    expires: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseRow(Base):
    """Which of a case's events count now; everything else is in the events."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    begun_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Number of its newest event."""
    in_force: Mapped[int | None]
    """Number of the event whose fields are in force."""


class CaseEventRow(Base):
    """One event in the life of a case. Rows are added, never changed or deleted."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Rises in the order in which events are committed."""
    case: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    """1-based within the case."""
    action: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    happened: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    """State of the case after it."""
    comment: Mapped[str] = mapped_column(Text)
    fields: Mapped[str] = mapped_column(Text)
    """All fields of the case after it, as JSON."""


class AuditRow(Base):
    """One row of the audit log. Rows are added, never changed; the oldest are removed once their time is over."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1-based, without gaps."""
    happened: Mapped[datetime] = mapped_column(UtcDateTime)
    counted: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """The same on the clock of `ClockRow`, which decides when it is removed."""
    who: Mapped[str] = mapped_column(Text, index=True)
    """Account or reader, in hexadecimal; "user NAME" on the command line; "unknown" for a program without a token."""
    subject: Mapped[str] = mapped_column(Text, index=True)
    """Whom it is about besides, as "person 3" by the id of `PersonRow`; empty for nobody."""
    action: Mapped[str] = mapped_column(String(32))
    details: Mapped[str] = mapped_column(Text)
    """A JSON object without anybody's words."""
    previous: Mapped[str] = mapped_column(String(64))
    """Hash of the row before."""
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over all of the above, in hexadecimal."""


class AuditWordsRow(Base):
    """The words of a question in the audit log, which can be erased without breaking its chain."""

    __tablename__ = "audit_words"

    number: Mapped[int] = mapped_column(ForeignKey("audit.number", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    """Random; the row holds the SHA-256 of salt and words, so that nobody can try guesses once they are erased."""
    words: Mapped[str] = mapped_column(CompressedText)


class HoldRow(Base):
    """A legal hold: nothing of a person, or of anybody, is deleted until it is released."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text, unique=True)
    """As in the audit log; empty for everybody."""
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
