"""How SQLite must behave: by default it begins transactions late, ignores foreign keys and leaves deleted words.

It also stays with a file that was deleted or replaced, and would read the old file's log into the new one.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

Identity = tuple[int, int]
"""Device and inode of a file, which tell it from another at the same path."""


def configure_sqlite(engine: Engine, busy_s: float) -> None:
    """Make transactions begin where we say, enforce foreign keys and overwrite deleted rows."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        # By default the driver begins a transaction at the first change: what was read before may be gone by then.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(options.get('waits_s', busy_s) * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


class SqliteFile:
    """The file of an SQLite database, held open so that its log can be emptied once another file replaces it."""

    def __init__(self, path: Path, busy_s: float) -> None:
        self.path = path
        self._busy_s = busy_s
        self._held: sqlite3.Connection | None = None
        self.opened: Identity | None = None
        """The file in use; None before the first use."""

    def identity(self) -> Identity | None:
        """Return the identity of the file at the path now; None for none."""
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_dev, status.st_ino

    def connect(self) -> sqlite3.Connection:
        """Open a connection to the file at the path; never create one."""
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(address, uri=True, timeout=self._busy_s, check_same_thread=False)

    def hold(self) -> None:
        """Use the file that is at the path from now on.

        Raises:
            sqlite3.Error: it cannot be read, or is not a database.
        """
        there, held = self.identity(), self.connect()
        try:
            # Its log is opened by name at the first read: by then another one might lie there.
            held.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            held.close()
            raise
        self.close()
        self.opened, self._held = there, held

    def settle_log(self) -> bool:
        """Write what the log still holds into the file in use, wherever it is now; return whether that worked.

        A log left beside another file would be read into that one.
        """
        if self._held is None:
            return True
        busy, *_ = self._held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            return False
        log = Path(f"{self.path}-wal")
        # A log that still holds something came with the new file.
        if log.exists() and not log.stat().st_size:
            for part in ("-wal", "-shm"):
                Path(f"{self.path}{part}").unlink(missing_ok=True)
        return True

    def close(self) -> None:
        """Close the file."""
        if self._held is not None:
            self._held.close()
            self._held = None
