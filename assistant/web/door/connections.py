"""Limits on open connections and on how long they may be idle."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MOST_CONNECTIONS = 1000
"""Open at once; at most half of the files that the system allows this process."""
HEADERS_S = 10.0
"""Time to send the whole head of a request."""
WRITE_S = 60.0
"""Time in which a reader must take some of what is being sent."""
_END_S = 3
"""Time for connections to close when the app stops; running answers have finished by then."""


def limit_connections(server: uvicorn.Server, most: int | None = None, headers_s: float = HEADERS_S) -> None:
    """Limit the connections of a running server, which Gradio starts without limits.

    Args:
        server: as Gradio starts it; it reads its settings at each connection.
        most: connections open at once; by default `MOST_CONNECTIONS`, or what the system allows.
        headers_s: time to send the head of a request.
    """
    # All open connections, and those that have sent no whole request; oldest first.
    opened: dict[H11Protocol, str] = {}
    idle: dict[H11Protocol, None] = {}
    allowed = _allowed() if most is None else most

    class Bounded(_BoundedProtocol):
        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **named)
            self.opened, self.idle, self.most, self.headers_s = opened, idle, allowed, headers_s

    server.config.http_protocol_class = Bounded
    server.config.ws_protocol_class = None  # unused
    server.config.timeout_graceful_shutdown = _END_S


class _BoundedProtocol(H11Protocol):
    """HTTP that one client cannot block. h11 itself refuses a head of more than 16 KiB.

    A connection that is not waiting for an answer is idle, and closed after a time. At the limit, a new connection
    replaces the oldest idle one or, if none is idle, the oldest of the client with most connections.
    """

    opened: dict[H11Protocol, str]
    """The client's address by connection."""
    idle: dict[H11Protocol, None]
    most: int
    headers_s: float
    _head: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.opened[self] = self.client[0] if self.client else ""
        self._note()
        if len(self.opened) > self.most:
            oldest = next(iter(self.idle))
            if oldest is self:
                ((greediest, _),) = Counter(self.opened.values()).most_common(1)
                oldest = next(item for item, client in self.opened.items() if client == greediest)
            oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.opened.pop(self, None)
        self._stop_waiting()
        self.resume_writing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing = self.loop.call_later(WRITE_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _note(self) -> None:
        """Start or stop the timer for the head of a request; part of a head does not extend it."""
        if self.transport.is_closing() or (self.cycle is not None and not self.cycle.response_complete):
            self._stop_waiting()
        elif self not in self.idle:
            self.idle[self] = None
            self._head = self.loop.call_later(self.headers_s, self.transport.abort)

    def _stop_waiting(self) -> None:
        self.idle.pop(self, None)
        if self._head is not None:
            self._head.cancel()
            self._head = None


def _allowed() -> int:
    if resource is None:
        return MOST_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, files // 2)
