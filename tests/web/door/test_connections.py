"""Connections that say nothing, and those that take nothing, do not keep others out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from assistant.library import Library
from assistant.web.door import connections
from assistant.web.door.connections import limit_connections
from tests.web.serving import served

HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-"
LONG_S = 30


def told(request: Request) -> Response:
    return PlainTextResponse("told")


async def streamed(request: Request) -> Response:
    """A word every tenth of a second, a hundred times or as often as is asked."""

    async def words() -> AsyncIterator[str]:
        for _ in range(int(request.query_params.get("times", 100))):
            yield "word "
            await asyncio.sleep(0.1)

    return StreamingResponse(words())


async def endless(request: Request) -> Response:
    async def much() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 2**20
            await asyncio.sleep(0)  # so that it is told that nobody is there any more

    return StreamingResponse(much())


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[uvicorn.Server, int]]]:
    """Starts a server with bounds on a free port."""
    with contextlib.ExitStack() as stack:

        def start(**bounds: float) -> tuple[uvicorn.Server, int]:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            routes = [Route("/", told), Route("/streamed", streamed), Route("/endless", endless)]
            server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="critical"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            stack.callback(thread.join, LONG_S)
            stack.callback(setattr, server, "should_exit", True)
            until(lambda: server.started)
            limit_connections(server, **bounds)  # type: ignore[arg-type]
            return server, listener.getsockname()[1]

        yield start


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def opened(port: int, data: bytes = HALF) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=LONG_S)
    connection.sendall(data)
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Waits for the other side to close it."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


Start = Callable[..., tuple[uvicorn.Server, int]]


def test_half_open_connections_make_room_for_newer_ones(start: Start) -> None:
    server, port = start(most=10, headers_s=600)
    half = [opened(port) for _ in range(40)]
    for _ in range(3):
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "told"
    assert len(server.server_state.connections) <= 10
    assert all(map(is_ended, half[:30]))
    for connection in half:
        connection.close()


def test_the_head_of_a_request_takes_only_so_long_however_it_drips(start: Start) -> None:
    server, port = start(headers_s=0.5)
    with (
        opened(port) as silent,
        opened(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + HALF) as second,
        opened(port) as drip,
    ):
        with contextlib.suppress(ConnectionError):
            for _ in range(int(LONG_S / 0.05)):
                drip.sendall(b"x")
                time.sleep(0.05)
        assert is_ended(silent)
        assert is_ended(second)
        assert is_ended(drip)
    until(lambda: not server.server_state.connections)


def test_an_answer_may_take_longer_than_a_request(start: Start) -> None:
    _, port = start(headers_s=0.3)
    assert httpx.get(f"http://127.0.0.1:{port}/streamed?times=12").text == "word " * 12


def test_where_all_connections_are_in_use_the_oldest_of_the_greediest_makes_room(start: Start) -> None:
    server, port = start(most=3)
    used = []
    for _ in range(6):
        used.append(opened(port, b"GET /streamed HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert used[-1].recv(100)
    assert all(map(is_ended, used[:3]))
    assert httpx.get(f"http://127.0.0.1:{port}/").text == "told"
    assert len(server.server_state.connections) <= 3
    for connection in used:
        connection.close()


def test_one_client_takes_no_room_from_another(start: Start) -> None:
    _, port = start(most=3)
    request = b"GET /streamed?times=30 HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), LONG_S, ("127.0.0.2", 0)) as other:
        other.sendall(request)
        greedy = [opened(port, request) for _ in range(8)]
        heard = b""
        while b"0\r\n\r\n" not in heard:
            heard += (said := other.recv(65536))
            assert said
        assert heard.count(b"word") == 30
    for connection in greedy:
        connection.close()


def test_a_reader_who_takes_nothing_is_let_go(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "WRITE_S", 0.3)
    server, port = start()
    with opened(port, b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"):
        until(lambda: len(server.server_state.connections) == 1)
        until(lambda: not server.server_state.connections)


def test_the_app_is_served_with_these_bounds(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 10)
    with served(lambda: library) as address:
        half = [opened(httpx.URL(address).port or 80) for _ in range(40)]
        assert httpx.get(f"{address}/config").status_code == 200
        assert all(map(is_ended, half[:30]))
    for connection in half:
        connection.close()
