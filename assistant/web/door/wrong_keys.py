"""Limit wrong keys by client: guessing is slowed down and logged, and other people are not locked out."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from assistant.errors import NotAllowedError
from assistant.web.door.forwarding import one_client

WINDOW_S = 600
"""How long a wrong key counts, in seconds."""
LOCKED_S = 60
"""How long a client is locked out after its last wrong key, in seconds."""
CLIENT_LIMIT, TOTAL_LIMIT = 10, 100
"""How many different wrong keys lock out a client: its own, and those of all clients."""
MOST_CLIENTS = 10_000


class WrongKeys:
    """Counts different wrong keys by client. Threads may share it.

    Repeating a key is not guessing: a browser keeps a key that has ended, and sends it with every event.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, dict[str, float]] = OrderedDict()
        """When each client first gave each wrong key, by digest; the latest client comes last."""
        self._right: OrderedDict[str, None] = OrderedDict()
        """Digests of keys that were right; these work even while somebody at the same address guesses."""

    def check(self, client: str, key: str) -> None:
        """Return if a key may be looked up.

        Raises:
            NotAllowedError: the client has given too many wrong ones.
        """
        with self._lock:
            self._forget()
            wrong = self._wrong.get(one_client(client), {})
            digest = _digest(key)
            if not wrong or digest in wrong or digest in self._right:
                return
            total = sum(map(len, self._wrong.values()))
            locked = len(wrong) >= CLIENT_LIMIT or total >= TOTAL_LIMIT
            if locked and (left := max(wrong.values()) + LOCKED_S - self._now()) > 0:
                raise NotAllowedError(f"Too many wrong keys. Wait {round(left) + 1} seconds, then try once more.")

    def record_valid(self, key: str) -> None:
        """Remember a valid key."""
        with self._lock:
            self._right[_digest(key)] = None
            while len(self._right) > MOST_CLIENTS:
                self._right.popitem(last=False)

    def record_wrong(self, client: str, key: str) -> None:
        """Count an unknown key, and log when a client or all together are over the limit."""
        with self._lock:
            wrong = self._wrong.setdefault(one_client(client), {})
            self._wrong.move_to_end(one_client(client))
            if _digest(key) in wrong:
                return
            wrong[_digest(key)] = self._now()
            while len(self._wrong) > MOST_CLIENTS:
                self._wrong.popitem(last=False)
            total = sum(map(len, self._wrong.values()))
        if len(wrong) >= CLIENT_LIMIT or total % TOTAL_LIMIT == 0:
            logging.getLogger(__name__).warning(
                "%d wrong keys from %s and %d from all clients within %d minutes; it waits %d seconds.",
                len(wrong),
                one_client(client),
                total,
                WINDOW_S // 60,
                LOCKED_S,
            )

    def _forget(self) -> None:
        oldest = self._now() - WINDOW_S
        for client in [name for name, wrong in self._wrong.items() if max(wrong.values()) < oldest]:
            del self._wrong[client]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
