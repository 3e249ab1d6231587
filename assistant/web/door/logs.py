"""The web app's log: one line per record, without the content of requests.

An exception's message may repeat what a reader sent, and Gradio, uvicorn and asyncio log it. So an exception is
written as its types and the lines of code that it came through.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

from assistant.web.door.request_ids import REQUESTS, current_request_id

_FRAMES = 12
"""How many of the innermost frames of an exception are written."""
_OTHERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class PlainFormatter(logging.Formatter):
    """Writes a record so that nothing in it looks like another record, and without exception messages."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record and, indented below it, the lines of its exception."""
        request_id = current_request_id()
        named = f"{record.name} [{request_id}]" if request_id else record.name
        line = f"{self.formatTime(record)} {record.levelname} {named}: {escaped(record.getMessage())}"
        return "\n  ".join((line, *_trace_of(record)))


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON, without exception messages."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if exception := [*_trace_of(record)]:
            line["exception"] = exception
        return json.dumps(line | getattr(record, "told", {}))


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


def _trace_of(record: logging.LogRecord) -> Iterator[str]:
    if record.exc_info and record.exc_info[1] is not None:
        yield from trace(record.exc_info[1])


def keep_requests_out_of_logs(form: Literal["plain", "json"] = "plain") -> None:
    """Send everything this process logs through one of the formatters; may be called again.

    As JSON there is also a line for each request: who reads it can leave out what they do not need.
    """
    handler = next((item for item in logging.root.handlers if isinstance(item, ToStderr)), None)
    if handler is None:
        handler = ToStderr()
        logging.root.addHandler(handler)
    handler.setFormatter(JsonFormatter() if form == "json" else PlainFormatter())
    logging.getLogger(REQUESTS).setLevel(logging.INFO if form == "json" else logging.WARNING)
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
