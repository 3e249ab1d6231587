"""How SQLite is to behave: by itself it begins transactions late, ignores foreign keys and leaves deleted words.

It also keeps to a file that was deleted or replaced, and would read the log of the old file into the new one.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

Identity = tuple[int, int]
"""Device and inode of a file: another one at the same path has others."""


def let_sqlite_behave(engine: Engine, busy_s: float) -> None:
    """Transactions that begin where we say, foreign keys that hold, and deleted rows that are overwritten."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        # Else the driver begins a transaction late, at the first change: what was read before may be gone by then.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(options.get('waits_s', busy_s) * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


class SqliteFile:
    """The file of an SQLite database, held open so that its log can be settled once another file stands at its path."""

    def __init__(self, path: Path, busy_s: float) -> None:
        self.path = path
        self._busy_s = busy_s
        self._held: sqlite3.Connection | None = None
        self.opened: Identity | None = None
        """The file that is used; None before the first use."""

    def identity(self) -> Identity | None:
        """The file that stands at the path now; None for none."""
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_dev, status.st_ino

    def connect(self) -> sqlite3.Connection:
        """A connection to the file at the path; none is made where there is none."""
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(address, uri=True, timeout=self._busy_s, check_same_thread=False)

    def hold(self) -> None:
        """Use the file that stands at the path from now on.

        Raises:
            sqlite3.Error: it cannot be read, or is no database.
        """
        there, held = self.identity(), self.connect()
        try:
            # Its log is opened by name at the first look: by then another one might lie there.
            held.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            held.close()
            raise
        self.close()
        self.opened, self._held = there, held

    def settle_log(self) -> bool:
        """Put what the log still holds into the file that was used, wherever it is now; whether that was possible.

        A log that was left beside another file would be read into that one.
        """
        if self._held is None:
            return True
        busy, *_ = self._held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            return False
        log = Path(f"{self.path}-wal")
        # One that still holds something came with the new file.
        if log.exists() and not log.stat().st_size:
            for part in ("-wal", "-shm"):
                Path(f"{self.path}{part}").unlink(missing_ok=True)
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._held is not None:
            self._held.close()
            self._held = None
