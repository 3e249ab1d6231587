"""One database: opened, brought up to the newest schema, read and written in transactions.

SQLite in a file of its own by default, PostgreSQL by URL. Whatever is written goes through :meth:`Database.write`, on
SQLite one writer at a time, so that two processes lose nothing of each other's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from assistant.errors import StorageError, StorageUnavailableError
from assistant.settings import Settings
from assistant.storage.addresses import database_url, place_of
from assistant.storage.schema import HEAD
from assistant.storage.sqlite import let_sqlite_behave

BUSY_S = 30
"""How long a writer waits for another one, in seconds."""
CONNECT_S = 10
"""How long a PostgreSQL server may take to answer, in seconds."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 7_384_902
"""Any number; PostgreSQL lets one session at a time hold it."""
_WRITING_LOCK = 7_384_903


class Database:
    """An open database. Threads may share it; a child process must open its own."""

    def __init__(self, url: URL) -> None:
        self.place = place_of(url)
        """Path or address, without secrets."""
        self._file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        # Parameters are what readers wrote: they stay out of errors and logs.
        options: dict[str, Any] = {"hide_parameters": True}
        if self._file is not None:
            options["connect_args"] = {"timeout": BUSY_S}
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
            let_sqlite_behave(self._engine)
        self._writer = self._engine.execution_options(writes=True)
        # SQLite lets writers poll, and the unlucky one for a second; threads of one process can queue instead.
        self._queue = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to read in; on SQLite it sees one state throughout, on PostgreSQL each statement sees its own.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._errors_as_ours(), Session(self._engine) as session:
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
        with self._errors_as_ours(), self._queue if self._file is not None else nullcontext():
            with Session(self._writer) as session, session.begin():
                if one_at_a_time and self._file is None:
                    session.execute(text(f"SELECT pg_advisory_xact_lock({_WRITING_LOCK})"))
                yield session
            if erases:
                self._empty_log()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection in one transaction that may write, for migrations.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with self._errors_as_ours(), self._writer.begin() as connection:
            yield connection

    def revision(self) -> str | None:
        """Which migration the schema is at; None where there are no tables yet.

        Raises:
            StorageError: the database cannot be reached or read.
        """
        with self._errors_as_ours(), self._engine.connect() as connection:
            return _revision(connection)

    def prepare(self) -> None:
        """Make the file of an SQLite database where there is none, readable for its owner alone.

        Raises:
            StorageError: the folder or the file cannot be written.
        """
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # Two that switch to the write-ahead log at once can fail, and SQLite does not wait there: one at a time.
            with FileLock(f"{self._file}.lock", timeout=BUSY_S):
                if not self._file.exists():
                    # Never opened and closed by us where it exists: that would drop the locks of this process on it.
                    os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                if not os.access(self._file, os.R_OK | os.W_OK):
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

    def _empty_log(self) -> None:
        if self._file is not None:
            self._pragma("wal_checkpoint(TRUNCATE)")

    def _pragma(self, statement: str) -> None:
        """Outside any transaction, as these pragmas must be."""
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute(f"PRAGMA {statement}")
        except self._engine.dialect.loaded_dbapi.Error as error:
            raise OperationalError(None, None, error) from error
        finally:
            connection.close()

    @contextmanager
    def _errors_as_ours(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            # A broken constraint or a wrong statement is a bug, and keeps its traceback.
            passing = isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)
            if not passing and type(error) is not DatabaseError:
                raise
            said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(".")
            advice = "see that its disk has room and that it is an SQLite file" if self._file else "see that it runs"
            raise StorageUnavailableError(
                f"The database {self.place} cannot be used ({said}); {advice}, or set STEWARD_STORAGE__URL to another."
            ) from error


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
    """Where the database is and which schema it has, for `steward doctor`; nothing is made or changed.

    Raises:
        StorageError: it cannot be reached or read, or the URL is none.
    """
    url = database_url(settings)
    database = _existing(url)
    if database is None:
        return f"{place_of(url)}, made when it is first needed"
    try:
        revision = database.revision()
    finally:
        database.close()
    if revision == HEAD:
        return f"{database.place}, schema {revision}"
    return f"{database.place}, schema {revision or 'none yet'}; brought to {HEAD} when it is next used"


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
