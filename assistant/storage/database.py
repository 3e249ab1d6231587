"""One database: opened, brought up to the newest schema, read and written in transactions.

SQLite in a file of its own by default, PostgreSQL by URL. Whatever is written goes through :meth:`Database.write`, on
SQLite one writer at a time, so that two processes lose nothing of each other's.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import StorageError, StorageUnavailableError
from assistant.settings import Settings
from assistant.storage.database_url import database_url, place_of
from assistant.storage.failures import BUSY, DAMAGED, MISSING, NOT_OURS, failure, is_failure, unavailable
from assistant.storage.schema import HEAD
from assistant.storage.sqlite import Identity, SqliteFile, let_sqlite_behave

BUSY_S = 5
"""How long somebody at a page waits for another writer, or a PostgreSQL server for a lock, in seconds."""
OPENING_S = 30
"""How long a start waits for another process that makes the database or changes its schema, in seconds."""
CONNECT_S = 5
"""How long a PostgreSQL server may take to answer, in seconds."""
STATEMENT_S = 10
"""How long one statement may take PostgreSQL, in seconds; those of a migration may take longer."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 7_384_902
"""Any number; PostgreSQL lets one session at a time hold it."""
_WRITING_LOCK = 7_384_903


class Database:
    """An open database. Threads may share it; a child process must open its own.

    An SQLite file that is deleted is missed at the next use, and nothing is read or written until one is there again:
    a new one in its place would hide that cases and people are gone. One of Steward's that takes its place is used.
    """

    def __init__(self, url: URL) -> None:
        self.place = place_of(url)
        """Path or address, without secrets."""
        self._file = SqliteFile(Path(url.database or ""), BUSY_S) if url.get_backend_name() == "sqlite" else None
        # Parameters are what readers wrote: they stay out of errors and logs.
        options: dict[str, Any] = {"hide_parameters": True, "pool_timeout": BUSY_S}
        if self._file is not None:
            options["creator"] = self._file.connect
        else:
            # Before each use: a server that was restarted meanwhile costs no reader an error.
            options |= {"connect_args": {"connect_timeout": CONNECT_S}, "pool_pre_ping": True}
        try:
            self._engine = create_engine(url, **options)
        except ModuleNotFoundError as error:
            raise StorageError(
                f"The database {self.place} needs the package {error.name}, which is not installed; "
                "run `pip install 'steward-assistant[postgresql]'`."
            ) from error
        if self._file is not None:
            let_sqlite_behave(self._engine, BUSY_S)
        else:
            _bound_waiting(self._engine)
        self._writer = self._engine.execution_options(writes=True)
        self._migrator = self._engine.execution_options(writes=True, waits_s=OPENING_S)
        # SQLite lets writers poll, and the unlucky one for a second; threads of one process can queue instead.
        self._queue = threading.Lock()
        self._following = threading.Lock()
        self.replaced = 0
        """How often another file took the place of the one that was used."""

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to read in; on SQLite it sees one state throughout, on PostgreSQL each statement sees its own.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._errors_as_ours():
            self._follow_file()
            with Session(self._engine) as session:
                yield session

    @contextmanager
    def write(self, *, erases: bool = False, one_at_a_time: bool = False) -> Iterator[Session]:
        """A session whose changes are kept together at its end, or not at all where an error leaves it.

        Not to be entered twice by one thread.

        Args:
            erases: what was deleted also leaves SQLite's log at once, not only its tables.
            one_at_a_time: on PostgreSQL too, others that say so wait until this transaction ends.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with self._errors_as_ours(), self._turn():
            opened = self._follow_file()
            with Session(self._writer) as session, session.begin():
                if one_at_a_time and self._file is None:
                    session.execute(text(f"SELECT pg_advisory_xact_lock({_WRITING_LOCK})"))
                yield session
            if self._file is not None and self._file.identity() != opened:
                raise self._missing()  # what was just written went with it
        if erases:
            self._empty_log()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection in one transaction that may write, for migrations.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with self._errors_as_ours():
            self._follow_file()
            with self._migrator.begin() as connection:
                yield connection

    def revision(self) -> str | None:
        """Which migration the schema is at; None where there are no tables yet.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._errors_as_ours():
            self._follow_file()
            with self._engine.connect() as connection:
                return _revision(connection)

    def check(self) -> int:
        """Its size in bytes, once it is seen to be whole and to take a writer; nothing is changed.

        Raises:
            StorageError: it is damaged, locked or cannot be written, or others may read its file.
        """
        with self._errors_as_ours(), self.write() as session:
            if self._file is None:
                session.execute(text("CREATE TEMPORARY TABLE steward_may_write (id int) ON COMMIT DROP"))
                return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
            problem = session.scalar(text("PRAGMA quick_check(1)"))
            if problem != "ok":
                raise failure(self.place, str(problem).partition("\n")[0], *DAMAGED)
            status = self._file.path.stat()
            if status.st_mode & 0o077:
                words = f"Others on this machine may read the database {self.place}; run `chmod 600 {self.place}`."
                raise StorageError(words)
            return status.st_size

    def prepare(self) -> None:
        """Make the file of an SQLite database where there is none, readable for its owner alone.

        Raises:
            StorageError: the folder or the file cannot be written.
        """
        if self._file is None:
            return
        path = self._file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Two that switch to the write-ahead log at once can fail, and SQLite does not wait there: one at a time.
            with FileLock(f"{path}.lock", timeout=OPENING_S):
                if not path.exists():
                    # Never opened and closed by us where it exists: that would drop the locks of this process on it.
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                if not os.access(path, os.R_OK | os.W_OK):
                    raise PermissionError(None, "Permission denied")
                with self._errors_as_ours():
                    self._pragma("journal_mode = WAL")
        except OSError as error:
            raise StorageError(
                f"Cannot write the database {self.place}: {error.strerror or error}; "
                "make it and its folder writable, or set STEWARD_STORAGE__URL to another place."
            ) from error

    def migrate(self) -> None:
        """Bring the schema to :data:`~assistant.storage.schema.HEAD`, in one transaction.

        Raises:
            StorageError: the schema is newer than this code, or the database cannot be written.
        """
        if self.revision() == HEAD:
            return
        # Only here: loading Alembic takes longer than all the rest.
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        with self.connect() as connection:
            if self._file is None:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            # Another process may have been at it while this one waited.
            revision = _revision(connection)
            if revision is not None and revision not in known:
                raise StorageError(
                    f"The schema of {self.place} is {revision}, newer than {HEAD}, the newest that this Steward knows; "
                    "install a newer one, or set STEWARD_STORAGE__URL to another database."
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        if self._file is not None:
            self._file.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """This thread's turn to write, on SQLite."""
        if self._file is None:
            yield
            return
        if not self._queue.acquire(timeout=BUSY_S):
            raise failure(self.place, f"other writers took {BUSY_S} s", *BUSY)
        try:
            yield
        finally:
            self._queue.release()

    def _follow_file(self) -> Identity | None:
        """The SQLite file that is used, another where another of Steward's has taken its place; None on PostgreSQL."""
        if self._file is None:
            return None
        there = self._file.identity()
        if there is None:
            raise self._missing()
        if there != self._file.opened:
            with self._following:
                if self._file.opened is None:
                    self._file.hold()
                elif self._file.identity() != self._file.opened:
                    self._use_another()
        return self._file.opened

    def _use_another(self) -> None:
        assert self._file is not None
        if not self._file.settle_log():
            raise failure(self.place, "another program reads the file that was replaced", *BUSY)
        newcomer = Database(self._engine.url)
        try:
            if newcomer.revision() is None:
                raise failure(self.place, "the file that took its place holds none", *NOT_OURS)
            newcomer.prepare()
            newcomer.migrate()
        finally:
            newcomer.close()
        self._engine.dispose()
        self._file.hold()
        self.replaced += 1
        logging.getLogger(__name__).warning("Another file took the place of the database %s; it is used.", self.place)

    def _missing(self) -> StorageUnavailableError:
        return failure(self.place, "its file was deleted or moved", *MISSING)

    def _empty_log(self) -> None:
        """Have what was deleted leave SQLite's log too; where that is not possible now, at the next deletion."""
        if self._file is None:
            return
        try:
            busy = self._pragma("wal_checkpoint(TRUNCATE)")[0]
            problem = "another program reads it" if busy else ""
        except SQLAlchemyError as error:
            problem = str(error)
        if problem:
            # What was asked for is done and kept, so it is not to be reported as failed.
            words = "Deleted words may stay in the log of the database %s until the next deletion: %s."
            logging.getLogger(__name__).warning(words, self.place, problem)

    def _pragma(self, statement: str) -> tuple[Any, ...]:
        """What it answers outside any transaction, as these pragmas must be."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {statement}")
            return tuple(cursor.fetchone() or ())
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error
        finally:
            connection.close()

    @contextmanager
    def _errors_as_ours(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            if not is_failure(error):
                raise
            raise unavailable(self.place, error) from error
        except (sqlite3.Error, OSError) as error:
            raise unavailable(self.place, error) from error


def _bound_waiting(engine: Engine) -> None:
    """Have PostgreSQL give up what takes too long; in each transaction, since a pool between may share sessions."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        opening = connection.get_execution_options().get("waits_s")
        waits, works = (opening, 0) if opening else (BUSY_S, STATEMENT_S)
        connection.exec_driver_sql(
            f"SELECT set_config('lock_timeout', '{waits}s', true), set_config('statement_timeout', '{works}s', true)"
        )


def open_database(settings: Settings, *, migrate: bool = True) -> Database:
    """The database of the settings, ready for use.

    Raises:
        StorageError: it cannot be reached or written, the URL is none, or the schema is newer than this code.
    """
    database = Database(database_url(settings))
    try:
        database.prepare()
        if migrate:
            database.migrate()
    except BaseException:
        database.close()
        raise
    return database


def find_database(settings: Settings, *, migrate: bool = True) -> Database | None:
    """The database of the settings, to be read; None, and none is made, where there is none yet.

    Without ``migrate`` one of another schema counts as none; with it an older one is brought up to date.

    Raises:
        StorageError: it cannot be reached or read, the URL is none, or the schema is newer than this code.
    """
    database = _existing(database_url(settings))
    if database is None:
        return None
    try:
        revision = database.revision()
    except BaseException:
        database.close()
        raise
    if revision == HEAD:
        return database
    database.close()
    return open_database(settings) if migrate and revision else None


def describe_database(settings: Settings) -> str:
    """Where the database is, its schema, its size and that it can be written, for `steward doctor`; none is made.

    Raises:
        StorageError: it cannot be reached, read or written, is damaged or locked, or the URL is none.
    """
    url = database_url(settings)
    database = _existing(url)
    if database is None:
        if Path(f"{url.database}-wal").exists():
            raise failure(place_of(url), "its file was deleted or moved while it was used", *MISSING)
        return f"{place_of(url)}, made when it is first needed"
    try:
        revision, size = database.revision(), database.check()
    finally:
        database.close()
    known = f"{database.place}, {size / 2**20:.1f} MiB, can be written, schema {revision or 'none yet'}"
    return known if revision == HEAD else f"{known}; brought to {HEAD} when it is next used"


def _existing(url: URL) -> Database | None:
    """The database; None for an SQLite file that is not there, which opening would make."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return Database(url)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
