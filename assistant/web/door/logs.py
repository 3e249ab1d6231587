"""The web app's log: one line per record, without the content of requests.

An exception's message may repeat what a reader sent, and Gradio, uvicorn and asyncio log it. So an exception is
written as its types and the lines of code that it came through.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

_FRAMES = 12
"""How many of the innermost frames of an exception are written."""
_OTHERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class PlainFormatter(logging.Formatter):
    """Writes a record so that nothing in it looks like another record, and without exception messages."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record and, indented below it, the lines of its exception."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {escaped(record.getMessage())}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n  ".join((line, *trace(error))) if error is not None else line


class ToStderr(logging.Handler):
    """Writes to the current stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        # If the log cannot be written, as on a full disk, readers must still get answers.
        with suppress(OSError, ValueError):
            print(self.format(record), file=sys.stderr, flush=True)


def escaped(words: str) -> str:
    """Return text with line breaks and invisible characters as escapes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in words)


def trace(error: BaseException) -> Iterator[str]:
    """Yield the lines of an exception and its causes: types and places, without messages."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield f"{type(following).__module__}.{type(following).__qualname__}, raised through:"
        for frame in traceback.extract_tb(following.__traceback__)[-_FRAMES:]:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def keep_requests_out_of_logs() -> None:
    """Send everything this process logs through `PlainFormatter`; may be called again."""
    if not any(isinstance(handler.formatter, PlainFormatter) for handler in logging.root.handlers):
        handler = ToStderr()
        handler.setFormatter(PlainFormatter())
        logging.root.addHandler(handler)
    for name in _OTHERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def watch_loop() -> None:
    """Have the running event loop log exceptions that nobody awaited, without the values of its tasks."""
    asyncio.get_running_loop().set_exception_handler(_log_unawaited)


def _log_unawaited(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    found: tuple[type[BaseException], BaseException, TracebackType | None] | None = None
    if isinstance(error, BaseException):
        found = (type(error), error, error.__traceback__)
    logging.getLogger("asyncio").error("A task of the event loop failed.", exc_info=found)
