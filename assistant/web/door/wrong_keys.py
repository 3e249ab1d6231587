"""How many keys a client may get wrong: guesses are slowed down and noticed, and nobody else is kept out."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_network

from assistant.errors import NotAllowedError
from assistant.web.door.forwarding import address_of

WINDOW_S = 600
"""For how long a wrong key counts."""
LOCKED_S = 60
"""For how long a client is locked out after its last wrong key."""
OF_ONE, OF_ALL = 10, 100
"""Different wrong keys in that time, of one client and of all clients, that make this one and each wrong one wait."""
MOST_CLIENTS = 10_000


class WrongKeys:
    """Counts different wrong keys by client. Threads may share it.

    The same key again is no guess: a browser keeps one that has ended, and asks with it at every event.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, dict[str, float]] = OrderedDict()
        """When each client gave each wrong key first, by its digest; the client that was wrong last stands last."""
        self._right: OrderedDict[str, None] = OrderedDict()
        """Digests of keys that were right: these are looked up also where somebody else at an address guesses."""

    def check(self, client: str, key: str) -> None:
        """Let a key be looked up.

        Raises:
            NotAllowedError: the client has given too many wrong ones.
        """
        with self._lock:
            self._forget()
            wrong = self._wrong.get(_counted(client), {})
            digest = _digest(key)
            if not wrong or digest in wrong or digest in self._right:
                return
            total = sum(map(len, self._wrong.values()))
            locked = len(wrong) >= OF_ONE or total >= OF_ALL
            if locked and (left := max(wrong.values()) + LOCKED_S - self._now()) > 0:
                raise NotAllowedError(f"Too many wrong keys. Wait {round(left) + 1} seconds, then try once more.")

    def was_right(self, key: str) -> None:
        """Remember a key that somebody has."""
        with self._lock:
            self._right[_digest(key)] = None
            while len(self._right) > MOST_CLIENTS:
                self._right.popitem(last=False)

    def was_wrong(self, client: str, key: str) -> None:
        """Count a key that nobody has, and log when a client or all of them are over the limit."""
        with self._lock:
            wrong = self._wrong.setdefault(_counted(client), {})
            self._wrong.move_to_end(_counted(client))
            if _digest(key) in wrong:
                return
            wrong[_digest(key)] = self._now()
            while len(self._wrong) > MOST_CLIENTS:
                self._wrong.popitem(last=False)
            total = sum(map(len, self._wrong.values()))
        if len(wrong) >= OF_ONE or total % OF_ALL == 0:
            logging.getLogger(__name__).warning(
                "%d wrong keys from %s and %d from all clients within %d minutes; it waits %d seconds.",
                len(wrong),
                _counted(client),
                total,
                WINDOW_S // 60,
                LOCKED_S,
            )

    def _forget(self) -> None:
        oldest = self._now() - WINDOW_S
        for client in [name for name, wrong in self._wrong.items() if max(wrong.values()) < oldest]:
            del self._wrong[client]


def _counted(client: str) -> str:
    """What counts as one client: an address, of IPv6 the network that a household or office has."""
    address = address_of(client)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or "an unknown address")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
