"""How many connections the app keeps open, and how long those may say or hear nothing."""

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
"""Open at once; fewer where the system gives this process fewer than twice as many files."""
HEADERS_S = 10.0
"""How long a connection may take to send the whole head of a request."""
WRITE_S = 60.0
"""How long a reader may take nothing of what is being sent."""
_END_S = 3
"""How long connections have to close once the app ends; what is being answered has had its time then."""


def limit_connections(server: uvicorn.Server, most: int | None = None, headers_s: float = HEADERS_S) -> None:
    """Bound what a server that runs keeps open, from now on; Gradio starts it without bounds.

    Args:
        server: as Gradio starts it, reading its settings at each connection.
        most: connections open at once; by default `MOST_CONNECTIONS`, or what the system allows.
        headers_s: how long a connection may take to send the head of a request.
    """
    # All that are open, and those of them that have sent no whole request; the oldest first.
    opened: dict[H11Protocol, str] = {}
    idle: dict[H11Protocol, None] = {}
    allowed = _allowed() if most is None else most

    class Bounded(_BoundedProtocol):
        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **named)
            self.opened, self.idle, self.most, self.headers_s = opened, idle, allowed, headers_s

    server.config.http_protocol_class = Bounded
    server.config.ws_protocol_class = None  # nothing here speaks it
    server.config.timeout_graceful_shutdown = _END_S


class _BoundedProtocol(H11Protocol):
    """HTTP that a client cannot hold up. Of its own h11 refuses a head of more than 16 KiB.

    A connection is idle unless it waits for an answer, and is closed then after a time. Where all are open, a newer one
    takes the place of the oldest idle one; where none is idle, that of the oldest of the client that has most of them,
    since what one client holds open must not keep the others out.
    """

    opened: dict[H11Protocol, str]
    """With the address of its client."""
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
        """Start or stop waiting for the head of a request; a part of one is no reason to wait longer."""
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
