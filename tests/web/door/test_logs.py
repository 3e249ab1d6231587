"""Lines of the log: one record each, and of an exception no more than its kind and its places."""

from __future__ import annotations

import errno
import logging
import sys
from io import StringIO

import pytest

from assistant.web.door.logs import PlainFormatter, ToStderr, escaped


def line(message: str, *values: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return PlainFormatter().format(logging.LogRecord("steward", logging.ERROR, "x.py", 1, message, values, info))


def test_what_ends_a_line_or_moves_the_cursor_is_escaped() -> None:
    assert escaped("a\r\nb\x1b[2J\u2028\u202e\ud800 é") == r"a\r\nb\x1b[2J\u2028\u202e\ud800 é"
    assert line("Said %s", "a\nERROR forged").endswith(r"ERROR steward: Said a\nERROR forged")
    assert "\n" not in line("Said %s", "a\nERROR forged")


def test_an_exception_is_its_kinds_and_places_without_its_words() -> None:
    try:
        try:
            int("secret words")
        except ValueError as error:
            raise KeyError("more secrets") from error
    except KeyError:
        shown = line("Failed.", error=sys.exc_info()[1])
    assert "secrets" not in shown.replace('raise KeyError("more secrets") from error', "")
    assert "builtins.KeyError, raised through:" in shown
    assert "builtins.ValueError, raised through:" in shown
    assert "test_logs.py" in shown


def test_an_exception_that_causes_itself_ends() -> None:
    error = ValueError("x")
    error.__cause__ = error
    assert line("Failed.", error=error).count("ValueError") == 1


def test_a_log_that_cannot_be_written_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(StringIO):
        def write(self, words: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    ToStderr().emit(logging.LogRecord("steward", logging.ERROR, "x.py", 1, "The disk is full.", None, None))
