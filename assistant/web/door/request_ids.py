"""Each request has an id, in its response and in the log, also for what it causes after it is answered."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.door.routes import route_of

HEADER = "X-Request-ID"
"""`ForwardingMiddleware` leaves it on requests of known proxies alone."""
REQUESTS = f"{__name__}.requests"
"""Name of the logger with a line for each request; silent unless its level is lowered to INFO."""
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_UNTOLD = ("/assets/", "/static/", "/svelte/", "/fonts/", "/healthz", "/readyz", "/metrics")
"""Starts of routes that are asked for so often that their lines would hide the others."""
_CURRENT: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request that is being answered; empty outside one."""
    return _CURRENT.get()


@contextmanager
def answering(request_id: str) -> Iterator[None]:
    """Have what runs inside belong to a request."""
    token = _CURRENT.set(request_id)
    try:
        yield
    finally:
        _CURRENT.reset(token)


class RequestIdsMiddleware:
    """Gives each request an id, keeps the one that a proxy gave, and logs what it was answered with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the app finds its id in ``request.state.request_id``."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        status, started = 0, time.monotonic()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with answering(request_id):
            try:
                await self._app(scope, receive, answer)
            finally:
                _log(scope, status, time.monotonic() - started)


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Log a request by its route: its path and query hold what a reader sent."""
    route = route_of(scope["method"], scope["path"]) or "unknown"
    if route.startswith(_UNTOLD):
        return
    method = scope["method"] if route != "unknown" else ""
    told = {"method": method, "route": route, "status": status, "seconds": round(seconds, 3)}
    logging.getLogger(REQUESTS).info("A request was answered.", extra={"told": told})
