"""One writer at a time, and who it is."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import IndexLockedError


@contextlib.contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the index's write lock; the operating system frees it whenever and however the process dies.

    Raises:
        IndexLockedError: another writer holds it; the message names its process, host and start.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "write.lock.holder"
    lock = FileLock(folder / "write.lock", blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexLockedError(
            f"The index at {folder} is being written by {_describe(holder)}. Wait until it is done, then try again."
        ) from error
    try:
        facts = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        holder.write_text(json.dumps(facts), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        facts = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {facts['pid']} on {facts['host']} since {facts['since']}"
    except (FileNotFoundError, ValueError):  # it took the lock a moment ago
        return "another process"
