"""The tables. A change here needs a migration beside it; a test compares the two.

Types are those that SQLite and PostgreSQL share.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

HEAD = "0001"
"""Revision that the newest migration makes; known here so that Alembic is loaded only where there is work for it."""


class Base(DeclarativeBase):
    """Root of the tables; constraints are named, so that a migration can change them on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone: SQLite drops the zone, and PostgreSQL answers in that of the session."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; one without a zone is a mistake of ours."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, with its zone."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class ConversationRow(Base):
    """A conversation, and whose it is."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the secret that the reader's browser holds, in hexadecimal."""
    title: Mapped[str] = mapped_column(Text)
    """The first question."""
    updated: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AnswerRow(Base):
    """One turn: the answer with its question."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("conversation", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    """0-based place in the conversation."""
    record: Mapped[str] = mapped_column(Text)
    """The `Answer` as JSON."""


class FeedbackRow(Base):
    """What the reader thought of an answer."""

    __tablename__ = "feedback"

    answer: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    liked: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text)
    given: Mapped[datetime] = mapped_column(UtcDateTime)
