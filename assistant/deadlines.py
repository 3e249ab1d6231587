"""Time limits for calls: set where a call enters, checked in the loops of its work.

Python cannot end a thread, so the work must end itself: whatever goes sentence by sentence calls :func:`check_deadline`
before each. Worker threads get a copy of the caller's context, and with it the deadline.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from assistant.errors import OutOfTimeError

Item = TypeVar("Item")

CALL_SECONDS = 30.0
"""How long one call of the web app may work, unless it sets a limit of its own."""


@dataclass
class _Deadline:
    seconds: float
    end: float


_CURRENT: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Limit what runs inside to ``seconds``, or not at all for None, whatever the limit outside."""
    token = _CURRENT.set(None if seconds is None else _Deadline(seconds, time.monotonic() + seconds))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def check_deadline() -> None:
    """Raise if the deadline has passed.

    Raises:
        OutOfTimeError: the call's time is up.
    """
    current = _CURRENT.get()
    if current is not None and time.monotonic() > current.end:
        raise OutOfTimeError(
            f"This took more than {current.seconds:g} seconds and was stopped. Try a shorter text, or fewer at once."
        )


def within_deadline(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items while there is time.

    Raises:
        OutOfTimeError: the call's time is up.
    """
    for item in items:
        check_deadline()
        yield item


@contextmanager
def not_counted() -> Iterator[None]:
    """Stop the clock for what runs inside and has its own time limit: a chat model, or the reader of a file."""
    current, started = _CURRENT.get(), time.monotonic()
    try:
        yield
    finally:
        if current is not None:
            current.end += time.monotonic() - started
