"""What a driver's error means: in full for whoever runs the app, without its place for readers."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from assistant.errors import StorageUnavailableError

BUSY = ("it is busy", "end the program that keeps it locked, or wait for it")
MISSING = (
    "its file is missing",
    "put the file or a backup in its place, or start Steward again, which makes a new one",
)
_FULL = ("its disk is full", "free some room on its disk")
_NOT_WRITABLE = ("it cannot be written to", "make the database and its folder writable for Steward's account")
DAMAGED = ("it is damaged", "put a backup in its place")
NOT_OURS = ("it is not Steward's database", "put a backup in its place")
_MEANINGS: dict[str, tuple[str, str]] = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": ("its disk is full or fails", "see that its disk has room and works"),
    "SQLITE_READONLY": _NOT_WRITABLE,
    "SQLITE_PERM": _NOT_WRITABLE,
    "SQLITE_CANTOPEN": (
        "it cannot be opened",
        "see that it is a file, and readable and writable for Steward's account",
    ),
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_ERROR": NOT_OURS,  # a missing table
    "55P03": BUSY,  # lock not available
    "57014": BUSY,  # statement timeout
    "53100": _FULL,
    "53300": ("it has too many users", "allow more connections"),
    "25006": _NOT_WRITABLE,  # a transaction that may only read, as on a standby
    "42501": _NOT_WRITABLE,  # a missing right
    "42P01": NOT_OURS,  # missing table
    "3D000": ("it is missing", "make the database again or put a backup in its place"),
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""By SQLite's error name, without its extended part, or by PostgreSQL's five characters."""


def is_failure(error: SQLAlchemyError) -> bool:
    """Return whether the database failed; a broken constraint or a wrong statement is a bug and keeps its traceback."""
    if isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeoutError):
        return True
    return type(error) is DatabaseError or getattr(getattr(error, "orig", None), "sqlstate", None) in _MEANINGS


def unavailable(place: str, error: Exception) -> StorageUnavailableError:
    """Return our error for a driver's; ``place`` is without secrets."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().partition("\n")[0].rstrip(".")
    why, advice = BUSY if isinstance(error, PoolTimeoutError) else _meaning(cause)
    return failure(place, said, why, advice)


def failure(place: str, said: str, why: str, advice: str) -> StorageUnavailableError:
    """Return the error for a database that cannot be used."""
    return StorageUnavailableError(
        f"The database {place} cannot be used ({said}); {advice}, or set STEWARD_STORAGE__URL to another.", why
    )


def _meaning(cause: object) -> tuple[str, str]:
    if isinstance(cause, OSError):
        return _NOT_WRITABLE
    name = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
    for known, meaning in _MEANINGS.items():
        if name == known or name.startswith(f"{known}_"):
            return meaning
    return "it does not answer", "see that it runs"
