"""The database: made, migrated, described, and refused in one sentence."""

from __future__ import annotations

import hashlib
import re
import socket
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Table, inspect, literal_column, select, text

from assistant.doctor import examine
from assistant.errors import SettingsError, StorageError
from assistant.records import Answer
from assistant.settings import Settings, load_settings
from assistant.storage import Conversations, Database, describe_database, find_cases, open_cases, open_database
from assistant.storage.database_url import database_url
from assistant.storage.schema import HEAD, Base
from tests.storage.case_making import ANN, RAE, accepted, fields
from tests.storage.children import answer_to

MIGRATIONS = Path(__file__).parents[2] / "assistant" / "storage" / "migrations"
SECRET = "hunter2-zanzibar"


def with_url(url: str) -> Settings:
    return load_settings(storage={"url": url})


def test_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    assert database.revision() == HEAD
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_newest_migration_is_the_head() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_cases_come_beside_conversations_that_stay_as_they_are(settings: Settings) -> None:
    database = open_database(settings, migrate=False)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    for statement in OF_THE_FIRST_SCHEMA:
        with database.connect() as connection:
            connection.execute(text(statement), {"record": answer_json("first")})
    with database.connect() as connection:  # more than a migration holds in memory
        insert = text("INSERT INTO answers VALUES (:id, 'two', :id, :record)")
        connection.execute(insert, [{"id": id_, "record": f"not JSON – {id_}"} for id_ in range(2, 250)])
    before = rows_of(database)
    assert (sorted(before), database.revision()) == (["answers", "conversations", "feedback"], "0001")
    assert find_cases(settings, migrate=False) is None
    assert database.revision() == "0001"
    cases = find_cases(settings)
    assert cases is not None
    assert database.revision() == HEAD
    assert (cases.list(), cases.people.list(), cases.stamp()) == ((), (), (0, 0))
    cases.close()
    newest = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    added = {name: [] for name in ("people", "credentials", "cases", "case_events", "audit", "audit_words", "holds")}
    added |= {"clock": [(1, newest, newest)]}
    aged = [(*row, row[-1]) for row in before["conversations"]]
    feedback = [(*row, None) for row in before["feedback"]]
    answers = [
        (*row, brotli.compress(record.encode(), mode=brotli.MODE_TEXT, quality=5)) for *row, record in before["answers"]
    ]
    assert rows_of(database) == before | added | {"conversations": aged, "answers": answers, "feedback": feedback}
    (stored,) = Conversations(database).answers(READER, "one").answers
    assert (stored.answer.question, stored.liked, stored.reason) == ("first", False, "why")
    with database.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert rows_of(database) == before
    database.close()


READER = "a reader's secret"
OF_THE_FIRST_SCHEMA = (
    f"INSERT INTO conversations VALUES ('one', '{hashlib.sha256(READER.encode()).hexdigest()}', 'first', "
    "'2026-11-27 09:30:00+00:00')",
    "INSERT INTO conversations VALUES ('two', 'another', 'second', '2026-11-26 09:30:00+00:00')",
    "INSERT INTO answers VALUES (1, 'one', 0, :record)",
    "INSERT INTO feedback VALUES (1, false, 'why', '2026-11-27 09:31:00+00:00')",
)


def answer_json(question: str) -> str:
    return TypeAdapter(Answer).dump_json(answer_to(question)).decode()


def rows_of(database: Database) -> dict[str, list[Any]]:
    """Every row of every table of ours that is there, answers as they are stored."""
    with database.connect() as connection:
        there = inspect(connection).get_table_names()
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*columns_of(connection, table)).select_from(table).order_by(*table.primary_key)
                )
            ]
            for table in Base.metadata.tables.values()
            if table.name in there
        }


