"""What the web app's process writes to its log: one line per record, and nothing that a request said.

The message of an exception holds what it could not take, and other programs' loggers print it: Gradio, uvicorn and
asyncio do. So an exception is written as its kinds and the lines of code that it came through.
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
"""Of each exception: the innermost places that it came through."""
_OTHERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class PlainFormatter(logging.Formatter):
    """Writes a record so that nothing in it can pass for another record, or say an exception's own words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and below it, indented, the lines of its exception."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {escaped(record.getMessage())}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n  ".join((line, *trace(error))) if error is not None else line


class ToStderr(logging.Handler):
    """Writes to stderr as it is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        # A log that cannot be written, as on a full disk, costs no reader an answer.
        with suppress(OSError, ValueError):
            print(self.format(record), file=sys.stderr, flush=True)


def escaped(words: str) -> str:
    """Return words with line breaks and whatever cannot be seen written as escapes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in words)


def trace(error: BaseException) -> Iterator[str]:
    """Return the lines of an exception and of its causes: kinds and places, without their messages."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield f"{type(following).__module__}.{type(following).__qualname__}, raised through:"
        for frame in traceback.extract_tb(following.__traceback__)[-_FRAMES:]:
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def keep_requests_out() -> None:
    """Have all that this process logs pass through `PlainFormatter`; harmless a second time."""
    if not any(isinstance(handler.formatter, PlainFormatter) for handler in logging.root.handlers):
        handler = ToStderr()
        handler.setFormatter(PlainFormatter())
        logging.root.addHandler(handler)
    for name in _OTHERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def watch_loop() -> None:
    """Have the running event loop log what nobody awaited, without the values of its tasks."""
    asyncio.get_running_loop().set_exception_handler(_log_unawaited)


def _log_unawaited(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    found: tuple[type[BaseException], BaseException, TracebackType | None] | None = None
    if isinstance(error, BaseException):
        found = (type(error), error, error.__traceback__)
    logging.getLogger("asyncio").error("A task of the event loop failed.", exc_info=found)
