"""A database that fails under the running app: said soon and in plain words, with nothing half kept or made anew."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select, text

from assistant.errors import StorageUnavailableError
from assistant.settings import Settings, load_settings
from assistant.storage import Conversations, Database, Keep, open_conversations, open_database
from assistant.storage.database import STATEMENT_S
from assistant.storage.database_url import database_url
from assistant.storage.schema import AnswerRow
from tests.storage.children import answer_to

ANN = "ann's secret"
SOON_S = 20.0
"""Far less than three waits of 30 seconds in turn, and enough for a machine with other things to do."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the SQLite database is."""
    return tmp_path / "own" / "steward.db"


@pytest.fixture
def kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversations]:
    """Conversations in that file, of which one is there."""
    monkeypatch.setattr("assistant.storage.database.BUSY_S", 0.3)
    opened = open_conversations(at(file))
    opened.add(ANN, None, answer_to("kept"))
    yield opened
    opened.close()


def at(file: Path) -> Settings:
    return load_settings(storage={"url": f"sqlite:///{file}"})


def titles(conversations: Conversations) -> set[str]:
    return {item.title for item in conversations.list(ANN)}


def another(folder: Path, question: str) -> Path:
    """A whole database of Steward's, closed, with one conversation."""
    conversations = open_conversations(at(folder / "other.db"))
    conversations.add(ANN, None, answer_to(question))
    conversations.close()
    return folder / "other.db"


EVERY: dict[str, Callable[[Conversations], object]] = {
    "list": lambda conversations: conversations.list(ANN),
    "answers": lambda conversations: conversations.answers(ANN, "any"),
    "add": lambda conversations: conversations.add(ANN, None, answer_to("lost")),
    "delete": lambda conversations: conversations.delete(ANN, "any"),
    "forget": lambda conversations: conversations.forget(Keep(1)),
}


@pytest.mark.parametrize("call", EVERY.values(), ids=EVERY)
def test_a_deleted_file_is_missed_at_the_next_use_and_none_is_made(
    kept: Conversations, file: Path, call: Callable[[Conversations], object]
) -> None:
    file.unlink()
    for _ in range(2):
        with pytest.raises(StorageUnavailableError, match=r"own/steward\.db cannot be used.*deleted.*backup") as caught:
            call(kept)
        assert caught.value.why == "its file is missing"
    assert not file.exists()


def test_a_file_that_is_put_back_is_used_on_with_all_that_it_held(kept: Conversations, file: Path) -> None:
    file.rename(file.with_name("away.db"))
    with pytest.raises(StorageUnavailableError):
        kept.add(ANN, None, answer_to("lost"))
    file.with_name("away.db").rename(file)
    kept.add(ANN, None, answer_to("second"))
    assert titles(kept) == {"kept", "second"}