def columns_of(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    held = [column for column in table.c if column.name in there]
    return [literal_column("record") if column.name == "record" else column for column in held]


def test_the_file_and_what_sqlite_adds_are_the_owners_alone(tmp_path: Path) -> None:
    database = open_database(load_settings(index={"folder": tmp_path / "new" / "indexes"}))
    with database.write() as session:
        session.execute(text("UPDATE conversations SET title = ''"))
        files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "indexes").glob("steward.db*")}
    assert files.pop("steward.db.lock") is not None  # empty
    assert files == {"steward.db": 0o600, "steward.db-wal": 0o600, "steward.db-shm": 0o600}
    database.close()


def test_sqlite_keeps_foreign_keys_overwrites_what_is_deleted_and_lets_readers_read(tmp_path: Path) -> None:
    database = open_database(load_settings(index={"folder": tmp_path}))
    with database.read() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("foreign_keys", "secure_delete", "journal_mode", "busy_timeout")
        }
        assert found == {"foreign_keys": 1, "secure_delete": 1, "journal_mode": "wal", "busy_timeout": 5_000}
        with database.write() as writer:  # while a reader reads
            writer.execute(text("UPDATE conversations SET title = ''"))
    database.close()


def test_an_error_leaves_nothing_of_a_transaction(database: Database) -> None:
    insert = text(
        "INSERT INTO conversations (id, reader, title, updated) VALUES ('a', 'b', 'c', '2026-11-27 09:30:00+00:00')"
    )

    def fail() -> None:
        with database.write() as session:
            session.execute(insert)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM conversations")) == 0


def test_a_schema_of_a_newer_version_is_refused_unchanged(settings: Settings) -> None:
    database = open_database(settings)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=rf"is 9999, newer than {HEAD}.*Install a newer Steward"):
        open_database(settings)
    with pytest.raises(StorageError, match="is 9999, newer than"):
        find_cases(settings)  # else a search would pass over the cases that are in force there
    assert database.revision() == "9999"
    database.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "indexes").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError, match=r"Cannot write the database .*steward\.db.*STEWARD_STORAGE__URL"):
        open_database(load_settings(index={"folder": tmp_path / "indexes"}))


def test_a_lock_that_never_comes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.storage.database.OPENING_S", 0)
    with (
        FileLock(tmp_path / "steward.db.lock"),
        pytest.raises(StorageError, match=r"steward\.db: .*lock.*STORAGE__URL"),
    ):
        open_database(load_settings(storage={"url": f"sqlite:///{tmp_path / 'steward.db'}"}))


def test_a_file_that_is_no_database_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("not a database, but somebody's notes\n" * 100, encoding="utf-8")
    content = file.read_bytes()
    with pytest.raises(StorageError, match=r"notes\.db cannot be used \(file is not a database\)"):
        open_database(with_url(f"sqlite:///{file}"))
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"postgresql://steward:{SECRET}@localhost:port/x", "cannot be read"),
        (SECRET, "cannot be read"),
        (f"mysql://steward:{SECRET}@localhost/x", "of the kind 'mysql'"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x?uri=true", "names no file"),
    ],
    ids=["port", "no-url", "other-kind", "nothing", "memory", "uri"],
)
def test_a_wrong_url_is_refused_without_being_repeated(url: str, message: str) -> None:
    with pytest.raises(StorageError, match=message) as caught:
        open_database(with_url(url))
    assert SECRET not in str(caught.value)
    assert "postgresql://USER:PASSWORD@HOST/NAME" in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed")
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings = with_url(f"postgresql://steward:{SECRET}@127.0.0.1:{port}/x?sslpassword={SECRET}")
        with pytest.raises(
            StorageError, match=rf"postgresql://steward:\*\*\*@127\.0\.0\.1:{port}/x cannot be"
        ) as caught:
            open_database(settings)
    assert SECRET not in str(caught.value)


def test_a_missing_driver_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(StorageError, match=r"pip install 'steward-assistant\[postgresql\]'") as caught:
        open_database(with_url(f"postgresql://steward:{SECRET}@localhost/x"))
    assert SECRET not in str(caught.value)


