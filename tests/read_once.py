"""Files that a child process has read, kept for the next test: starting another takes longer than most tests."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

from assistant.reading.child import WAIT_S, Child, Made, Process, Task
from assistant.settings import ReadingSettings

_kept: dict[str, bytes] = {}


class ReadOnce(Child):
    """A child process for a file of other bytes, limits or task than any before; else what that one left."""

    def __init__(
        self,
        path: Path,
        limits: ReadingSettings,
        task: Task,
        wait_s: float = WAIT_S,
        idle: list[Process] | None = None,
    ) -> None:
        self._key = _key(path, limits, task)
        self._is_known = self._key in _kept
        self.path = path
        if not self._is_known:
            super().__init__(path, limits, task, wait_s, idle)

    def result(self, take: Callable[[bytes], Made]) -> Made:
        return take(_kept[self._key]) if self._is_known else super().result(lambda found: take(self._keep(found)))

    def _keep(self, found: bytes) -> bytes:
        return _kept.setdefault(self._key, found)

    def end(self) -> None:
        if not self._is_known:
            super().end()


def _key(path: Path, limits: ReadingSettings, task: Task) -> str:
    """A name for all that the result depends on. What cannot be read leaves nothing to keep."""
    data = b""
    with contextlib.suppress(OSError, ValueError):
        data = path.read_bytes() if path.is_file() else b""
    return f"{hashlib.sha256(data).hexdigest()} {limits!r} {task!r}"
