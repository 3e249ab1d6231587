"""How long a call may work: a time that is set where the call enters, and looked at in the loops of the work.

Python cannot end a thread, so the work ends itself: what is done sentence by sentence calls :func:`check_deadline`
before each. Worker threads see the deadline of the call that started them, since they are given a copy of its context.
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
"""How long one call of the web app may work, unless what it does sets another time."""


@dataclass
class _Deadline:
    seconds: float
    end: float


_CURRENT: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Give what runs inside so many seconds, None for as long as it takes, whatever was given outside."""
    token = _CURRENT.set(None if seconds is None else _Deadline(seconds, time.monotonic() + seconds))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def check_deadline() -> None:
    """Go on while there is time.

    Raises:
        OutOfTimeError: the time of the call is up.
    """
    current = _CURRENT.get()
    if current is not None and time.monotonic() > current.end:
        raise OutOfTimeError(
            f"This took more than {current.seconds:g} seconds and was stopped. Try a shorter text, or fewer at once."
        )


def within_deadline(items: Iterable[Item]) -> Iterator[Item]:
    """Give the items one by one, as long as there is time.

    Raises:
        OutOfTimeError: the time of the call is up.
    """
    for item in items:
        check_deadline()
        yield item


@contextmanager
def not_counted() -> Iterator[None]:
    """Leave out what runs inside, which has a time limit of its own: a chat model or the reader of a file."""
    current, started = _CURRENT.get(), time.monotonic()
    try:
        yield
    finally:
        if current is not None:
            current.end += time.monotonic() - started
