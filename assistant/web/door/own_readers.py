"""Tells readers apart by a random id in a cookie, so that a file can be for its reader alone."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.readers import COOKIE, new_id, reader_of, reading_as

KEPT_S = 365 * 24 * 3600
"""How long a browser keeps the cookie, in seconds."""
READER = "steward.reader"
"""Where a request's scope holds its reader and person; events run later, in a context of their own."""


class ReadersMiddleware:
    """Answers each request for the reader whose cookie it has; the page gives one to a browser without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reader = reader_of(HTTPConnection(scope).cookies)
        is_new = reader is None and (scope["method"], scope["path"]) == ("GET", "/")

        async def answer(message: Message) -> None:
            if is_new and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", _cookie(is_secure=scope["scheme"] == "https"))
                headers["Cache-Control"] = "private, no-store"  # a shared cache would give one id to many
            await send(message)

        with reading_as(reader):
            await self._app({**scope, READER: (reader, None)}, receive, answer)


def _cookie(*, is_secure: bool) -> str:
    words = f"{COOKIE}={new_id()}; Max-Age={KEPT_S}; Path=/; HttpOnly; SameSite=Lax"
    return f"{words}; Secure" if is_secure else words
