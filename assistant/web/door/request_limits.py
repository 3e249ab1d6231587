"""Limits on the size and speed of requests, and which are still answered while the app stops."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"
"""The only address that takes files; it has its own limits."""
MOST_BODY = 2**20
"""Most bytes of any other request."""
_MOST_HELD = 64 * 2**20
"""Most bytes of all requests that have not arrived whole."""
BODY_S, _BODY_RATE = 30.0, 10_000
"""Seconds for a request to arrive, and the bytes that give it one second more."""
_STREAMS = ("/gradio_api/heartbeat/", "/gradio_api/mcp", "/gradio_api/upload_progress")
"""Streams that last as long as a page or program is open."""
_RESULTS = ("/gradio_api/queue/data", "/gradio_api/call/")
"""Where answers to earlier requests are fetched."""


class RefusedError(Exception):
    """A refused request: the status and message of the response."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status

    def response(self) -> PlainTextResponse:
        """Return the response."""
        return PlainTextResponse(f"{self}\n", self.status)


class Traffic:
    """The requests that an app is answering now."""

    def __init__(self) -> None:
        self.running = 0
        """Requests being answered, without streams that last as long as their page or program."""
        self.ending = False
        """Whether the app is stopping, and gives only answers to earlier requests."""
        self.responses: Counter[int] = Counter()
        """Responses so far, by status."""
        self.held = 0
        """Bytes of requests that have not arrived whole."""


class LimitsMiddleware:
    """Passes a request on once it has arrived whole, or refuses it, without holding anything large."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 408, 413 or 503."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = not (scope["method"] == "GET" and scope["path"].startswith(_STREAMS))
        self._traffic.running += counted
        try:
            await self._app(scope, await self._body(scope, receive), send)
        except RefusedError as refusal:
            await refusal.response()(scope, receive, send)
        finally:
            self._traffic.running -= counted

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        """Return the source of the body: streamed for an upload, whole for anything else."""
        if self._traffic.ending and not (scope["method"] == "GET" and scope["path"].startswith(_RESULTS)):
            raise RefusedError(503, "Steward is stopping. Try again in a moment.")
        headers = Headers(scope=scope)
        length = headers.get("content-length")
        if length in (None, "0") and "transfer-encoding" not in headers:
            return receive
        if scope["path"] == UPLOAD:
            return _Paced(receive)
        if length is not None and int(length) > MOST_BODY:
            raise _too_large()
        message: MutableMapping[str, Any] | None = await self._whole(_Paced(receive))

        async def replay() -> MutableMapping[str, Any]:
            nonlocal message
            if message is None:
                return await receive()
            given, message = message, None
            return given

        return replay

    async def _whole(self, receive: Receive) -> MutableMapping[str, Any]:
        """Return the message with the whole body, or the message that the client has left."""
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return message
                body += message.get("body", b"")
                self._traffic.held += len(message.get("body", b""))
                if len(body) > MOST_BODY:
                    raise _too_large()
                if self._traffic.held > _MOST_HELD:
                    raise RefusedError(503, "Steward is receiving too much at once. Try again in a moment.")
                if not message.get("more_body", False):
                    return {"type": "http.request", "body": bytes(body), "more_body": False}
        finally:
            self._traffic.held -= len(body)


class _Paced:
    """Receives a body that must keep coming; later messages may take any time."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._until = time.monotonic() + BODY_S
        self._ended = False

    async def __call__(self) -> MutableMapping[str, Any]:
        if self._ended:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(self._until - time.monotonic(), 0.01))
        except TimeoutError:
            sentence = "The request was too slow and was stopped. Try again on a faster connection."
            raise RefusedError(408, sentence) from None
        self._until += len(message.get("body", b"")) / _BODY_RATE
        self._ended = not message.get("more_body", False)
        return message


def _too_large() -> RefusedError:
    return RefusedError(413, f"The request is larger than the limit of {MOST_BODY:,} bytes. Send less.")
