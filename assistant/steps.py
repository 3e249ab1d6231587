"""The steps of an answer, timed: metrics and traces listen, and nothing of a question is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Step:
    """A piece of the work: what it was, when it began and how long it took."""

    name: str
    """Such as ``search``, ``write`` or ``database``."""
    began: float
    """Seconds since 1970."""
    seconds: float = 0.0
    result: str = ""
    """One of a few words, such as the status of an answer."""
    error: BaseException | None = None
    """What ended it early."""


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Time what runs inside; once it has ended, tell every listener."""
    timed, started = Step(name, time.time()), time.perf_counter()
    try:
        yield timed
    except BaseException as error:
        timed.error = error
        raise
    finally:
        timed.seconds = time.perf_counter() - started
        for listener in tuple(_listeners):
            listener(timed)


def listen(listener: Listener) -> None:
    """Tell ``listener`` of every step from now on, in any thread; it must not raise."""
    _listeners.append(listener)


def stop_listening(listener: Listener) -> None:
    """Tell it of no more."""
    _listeners.remove(listener)
