"""What the tests of storage run in processes of their own: ``python -m tests.storage.children TASK URL …``."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from assistant.errors import StorageError
from assistant.records import Answer
from assistant.settings import load_settings
from assistant.storage import Person, open_audit, open_cases, open_conversations
from assistant.storage.case_records import CaseChangedError
from tests.storage.case_making import RAE, fields


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
    _die_at(moment)
    conversations.replace_from(reader, conversation, 0, answer_to("new"))


def change_cases_and_die(url: str, what: str, count: str, moment: str) -> None:
    """Edit the case ``c0``, or import ``count`` cases, of which every third is new; killed as in `replace_and_die`."""
    cases = open_cases(load_settings(storage={"url": url}))
    _die_at(moment)
    if what == "edit":
        cases.edit(RAE, "c0", fields("c0", title="new"), 1)
    else:
        cases.import_cases(RAE, [fields(f"c{number}", title="new") for number in range(int(count))])


def edit_case(url: str, name: str) -> None:
    """Edit the case ``tide-bells`` that was at its first version, and say what came of it."""
    cases = open_cases(load_settings(storage={"url": url}))
    print("open", flush=True)
    sys.stdin.readline()
    try:
        cases.edit(Person(name, "reviewer"), "tide-bells", fields(title=f"by {name}"), 1)
        print("saved")
    except CaseChangedError as error:
        print(f"changed by {error.event.who} at {error.event.when.isoformat()}: {error.theirs.fields['title']}")


def log_many(url: str, count: str, name: str) -> None:
    """Add ``count`` rows to the audit log."""
    log = open_audit(load_settings(storage={"url": url, "audit": "on"}))
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        log.record("export", {"of": name, "number": number})
    log.close()


def _die_at(moment: str) -> None:
    """The process is killed before its ``moment``-th statement from now on, or its first commit."""
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


def migrate_and_die(url: str, table: str) -> None:
    """Open a new database; the process is killed before ``table`` is made."""

    def before_statement(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if f"CREATE TABLE {table}" in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before_statement)
    open_conversations(load_settings(storage={"url": url}))


def migrate_on_a_full_disk(url: str, most: str) -> None:
    """Open a new database where no file may grow beyond ``most`` bytes, and say what comes of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    try:
        open_conversations(load_settings(storage={"url": url})).close()
    except StorageError as error:
        print(error)


def open_only(url: str) -> None:
    """Open the database, and say whether Alembic was needed for it."""
    sys.stdin.readline()
    open_conversations(load_settings(storage={"url": url})).close()
    print("alembic" in sys.modules)


if __name__ == "__main__":
    tasks: dict[str, Callable[..., None]] = {
        "add": add_many,
        "replace": replace_and_die,
        "cases": change_cases_and_die,
        "edit": edit_case,
        "audit": log_many,
        "migrate": migrate_and_die,
        "full": migrate_on_a_full_disk,
        "open": open_only,
    }
    tasks[sys.argv[1]](*sys.argv[2:])
