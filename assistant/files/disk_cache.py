"""Results kept on disk by content, each with a digest, so that damage costs only time."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_DAMAGED = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_ERROR,  # a table of another form
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
}


class KeptRows:
    """Values by key in one table of an SQLite file; several processes may use it.

    A damaged entry counts as missing. A file that cannot be read is replaced by a new one.
    """

    def __init__(self, path: Path, table: str) -> None:
        """Open or create the file.

        Raises:
            OSError: its folder cannot be made.
            sqlite3.Error: it cannot be used, for a reason other than damage.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._table = table
        self._database: sqlite3.Connection | None = None
        self._try(lambda database: None)

    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that are kept and undamaged."""
        wanted = list(keys)

        def read(database: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for part in parts(wanted, 500):
                marks = ",".join("?" * len(part))
                statement = f"SELECT key, value, digest FROM {self._table} WHERE key IN ({marks})"  # noqa: S608 - marks
                rows = database.execute(statement, part)
                found.update((key, value) for key, value, digest in rows if digest == _digest(key, value))
            return found

        return self._try(read)

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """Keep the values, all or none, and replace what was kept under these keys."""

        def write(database: sqlite3.Connection) -> None:
            with database:
                database.executemany(
                    f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)",  # noqa: S608 - a name of ours
                    [(key, value, _digest(key, value)) for key, value in values.items()],
                )

        self._try(write)

    def forget(self, keys: Iterable[bytes], values: Iterable[bytes] = ()) -> None:
        """Delete and overwrite what is kept under these keys, and these values under any key."""
        gone = [("key", key) for key in keys] + [("value", value) for value in values]

        def forget(database: sqlite3.Connection) -> None:
            database.execute("PRAGMA secure_delete=ON")
            with database:
                for column, found in gone:
                    database.execute(f"DELETE FROM {self._table} WHERE {column} = ?", (found,))  # noqa: S608 - names of ours

        self._try(forget)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._opened())
        except sqlite3.DatabaseError as error:
            if not self._is_damaged(error):
                raise
        self.close()
        for path in self._files():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            # Threads may use it, one at a time.
            self._database = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
            self._database.text_factory = bytes  # a damaged row may claim to hold text that is not valid
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            columns = "key BLOB PRIMARY KEY, value BLOB NOT NULL, digest BLOB NOT NULL"
            self._database.execute(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns}) WITHOUT ROWID")
        return self._database

    def _is_damaged(self, error: sqlite3.DatabaseError) -> bool:
        code = getattr(error, "sqlite_errorcode", None)
        return code in _DAMAGED or any(path.exists() and not path.is_file() for path in self._files())

    def _files(self) -> list[Path]:
        return [self._path, *(self._path.with_name(self._path.name + end) for end in ("-wal", "-shm"))]


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in parts of ``size``; the last one may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _digest(key: bytes, value: bytes) -> bytes | None:
    if not isinstance(value, bytes):  # a damaged row may hold a number
        return None
    return hashlib.blake2b(key + value, digest_size=16).digest()
