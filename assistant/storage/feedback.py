"""Feedback for developers: without who gave it, and in which conversation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from assistant.records import AnswerStatus
from assistant.storage.conversations import answer_from_json
from assistant.storage.database import Database
from assistant.storage.schema import AnswerRow, FeedbackRow


@dataclass(frozen=True, slots=True)
class FeedbackItem:
    """A reader's feedback on one answer. Question and reason are their words, and may hold personal data."""

    question: str
    status: AnswerStatus
    liked: bool | None
    reason: str
    library_version: str
    model: str
    date: str
    """ISO date on which it was given, in UTC; without the time of day, which could identify them."""


@dataclass(frozen=True, slots=True)
class FeedbackExport:
    """All feedback, oldest first."""

    items: tuple[FeedbackItem, ...]
    unreadable: int = 0
    """Left out because an older version stored their answers in a form that this one cannot read."""


def export_feedback(database: Database) -> FeedbackExport:
    """Return all feedback, oldest first.

    Raises:
        StorageError: the database cannot be reached or read.
    """
    query = (
        select(AnswerRow.record, FeedbackRow.liked, FeedbackRow.reason, FeedbackRow.given)
        .join(FeedbackRow, FeedbackRow.answer == AnswerRow.id)
        .order_by(FeedbackRow.given, FeedbackRow.answer)
    )
    items = []
    unreadable = 0
    with database.read() as session:
        for record, liked, reason, given in session.execute(query):
            answer = answer_from_json(record)
            if answer is None:
                unreadable += 1
                continue
            items.append(
                FeedbackItem(
                    answer.question,
                    answer.status,
                    liked,
                    reason,
                    answer.library_version,
                    answer.model,
                    given.date().isoformat(),
                )
            )
    return FeedbackExport(tuple(items), unreadable)