def test_another_database_in_its_place_is_used_from_then_on_and_keeps_what_it_held(
    kept: Conversations, file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(20):  # in the log, which stays beside the file that comes
        kept.add(ANN, None, answer_to(f"old {number}"))
    file.rename(file.with_name("away.db"))
    shutil.copy(another(tmp_path, "of the backup"), file)
    assert titles(kept) == {"of the backup"}
    kept.add(ANN, None, answer_to("new"))
    assert "Another file took the place of the database" in caplog.text
    kept.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    after, before = open_conversations(at(file)), open_conversations(at(file.with_name("away.db")))
    assert titles(after) == {"of the backup", "new"}
    # What the log of the old file still held went into it, although it had been moved.
    assert titles(before) == {"kept", *(f"old {number}" for number in range(20))}
    after.close()
    before.close()


@pytest.mark.parametrize("content", [b"", b"somebody's notes\n" * 100], ids=["empty", "no-database"])
def test_a_file_that_is_not_stewards_is_left_alone_until_a_right_one_comes(
    kept: Conversations, file: Path, tmp_path: Path, content: bytes
) -> None:
    newcomer = file.with_name("notes.db")
    newcomer.write_bytes(content)
    newcomer.rename(file)
    for _ in range(2):
        with pytest.raises(StorageUnavailableError, match="put a backup in its place"):
            kept.add(ANN, None, answer_to("lost"))
    assert file.read_bytes() == content
    another(tmp_path, "of the backup").rename(file)
    assert titles(kept) == {"of the backup"}


def test_what_was_written_to_a_file_as_it_was_deleted_is_not_said_to_be_kept(kept: Conversations, file: Path) -> None:
    def change() -> None:
        with kept._database.write() as session:
            session.execute(text("UPDATE conversations SET title = 'gone'"))
            file.unlink()

    with pytest.raises(StorageUnavailableError, match="deleted or moved"):
        change()


def test_a_lock_of_another_program_is_waited_for_a_moment_only_whoever_waits(kept: Conversations, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    said: list[str] = []

    def add() -> None:
        with pytest.raises(StorageUnavailableError) as caught:
            kept.add(ANN, None, answer_to("lost"))
        said.append(caught.value.why)

    began = time.monotonic()
    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["it is busy"] * 6
    assert titles(kept) == {"kept"}
    assert time.monotonic() - began < SOON_S
    other.rollback()
    other.close()
    kept.add(ANN, None, answer_to("second"))
    assert titles(kept) == {"kept", "second"}


PRAGMAS = {
    "full": ("max_page_count = 1", "database or disk is full", "its disk is full"),
    "read-only": ("query_only = ON", "attempt to write a readonly database", "it cannot be written to"),
}


@pytest.mark.parametrize(("pragma", "said", "why"), PRAGMAS.values(), ids=PRAGMAS)
def test_a_full_or_read_only_disk_is_named_and_nothing_is_half_kept(
    kept: Conversations, pragma: str, said: str, why: str
) -> None:
    with limited(kept._database, pragma):
        with pytest.raises(StorageUnavailableError, match=rf"steward\.db cannot be used \({said}\); ") as caught:
            kept.add(ANN, None, answer_to("long " * 20_000))
        assert caught.value.why == why
        assert titles(kept) == {"kept"}
    kept.add(ANN, None, answer_to("second"))
    assert titles(kept) == {"kept", "second"}


class limited:  # noqa: N801 reads as a function
    """Every connection of the database with a pragma, such as a size that it may not exceed."""

    def __init__(self, database: Database, pragma: str) -> None:
        self._engine = database._engine
        self._pragma = pragma

    def __enter__(self) -> None:
        self._engine.dispose()
        event.listen(self._engine, "connect", self._limit)

    def __exit__(self, *_: Any) -> None:
        event.remove(self._engine, "connect", self._limit)
        self._engine.dispose()

    def _limit(self, connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA {self._pragma}")


def test_a_damaged_file_is_named(kept: Conversations, file: Path) -> None:
    for number in range(50):
        kept.add(ANN, None, answer_to(f"{number} {'long ' * 1000}"))
    kept.close()
    content = bytearray(file.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    file.write_bytes(content)
    with pytest.raises(StorageUnavailableError, match=r"steward\.db cannot be used \(database disk image is malf") as e:
        open_conversations(at(file)).list(ANN)
    assert e.value.why == "it is damaged"


def test_a_folder_at_the_path_is_named(tmp_path: Path) -> None:
    (tmp_path / "steward.db").mkdir()
    with pytest.raises(StorageUnavailableError, match=r"steward\.db cannot be used \(unable to open database file\)"):
        open_database(at(tmp_path / "steward.db"))


@pytest.fixture
def on_server(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversations]:
    """Conversations on PostgreSQL, of which one is there."""
    monkeypatch.setattr("assistant.storage.database.BUSY_S", 1)
    settings = load_settings(storage={"url": postgresql_url})
    opened = open_conversations(settings)
    opened.delete_all(ANN)
    opened.add(ANN, None, answer_to("kept"))
    yield opened
    opened.close()


@pytest.fixture
def beside(postgresql_url: str) -> Iterator[Any]:
    """Another program's connection to the server."""
    engine = create_engine(database_url(load_settings(storage={"url": postgresql_url})))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.postgresql
def test_a_table_that_another_program_locks_is_waited_for_a_moment_only(on_server: Conversations, beside: Any) -> None:
    beside.execute(text("LOCK TABLE conversations"))
    began = time.monotonic()
    for call in ("list", "add"):
        with pytest.raises(StorageUnavailableError, match="lock timeout") as caught:
            EVERY[call](on_server)
        assert caught.value.why == "it is busy"
    assert time.monotonic() - began < SOON_S
    beside.rollback()
    assert titles(on_server) == {"kept"}


@pytest.mark.postgresql
def test_a_writer_that_holds_the_lock_for_writing_cases_is_waited_for_a_moment_only(
    on_server: Conversations, beside: Any
) -> None:
    beside.execute(text("SELECT pg_advisory_xact_lock(7384903)"))
    with pytest.raises(StorageUnavailableError, match="lock timeout"), on_server._database.write(one_at_a_time=True):
        pass


@pytest.mark.postgresql
def test_sessions_that_the_server_ended_cost_no_reader_an_error(on_server: Conversations, beside: Any) -> None:
    own = "pid <> pg_backend_pid() AND datname = current_database()"
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {own}"
    beside.execute(text(ended))
    assert titles(on_server) == {"kept"}


@pytest.mark.postgresql
def test_a_server_that_only_reads_is_named(on_server: Conversations, beside: Any) -> None:
    only = "SET TRANSACTION READ ONLY"
    event.listen(on_server._database._engine, "begin", lambda connection: connection.exec_driver_sql(only))
    with on_server._database.read():
        pass
    with pytest.raises(StorageUnavailableError, match="read-only transaction") as caught:
        on_server.add(ANN, None, answer_to("lost"))
    assert caught.value.why == "it cannot be written to"


@pytest.mark.postgresql
def test_tables_that_are_gone_are_said_to_be_gone(on_server: Conversations, beside: Any) -> None:
    beside.execute(text("ALTER TABLE feedback RENAME TO elsewhere"))
    beside.commit()
    try:
        with pytest.raises(StorageUnavailableError, match=r"feedback.*does not exist.*backup"):
            on_server.answers(ANN, "any")
    finally:
        beside.execute(text("ALTER TABLE elsewhere RENAME TO feedback"))
        beside.commit()


def test_when_all_connections_are_in_use_the_next_one_is_refused_soon(settings: Settings) -> None:
    database = open_database(settings)
    waiting, go_on = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with database.read() as session:
            session.scalar(select(AnswerRow.id).limit(1))
            waiting.release()
            go_on.wait()

    threads = [threading.Thread(target=hold) for _ in range(15)]
    for thread in threads:
        thread.start()
        waiting.acquire()
    began = time.monotonic()
    try:
        with pytest.raises(StorageUnavailableError) as caught, database.read() as session:
            session.scalar(select(AnswerRow.id).limit(1))
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
        database.close()
    assert caught.value.why == "it is busy"
    assert time.monotonic() - began < SOON_S


@pytest.mark.postgresql
def test_a_postgresql_server_that_does_not_answer_is_not_waited_for_without_end(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.storage.postgresql.LATE_S", 0.5 - STATEMENT_S)
    database = open_database(load_settings(storage={"url": postgresql_url}))
    with pytest.raises(StorageUnavailableError, match=r"cannot be used \(no answer for 0\.5 s\)") as caught:  # noqa: SIM117
        with database.read() as session:
            session.execute(text("SELECT pg_sleep(60)"))
    assert caught.value.why == "it does not answer"
    with database.read() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.close()
