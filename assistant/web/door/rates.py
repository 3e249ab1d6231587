"""How much one reader and one address may ask: token buckets in the memory of this process."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from assistant.errors import BusyError
from assistant.readers import current_reader
from assistant.settings import WebSettings
from assistant.web.door.forwarding import client_of

ADDRESS_TIMES = 20
"""How much more an address may ask than a reader: a whole office can be behind one."""
MOST_NAMES = 10_000
"""Readers and addresses remembered; beyond it, those that asked longest ago are taken for new."""
BUSY_S = 10
"""When to try again where the queue is full, in seconds."""
_WHO = ("you", "your network")
_ALMOST = 1e-6
"""Seconds that rounding may add up to."""


class Rates:
    """Counts questions and other requests by reader and by address. Threads may share it."""

    def __init__(self, web: WebSettings, now: Callable[[], float] = time.monotonic) -> None:
        allowed = {"requests": web.requests_per_minute, "questions": web.questions_per_minute}
        self._buckets = {kind: (_Buckets(most), _Buckets(most * ADDRESS_TIMES)) for kind, most in allowed.items()}
        self.refused: Counter[str] = Counter()
        """How many were refused, as ``questions``, ``requests`` or ``waiting``: by these rates, or by a full queue."""
        self._now = now
        self._lock = threading.Lock()

    def count(self, request: Any, *, is_question: bool) -> None:
        """Count a request of the current reader.

        Raises:
            BusyError: the reader, or all readers at this address, have asked too much; then nothing is counted.
        """
        client, now = client_of(request), self._now()
        names = (current_reader() or client, client)  # a program without a cookie is one reader for each address
        counted: list[tuple[_Buckets, str]] = []
        with self._lock:
            for kind in ("requests", "questions") if is_question else ("requests",):
                for buckets, name, who in zip(self._buckets[kind], names, _WHO, strict=True):
                    if (wait := buckets.wait(name, now)) > _ALMOST:
                        self.refused[kind] += 1
                        raise _too_many(buckets.per_minute, kind, who, math.ceil(wait))
                    counted.append((buckets, name))
            for buckets, name in counted:
                buckets.take(name, now)

    def busy(self, message: str) -> BusyError:
        """Return the error for a request that finds the queue full, and count it as refused."""
        self.refused["waiting"] += 1
        return BusyError(message, BUSY_S)


class _Buckets:
    """Holds when the bucket of each name will be full; an empty one takes a minute."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, name: str, now: float) -> float:
        """Return in how many seconds a name may take; 0 or less means now."""
        return self._full_at.get(name, now) + 60 / self.per_minute - 60 - now

    def take(self, name: str, now: float) -> None:
        self._full_at[name] = max(self._full_at.get(name, now), now) + 60 / self.per_minute
        self._full_at.move_to_end(name)
        if len(self._full_at) > MOST_NAMES:
            self._full_at.popitem(last=False)


def _too_many(most: int, kind: str, who: str, wait: int) -> BusyError:
    seconds = "1 second" if wait == 1 else f"{wait} seconds"
    return BusyError(f"More than {most:,} {kind} a minute came from {who}. Try again in {seconds}.", wait)
