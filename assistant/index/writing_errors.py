"""Explains why an index cannot be written, whichever library met the full disk or the read-only folder."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import LibraryIndexError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("no space left", "database or disk is full", "file too large", "quota exceeded", "disk i/o error")
_CLOSED_WORDS = ("permission denied", "read-only", "readonly", "unable to open database file", "not permitted")


@contextmanager
def writing_errors(root: Path) -> Iterator[None]:
    """Raise a failure to write below ``root`` as a `LibraryIndexError` that says what to do.

    Any other error passes through.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError, LibraryIndexError) as error:
        said = _explained(error, root)
        if said is None:
            raise
        raise LibraryIndexError(said) from error


def _explained(error: Exception, root: Path) -> str | None:
    words = str(error).casefold()
    if isinstance(error, OSError):
        elsewhere = error.filename is not None and not Path(str(error.filename)).is_relative_to(root)
        if elsewhere or error.errno is None:
            return None
        full = error.errno in _FULL
    else:
        full = any(each in words for each in _FULL_WORDS)
        if not full and not any(each in words for each in _CLOSED_WORDS):
            return None
    if full:
        return (
            f"No space is left for the index at {root}; the earlier index is unchanged. Free some space, or "
            "set STEWARD_INDEX__FOLDER to a folder with more, then run `steward ingest` again."
        )
    why = error.strerror if isinstance(error, OSError) else error
    return (
        f"The index at {root} cannot be written ({why}). Make the folder writable for this account, or set "
        "STEWARD_INDEX__FOLDER to another one, then run `steward ingest` again."
    )
