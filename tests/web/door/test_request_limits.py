"""How much a caller may send, and that the app is there for the others meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.library import Library
from assistant.web.door import request_limits
from assistant.web.door.request_limits import MOST_BODY, LimitsMiddleware, Traffic
from tests.web.serving import served


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    """Of the app, where readers may add no files."""
    settings = library.settings
    web = settings.web.model_copy(update={"add_files": False})
    with served(lambda: replace(library, settings=settings.model_copy(update={"web": web}))) as served_at:
        yield served_at


def sent(address: str, head: str, *parts: bytes) -> str:
    """The status line and the body that a request gets, though it may never be whole."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(f"{head}\r\nHost: {url.host}:{url.port}\r\n\r\n".encode() + b"".join(parts))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return f"{answer.status} {answer.read().decode()}"


@pytest.mark.parametrize(
    "path", ["/gradio_api/call/ask", "/gradio_api/queue/join", "/gradio_api/mcp/", "/gradio_api/cancel"]
)
def test_what_is_too_large_is_refused_before_it_is_sent(address: str, path: str) -> None:
    refused = sent(address, f"POST {path} HTTP/1.1\r\nContent-Length: {400 * 2**20}")
    assert refused.startswith("413 The request is larger than the limit of 1,048,576 bytes")


def test_what_comes_in_pieces_is_refused_once_it_is_too_large(address: str) -> None:
    piece = b"%x\r\n%s\r\n" % (2**16, b"[" * 2**16)
    refused = sent(address, "POST /gradio_api/mcp/ HTTP/1.1\r\nTransfer-Encoding: chunked", *[piece] * 17)
    assert refused.startswith("413 The request is larger than the limit of 1,048,576 bytes")


def test_a_request_of_the_largest_size_is_answered(address: str) -> None:
    body = json.dumps({"data": ["boats", [], [], [], None, None]}).ljust(MOST_BODY)
    assert httpx.post(f"{address}/gradio_api/call/ask", content=body, headers=JSON).status_code == 200


JSON = {"Content-Type": "application/json"}


async def answered(
    messages: list[dict[str, Any]], traffic: Traffic, path: str = "/", method: str = "POST"
) -> list[Any]:
    """The status and body that a request gets whose messages come one by one, the last of them never."""

    async def told(request: Request) -> Response:
        return Response(await request.body())

    app = Starlette(
        routes=[Route("/{path:path}", told, methods=["GET", "POST"])],
        middleware=[Middleware(LimitsMiddleware, traffic=traffic)],
    )
    coming, sent = iter(messages), []

    async def receive() -> Any:
        message = next(coming, None)
        return message if message is not None else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    return [sent[0]["status"], b"".join(message.get("body", b"") for message in sent)]


def part(data: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


@pytest.mark.parametrize("path", ["/", request_limits.UPLOAD])
def test_a_request_that_stops_coming_is_given_up(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "BODY_S", 0.05)
    status, said = asyncio.run(answered([part(b"a"), part(b"b")], Traffic(), path))
    assert status == 408
    assert said.startswith(b"The request was too slow")
    assert asyncio.run(answered([part(b"a"), part(b"b", more=False)], Traffic(), path)) == [200, b"ab"]


def test_all_that_has_not_arrived_whole_is_bounded() -> None:
    traffic = Traffic()
    traffic.held = 64 * 2**20
    assert asyncio.run(answered([part(b"a")], traffic))[0] == 503
    assert traffic.held == 64 * 2**20
    assert traffic.running == 0


def test_while_the_app_ends_only_answers_are_fetched() -> None:
    traffic = Traffic()
    traffic.ending = True
    end = [part(b"", more=False)]
    assert asyncio.run(answered(end, traffic, "/gradio_api/call/ask"))[0] == 503
    assert asyncio.run(answered(end, traffic, "/gradio_api/call/ask/1", "GET"))[0] == 200
    assert asyncio.run(answered(end, traffic, "/gradio_api/queue/data", "GET"))[0] == 200
    assert asyncio.run(answered(end, traffic, "/", "GET"))[0] == 503
