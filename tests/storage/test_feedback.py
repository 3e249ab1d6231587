"""Feedback for developers: every line of it, and nobody in it."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import update

from assistant.cli import main
from assistant.settings import Settings
from assistant.storage import Conversations, Database, FeedbackItem, export_feedback
from assistant.storage.schema import AnswerRow
from tests.export.notes.answers import QUOTE, abstention, answer_with

READER = "a reader's secret"
FIRST = answer_with(QUOTE, question="How many boats – 40?")
SECOND = abstention(question="What colour are the lamps?", model="local:small")
LINES = [
    FeedbackItem(SECOND.question, "not-in-library", True, "", "5ea9ea167f90", "local:small", "2026-11-27"),
    FeedbackItem(FIRST.question, "answered", False, "the figure\nis old", "5ea9ea167f90", "extractive", "2026-11-27"),
]


@pytest.fixture
def given(conversations: Conversations) -> str:
    """A conversation of three answers, two of them with feedback."""
    conversation = conversations.add(READER, None, FIRST)
    conversations.add(READER, conversation, SECOND)
    conversations.add(READER, conversation, SECOND)
    conversations.feedback(READER, conversation, 1, True)
    conversations.feedback(READER, conversation, 0, False, "the figure\nis old")
    return conversation


def test_all_feedback_is_exported_oldest_first(given: str, database: Database) -> None:
    found = export_feedback(database)
    assert list(found.items) == LINES
    assert found.unreadable == 0
    assert {field.name for field in fields(FeedbackItem)}.isdisjoint({"reader", "conversation"})


def test_feedback_on_an_answer_that_no_longer_fits_is_counted(given: str, database: Database) -> None:
    with database.write() as session:
        session.execute(update(AnswerRow).where(AnswerRow.position == 0).values(record="{}"))
    found = export_feedback(database)
    assert (list(found.items), found.unreadable) == (LINES[:1], 1)


def test_feedback_goes_with_its_conversation(given: str, database: Database, conversations: Conversations) -> None:
    conversations.delete(READER, given)
    assert export_feedback(database).items == ()


def test_the_command_saves_it_and_writes_over_nothing(
    given: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if settings.storage.url is not None:
        monkeypatch.setenv("STEWARD_STORAGE__URL", settings.storage.url.get_secret_value())
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(settings.index.folder))
    file = tmp_path / "feedback.jsonl"

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(("feedback", "export", *arguments))
        return int(ended.value.code or 0)

    assert run(str(file)) == 0
    printed = capsys.readouterr()
    assert printed.out == f"Saved 2 lines to {file}.\n"
    assert "may contain personal data" in printed.err
    content = file.read_text(encoding="utf-8")
    assert [FeedbackItem(**json.loads(line)) for line in content.splitlines()] == LINES
    assert given not in content
    assert file.stat().st_mode & 0o777 == 0o600
    assert run(str(file)) == 1
    assert "--force" in capsys.readouterr().err
    assert run(str(file), "--force") == 0
    assert run(str(file / "below")) == 1
    assert "Cannot write" in capsys.readouterr().err
