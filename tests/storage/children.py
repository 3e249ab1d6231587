"""What the tests of storage run in processes of their own: ``python -m tests.storage.children TASK URL …``."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from assistant.records import Answer
from assistant.settings import load_settings
from assistant.storage import open_conversations


def answer_to(question: str) -> Answer:
    """A short answer, made without loading what answers questions."""
    return Answer(question, question, "not-in-library", "Not there.", (), (), (), (), "extractive", "1", "2026-11-27")


def add_many(url: str, reader: str, conversation: str, count: str, name: str) -> None:
    """Add ``count`` answers whose questions begin with ``name``."""
    conversations = open_conversations(load_settings(storage={"url": url}))
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        conversations.add(reader, conversation, answer_to(f"{name} {number}"))
    conversations.close()


def replace_and_die(url: str, reader: str, conversation: str, moment: str) -> None:
    """Put one answer in the place of all; the process is killed before its ``moment``-th statement, or the commit."""
    conversations = open_conversations(load_settings(storage={"url": url}))
    statements = 0

    def before_statement(*_: Any) -> None:
        nonlocal statements
        statements += 1
        if str(statements) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_commit(*_: Any) -> None:
        if moment == "commit":
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before_statement)
    event.listen(Engine, "commit", before_commit)
    conversations.replace_from(reader, conversation, 0, answer_to("new"))


def migrate_and_die(url: str) -> None:
    """Open a new database; the process is killed when two of its three tables are made."""

    def before_statement(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "CREATE TABLE feedback" in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before_statement)
    open_conversations(load_settings(storage={"url": url}))


def open_only(url: str) -> None:
    """Open the database, and say whether Alembic was needed for it."""
    sys.stdin.readline()
    open_conversations(load_settings(storage={"url": url})).close()
    print("alembic" in sys.modules)


if __name__ == "__main__":
    {"add": add_many, "replace": replace_and_die, "migrate": migrate_and_die, "open": open_only}[sys.argv[1]](
        *sys.argv[2:]
    )
