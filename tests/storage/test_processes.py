"""Several processes at one database, and one that is killed while it writes."""

from __future__ import annotations

import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from assistant.storage import open_conversations
from tests.storage.children import answer_to
from tests.storage.processes import child, url_of

pytestmark = pytest.mark.slow

READER = "a reader's secret"
OLD = answer_to("old")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """URL of a database that is not made yet."""
    return f"sqlite:///{tmp_path / 'new' / 'steward.db'}"


def test_writers_at_once_lose_nothing(settings: Settings) -> None:
    conversations = open_conversations(settings)
    conversation = conversations.add(READER, None, OLD)
    children = [child("add", url_of(settings), READER, conversation, "25", name) for name in ("first", "second")]
    for process in children:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"

    def add(name: str) -> None:
        for number in range(25):
            conversations.add(READER, conversation, answer_to(f"{name} {number}"))

    threads = [threading.Thread(target=add, args=(name,)) for name in ("third", "fourth")]
    for thread in threads:
        thread.start()
    for process in children:
        process.communicate("go\n")
        assert process.returncode == 0
    for thread in threads:
        thread.join()
    stored = conversations.answers(READER, conversation).answers
    conversations.close()
    assert [item.position for item in stored] == list(range(101))
    assert {item.answer.question for item in stored} == {"old"} | {
        f"{name} {number}" for name in ("first", "second", "third", "fourth") for number in range(25)
    }
    for name in ("first", "second", "third", "fourth"):
        own = [item.answer.question for item in stored if item.answer.question.startswith(name)]
        assert own == [f"{name} {number}" for number in range(25)]


def test_a_new_database_can_be_opened_by_several_at_once(url: str) -> None:
    children = [child("open", url) for _ in range(3)]
    for process in children:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate()[0] for process in children]
    assert [process.returncode for process in children] == [0, 0, 0]
    assert "True\n" in outputs
    again = child("open", url)
    assert again.communicate("go\n")[0] == "False\n"  # nothing to do, so Alembic is not even loaded


def test_a_writer_that_is_killed_leaves_the_old_state_or_the_new(url: str, tmp_path: Path, thorough: bool) -> None:
    settings = load_settings(storage={"url": url})
    conversations = open_conversations(settings)
    conversation = conversations.add(READER, None, OLD)
    conversations.add(READER, conversation, OLD)
    conversations.feedback(READER, conversation, 1, True, "why")
    before = conversations.answers(READER, conversation)
    conversations.close()

    def killed_at(moment: str) -> bool:
        process = child("replace", url, READER, conversation, moment)
        process.communicate()
        assert process.returncode in (0, -signal.SIGKILL)
        return process.returncode != 0

    def holds_the_old_state() -> bool:
        conversations = open_conversations(settings)
        stored, listed = conversations.answers(READER, conversation), conversations.list(READER)
        conversations.close()
        with sqlite3.connect(tmp_path / "new" / "steward.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
        if stored == before:
            assert [(item.title, item.turns) for item in listed] == [("old", 2)]
            return True
        assert [item.answer for item in stored.answers] == [answer_to("new")]
        assert [(item.title, item.turns) for item in listed] == [("new", 1)]
        return False

    assert killed_at("commit")
    assert holds_the_old_state()
    statement = 1
    while killed_at(str(statement)):
        assert holds_the_old_state(), statement
        statement += 1 if thorough else 5
    assert statement > 4  # finding it, counting, deleting, adding at least
    assert not holds_the_old_state()


@pytest.mark.parametrize("table", ["feedback", "case_events", "clock"])
def test_a_migration_that_is_killed_changes_nothing(table: str, url: str, tmp_path: Path) -> None:
    process = child("migrate", url, table)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with sqlite3.connect(tmp_path / "new" / "steward.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    conversations = open_conversations(load_settings(storage={"url": url}))
    assert conversations.list(READER) == ()
    conversations.close()


def test_a_disk_that_is_full_at_a_migration_is_named_and_leaves_nothing_half_made(url: str, tmp_path: Path) -> None:
    output, _ = child("full", url, "20000").communicate()
    assert "steward.db cannot be used (disk I/O error); see that its disk has room" in output
    conversations = open_conversations(load_settings(storage={"url": url}))
    conversation = conversations.add(READER, None, OLD)
    assert [item.answer for item in conversations.answers(READER, conversation).answers] == [OLD]
    conversations.close()