def test_postgresql_is_spoken_to_through_one_driver() -> None:
    assert database_url(with_url("postgresql://a@b/c")).drivername == "postgresql+psycopg"


def test_the_url_is_not_shown_by_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_url(f"postgresql://steward:{SECRET}@localhost/x")
    assert SECRET not in settings.model_dump_json() + repr(settings)
    for name in ("STEWARD_STORAGE__URLS", "STEWARD_STORAGE"):
        monkeypatch.setenv(name, SECRET)
        with pytest.raises(SettingsError) as caught:
            load_settings()
        assert SECRET not in str(caught.value)
        monkeypatch.delenv(name)
    monkeypatch.setenv("STEWARD_STORAGE__KEEP_DAYS", "0")
    with pytest.raises(SettingsError, match=r"keep_days.*found '0'"):
        load_settings()


def test_the_doctor_describes_the_database_and_makes_none(settings: Settings) -> None:
    detail = describe_database(settings)
    assert "made when it is first needed" in detail or "schema none yet" in detail
    assert not (settings.index.folder / "steward.db").exists()
    open_database(settings).close()
    assert re.search(rf", \d+\.\d MiB, can be written, schema {HEAD}$", describe_database(settings))


def test_the_doctor_counts_people_and_cases_and_makes_none(settings: Settings) -> None:
    def said() -> str:
        return next(finding.detail for finding in examine(settings) if finding.what == "people and cases")

    assert said() == "no database yet"
    assert not (settings.index.folder / "steward.db").exists()
    cases = open_cases(settings)
    cases.people.add("Ann", "contributor")
    cases.people.add("Rae", "reviewer")
    cases.people.add("Gone", "reviewer")
    cases.people.end("Gone")
    accepted(cases)
    cases.import_cases(RAE, [fields("b"), fields("c")])
    cases.retire(RAE, "b", 1, "wrong")
    cases.edit(RAE, "c", fields("c", title="New"), 1)
    for case_id in ("d", "e"):
        cases.begin(ANN, fields(case_id))
    cases.submit(ANN, "e", 1)
    cases.close()
    assert said() == (
        "2 people registered, of whom 1 can review; "
        "cases in the database: 2 published, 2 drafts, 1 in review, 1 retired"
    )


def test_the_doctor_says_what_is_wrong_with_the_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("somebody's notes\n" * 100, encoding="utf-8")
    findings = {finding.what: finding for finding in examine(with_url(f"sqlite:///{tmp_path}/notes.db"))}
    assert not findings["database"].ok
    assert "file is not a database" in findings["database"].detail


def test_the_doctor_finds_a_database_that_is_locked_gone_open_to_others_or_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.storage.database.BUSY_S", 0.1)
    file = tmp_path / "steward.db"
    settings = with_url(f"sqlite:///{file}")
    kept = open_database(settings)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"steward\.db cannot be used \(database is locked\); end the program"):
        describe_database(settings)
    other.close()
    file.chmod(0o644)
    with pytest.raises(StorageError, match=r"Others on this machine may read .*run `chmod 600 "):
        describe_database(settings)
    file.chmod(0o600)
    with kept.write() as session:
        session.execute(text("UPDATE conversations SET title = ''"))
    file.rename(tmp_path / "away.db")
    with pytest.raises(StorageError, match="deleted or moved while it was used"):
        describe_database(settings)
    (tmp_path / "away.db").rename(file)
    kept.close()
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    file.write_bytes(content)
    with pytest.raises(StorageError, match="put a backup in its place"):
        describe_database(settings)


def test_make_clean_keeps_the_database(tmp_path: Path) -> None:
    makefile = Path(__file__).parents[2] / "Makefile"
    for name in ("steward.db", "cache/vectors", "current"):
        (tmp_path / "indexes" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "indexes" / name).touch()
    subprocess.run(["make", "-f", str(makefile), "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [path.name for path in (tmp_path / "indexes").iterdir()] == ["steward.db"]
