"""How much a request may send, how slowly, and which requests are still answered while the app ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"
"""The one address that takes files, and counts them itself."""
MOST_BODY = 2**20
"""Bytes of any other request."""
_MOST_HELD = 64 * 2**20
"""Bytes of all requests that have not arrived whole."""
BODY_S, _BODY_RATE = 30.0, 10_000
"""How long a request may take to arrive, and the bytes for each of which it may take a second longer."""
_ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/mcp", "/gradio_api/upload_progress")
"""What is read for as long as a page or a program is open."""
_RESULTS = ("/gradio_api/queue/data", "/gradio_api/call/")
"""Where the answers to questions that were put already are fetched."""


class RefusedError(Exception):
    """A request that is not taken: the status and the sentence to answer it with."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status

    def response(self) -> PlainTextResponse:
        """The answer. What still comes of the request is passed over for a while: closed at once, it would be lost."""
        return PlainTextResponse(f"{self}\n", self.status)


class Traffic:
    """What an app is answering now."""

    def __init__(self) -> None:
        self.running = 0
        """Requests being answered, but those that end only with the page or program that sent them."""
        self.ending = False
        """Whether nothing but the answers to what was asked before is still given."""
        self.held = 0
        """Bytes of requests that have not arrived whole."""


class LimitsMiddleware:
    """Hands on a request once it has arrived whole, or refuses it; nothing large is held meanwhile."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 408, 413 or 503."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = not (scope["method"] == "GET" and scope["path"].startswith(_ENDLESS))
        self._traffic.running += counted
        try:
            await self._app(scope, await self._body(scope, receive), send)
        except RefusedError as refusal:
            await refusal.response()(scope, receive, send)
        finally:
            self._traffic.running -= counted

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        """What gives the body to those behind: of an upload as it comes, of anything else as it came."""
        if self._traffic.ending and not (scope["method"] == "GET" and scope["path"].startswith(_RESULTS)):
            raise RefusedError(503, "Steward is being stopped. Try again in a moment.")
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
        """The message with the whole body, or that the client has gone."""
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
                    raise RefusedError(503, "Too much is being sent to Steward at once. Try again in a moment.")
                if not message.get("more_body", False):
                    return {"type": "http.request", "body": bytes(body), "more_body": False}
        finally:
            self._traffic.held -= len(body)


class _Paced:
    """Receives a body that must keep coming; what comes after it may take any time."""

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
            sentence = "The request came too slowly and was given up. Try again on a better connection."
            raise RefusedError(408, sentence) from None
        self._until += len(message.get("body", b"")) / _BODY_RATE
        self._ended = not message.get("more_body", False)
        return message


def _too_large() -> RefusedError:
    return RefusedError(413, f"The request has more than {MOST_BODY:,} bytes, the most that Steward takes. Send less.")
