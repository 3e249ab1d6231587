"""One database: opened, migrated to the newest schema, read and written in transactions.

SQLite in its own file by default, PostgreSQL by URL. All writes go through :meth:`Database.write`; on SQLite there is
one writer at a time, so that two processes lose nothing of each other's.
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
from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import StorageError, StorageUnavailableError
from assistant.settings import Audit, Settings
from assistant.steps import step
from assistant.storage.database_url import database_url, place_of
from assistant.storage.failures import BUSY, DAMAGED, MISSING, NOT_OURS, failure, is_failure, unavailable
from assistant.storage.schema import HEAD
from assistant.storage.sqlite import Identity, SqliteFile, configure_sqlite

BUSY_S = 5
"""Longest wait at a page for another writer, or for a lock of a PostgreSQL server, in seconds."""
OPENING_S = 30
"""Longest wait at start for another process that creates the database or changes its schema, in seconds."""
CONNECT_S = 5
"""Longest wait for a connection to a PostgreSQL server, in seconds."""
STATEMENT_S = 10
"""Longest time of one PostgreSQL statement, in seconds; those of a migration may take longer."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 7_384_902
"""Any number; PostgreSQL lets one session at a time hold it."""
_WRITING_LOCK = 7_384_903


class Database:
    """An open database. Threads may share it; a child process must open its own.

    If an SQLite file is deleted, nothing is read or written until it is there again: a new file in its place would hide
    that cases and people are gone. Another database of Steward's that takes its place is used.
    """

    def __init__(self, url: URL, audit: Audit = "off") -> None:
        self.place = place_of(url)
        """Path or address, without secrets."""
        self.audit: Audit = audit
        """Whether what happens in it is logged; see `assistant.storage.audit`."""
        self._file = SqliteFile(Path(url.database or ""), BUSY_S) if url.get_backend_name() == "sqlite" else None
        # Parameters are what readers wrote: keep them out of errors and logs.
        options: dict[str, Any] = {"hide_parameters": True, "pool_timeout": BUSY_S}
        if self._file is not None:
            options["creator"] = self._file.connect
        else:
            # Ping before each use: a server that restarted causes no reader an error.
            options |= {"connect_args": {"connect_timeout": CONNECT_S}, "pool_pre_ping": True}
        try:
            self._engine = create_engine(url, **options)
        except ModuleNotFoundError as error:
            raise StorageError(
                f"The database {self.place} needs the package {error.name}, which is not installed. Run `pip "
                "install 'steward-assistant[postgresql]'`."
            ) from error
        if self._file is not None:
            configure_sqlite(self._engine, BUSY_S)
        else:
            from assistant.storage.postgresql import bound_waiting  # psycopg may not be installed

            bound_waiting(self._engine, BUSY_S, STATEMENT_S)
        self._writer = self._engine.execution_options(writes=True)
        self._migrator = self._engine.execution_options(writes=True, waits_s=OPENING_S)
        # SQLite lets writers poll, and one may wait a second; threads of one process can queue instead.
        self._queue = threading.Lock()
        self._following = threading.Lock()
        self.replaced = 0
        """How often another file replaced the one in use."""

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session to read in; on SQLite it sees one state throughout, on PostgreSQL one per statement.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._translated_errors():
            self._follow_file()
            with Session(self._engine) as session:
                yield session

    @contextmanager
    def write(self, *, erases: bool = False, one_at_a_time: bool = False) -> Iterator[Session]:
        """Open a session whose changes are committed together at its end, or not at all if it fails.

        One thread must not enter it twice.

        Args:
            erases: deleted words also leave SQLite's log at once, not only its tables.
            one_at_a_time: on PostgreSQL too, others with this flag wait until the transaction ends.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with self._translated_errors(), self._turn():
            opened = self._follow_file()
            with Session(self._writer) as session, session.begin():
                if one_at_a_time and self._file is None:
                    session.execute(text(f"SELECT pg_advisory_xact_lock({_WRITING_LOCK})"))
                yield session
            if self._file is not None and self._file.identity() != opened:
                raise self._missing()  # what was just written was lost with it
        if erases:
            self._empty_log()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a connection in one transaction that may write, for migrations.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with self._translated_errors():
            self._follow_file()
            with self._migrator.begin() as connection:
                yield connection

    def revision(self) -> str | None:
        """Return the migration that the schema is at; None where there are no tables yet.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._translated_errors():
            self._follow_file()
            with self._engine.connect() as connection:
                return _revision(connection)

    def check(self) -> int:
        """Check that the database is whole and accepts a writer; return its size in bytes. Nothing is changed.

        Raises:
            StorageError: it is damaged, locked or cannot be written, or others may read its file.
        """
        with self._translated_errors(), self.write() as session:
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
        """Create the file of an SQLite database where there is none, readable by its owner alone.

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
                    # Never open and close an existing file ourselves: that would drop this process's locks on it.
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                if not os.access(path, os.R_OK | os.W_OK):
                    raise PermissionError(None, "Permission denied")
                with self._translated_errors():
                    self._pragma("journal_mode = WAL")
        except OSError as error:
            raise StorageError(
                f"Cannot write the database {self.place}: {error.strerror or error}; "
                "make it and its folder writable, or set STEWARD_STORAGE__URL to another place."
            ) from error

    def migrate(self) -> None:
        """Migrate the schema to :data:`~assistant.storage.schema.HEAD`, in one transaction.

        Raises:
            StorageError: the schema is newer than this code, or the database cannot be written.
        """
        if self.revision() == HEAD:
            return
        # Slow to load, and seldom needed.
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        with self.connect() as connection:
            if self._file is None:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            # Another process may have migrated while this one waited.
            revision = _revision(connection)
            if revision is not None and revision not in known:
                raise StorageError(
                    f"The schema of {self.place} is {revision}, newer than {HEAD}, the newest that this "
                    "Steward knows. Install a newer Steward, or set STEWARD_STORAGE__URL to another database."
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
        """Hold this thread's turn to write, on SQLite."""
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
        """Return the SQLite file in use, or another of Steward's that replaced it; None on PostgreSQL."""
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
                raise failure(self.place, "the file that replaced it has none", *NOT_OURS)
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
        """Empty SQLite's log of what was deleted; where that fails now, the next deletion tries again."""
        if self._file is None:
            return
        try:
            busy = self._pragma("wal_checkpoint(TRUNCATE)")[0]
            problem = "another program reads it" if busy else ""
        except SQLAlchemyError as error:
            problem = str(error)
        if problem:
            # The deletion itself is committed, so do not report it as failed.
            words = "Deleted words may stay in the log of the database %s until the next deletion: %s."
            logging.getLogger(__name__).warning(words, self.place, problem)

    def _pragma(self, statement: str) -> tuple[Any, ...]:
        """Run a pragma outside any transaction, as these must be, and return its row."""
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
    def _translated_errors(self) -> Iterator[None]:
        with step("database"):
            try:
                yield
            except SQLAlchemyError as error:
                if not is_failure(error):
                    raise
                raise unavailable(self.place, error) from error
            except (sqlite3.Error, OSError) as error:
                raise unavailable(self.place, error) from error


def open_database(settings: Settings, *, migrate: bool = True) -> Database:
    """Open the database of the settings, ready for use.

    Raises:
        StorageError: it cannot be reached or written, the URL is wrong, or the schema is newer than this code.
    """
    database = Database(database_url(settings), settings.audit)
    try:
        database.prepare()
        if migrate:
            database.migrate()
    except BaseException:
        database.close()
        raise
    return database


def find_database(settings: Settings, *, migrate: bool = True) -> Database | None:
    """Open the database of the settings for reading; None, and none is created, where there is none yet.

    Without ``migrate`` one with another schema counts as none; with it an older schema is migrated.

    Raises:
        StorageError: it cannot be reached or read, the URL is wrong, or the schema is newer than this code.
    """
    database = _existing(database_url(settings), settings.audit)
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
    """Return where the database is, its schema and its size, for `steward doctor`; none is created.

    Raises:
        StorageError: it cannot be reached, read or written, is damaged or locked, or the URL is wrong.
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


def _existing(url: URL, audit: Audit = "off") -> Database | None:
    """Return the database; None for a missing SQLite file, which opening would create."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return Database(url, audit)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
