"""What every answer says to browsers, and what a mistake costs, in the app as it is served."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from assistant.library import Library
from assistant.settings import load_settings
from assistant.storage import open_people
from assistant.web.api.endpoints import FAILED, Blocks
from assistant.web.contribute.contributors import UNKNOWN_KEY
from assistant.web.door.guard import HEADERS, GuardMiddleware
from assistant.web.door.logs import PlainFormatter
from assistant.web.door.permissions import ADDING_IS_CLOSED
from assistant.web.door.wrong_keys import CLIENT_LIMIT
from tests.web.serving import call_tool, running, served

FORGED = "\r\n2031-01-01 ERROR forged: zebra"


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(lambda: library) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/config", {}, 200),
        ("/gradio_api/info", {}, 200),
        ("/gradio_api/file=/etc/passwd", {}, 403),
        ("/sources/harbour-plan", {}, 404),
        ("/nowhere", {}, 404),
        ("/gradio_api/queue/data", {}, 422),
        ("/", {"Origin": "https://evil.example"}, 403),
        ("/", {"Host": "evil.example"}, 400),
    ],
)
def test_every_answer_can_neither_be_framed_nor_guessed_at(
    address: str, path: str, headers: dict[str, str], status: int
) -> None:
    said = httpx.get(f"{address}{path}", headers=headers)
    assert said.status_code == status
    assert {name: said.headers.get_list(name) for name in HEADERS} == {name: [words] for name, words in HEADERS.items()}
    assert not [name for name in said.headers if name.startswith("access-control-")]


def test_a_forwarding_header_of_nobody_we_know_moves_no_address(address: str) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Gradio-Server": "http://evil.example",
    }
    for path in ("/", "/config", "/gradio_api/info"):
        assert "evil.example" not in httpx.get(f"{address}{path}", headers=headers).text


def test_a_program_elsewhere_in_the_world_of_proxies_is_no_reviewer(library: Library) -> None:
    with running(lambda: library) as (blocks, address):
        assert (blocks.openness.may_add, blocks.openness.keys_required) == (True, False)
        # uvicorn would believe this machine's own programs, and its answer to who asks be the program's.
        httpx.get(address, headers={"X-Forwarded-For": "192.0.2.9"})
        assert (blocks.openness.may_add, blocks.openness.keys_required) == (False, True)
        asked = httpx.post(
            f"{address}/gradio_api/call/v2/add",
            json={"file": None, "title": "x", "publisher": "x", "published": "2025", "authority": "statute"},
        )
        said = httpx.get(f"{address}/gradio_api/call/add/{asked.json()['event_id']}").text
        assert ADDING_IS_CLOSED in said


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_the_app_listens_on_this_machines_other_addresses(library: Library, host: str) -> None:
    with running(lambda: library, host) as (_, address):
        assert urlsplit(address).hostname == host
        assert httpx.get(address).status_code == 200
        assert httpx.get(address, headers={"Origin": address}).status_code == 200
        assert httpx.get(address, headers={"Origin": "http://[::2]:1"}).status_code == 403
        assert not call_tool(address, "documents", {}).isError


def raw(address: str, *lines: str, body: str = "") -> bytes:
    """What bytes are answered with."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as sent:
        sent.sendall(("\r\n".join((*lines, "", body))).encode("latin-1"))
        sent.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sent.recv(65536), b""))


def send(client: httpx.Client, method: str, path: str, **what: Any) -> None:
    """Send a request, whatever comes of it; Gradio breaks off what it streams for a session that is not there."""
    with suppress(httpx.RemoteProtocolError):
        client.request(method, f"/gradio_api/{path}", **what)


def test_no_request_can_write_into_the_log(
    library: Library, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever a request can put words: path, query, headers, body, names of functions, sessions and files."""
    caplog.set_level(logging.WARNING)
    with served(lambda: library) as address, httpx.Client(base_url=address) as client:
        host = f"Host: {urlsplit(address).netloc}"
        raw(address, "GET /zebra%0d%0aERROR HTTP/1.1", host)
        raw(address, "ZEBRA zebra zebra")
        raw(address, "GET / HTTP/1.1", host, "Upgrade: zebra", "Connection: upgrade")
        raw(address, "POST /gradio_api/call/ask HTTP/1.1", host, "Content-Length: zebra", body="zebra")
        raw(address, "POST /gradio_api/queue/join HTTP/1.1", host, "Content-Length: 90", body='{"zebra":')
        for word in ("zebra", FORGED):
            send(client, "GET", "queue/data", params={"session_hash": word})
            send(client, "POST", "upload", params={"upload_id": word}, files={"files": (word, b"zebra")})
            send(client, "GET", "info", params={"page": word, "deep_link": word})
            for path in ("call/zebra", "call/v2/zebra%0a", "call/zebra/zebra%0a"):
                send(client, "POST", path, json={"data": [word]})
                send(client, "GET", path)
            for body in (
                {"data": [word], "fn_index": 10**6, "session_hash": word},
                {"data": [word], "fn_index": 1, "session_hash": word, "event_data": word, "trigger_id": 10**6},
                {"data": [word] * 3, "fn_index": 1, "session_hash": word},
                {"data": {word: word}, "fn_index": word},
            ):
                send(client, "POST", "queue/join", json=body)
            send(client, "POST", "cancel", json={"session_hash": word, "fn_index": 1, "event_id": word})
        assert client.get("/").status_code == 200
    captured = "".join(capfd.readouterr())
    assert "zebra" not in captured.lower()
    assert "forged" not in captured
    assert "Traceback" not in captured
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert "zebra" not in "".join(own).lower()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("call/v2/zebra", "{}"),
        ("call/v2/ask", "{}"),
        ("call/v2/ask", '{"question": "x", "zebra": 1}'),
        ("cancel", "NaN"),
    ],
)
def test_a_request_that_cannot_be_read_is_said_to_be_such(
    address: str, capfd: pytest.CaptureFixture[str], path: str, body: str
) -> None:
    said = httpx.post(f"{address}/gradio_api/{path}", content=body, headers={"Content-Type": "application/json"})
    assert said.status_code in (400, 422)
    assert "raised through" not in capfd.readouterr().err


def test_an_address_too_long_for_a_file_is_none(address: str) -> None:
    assert httpx.get(f"{address}/static/{'a' * 300}").status_code == 404


async def failing_app(scope: Scope, receive: Receive, send: Send) -> None:
    raise KeyError("zebra")


def test_a_mistake_of_ours_is_logged_without_the_request(caplog: pytest.LogCaptureFixture) -> None:
    said = TestClient(GuardMiddleware(failing_app)).get("/zebra")
    assert (said.status_code, said.text) == (500, FAILED)
    (record,) = [item for item in caplog.records if item.name == "assistant.web.door.guard"]
    written = PlainFormatter().format(record)
    assert "builtins.KeyError, raised through:" in written
    assert "'zebra'" not in written


def test_the_settings_hosts_and_proxies_reach_the_app(library: Library) -> None:
    web = {"hosts": ["steward.example"], "proxies": ["127.0.0.1"]}
    settings = load_settings(corpus=library.settings.corpus, index=library.settings.index, web=web)
    with running(lambda: replace(library, settings=settings)) as (blocks, address):
        assert not blocks.openness.may_add
        headers = {"X-Forwarded-Host": "steward.example", "X-Forwarded-Proto": "https"}
        assert '"root":"https://steward.example"' in httpx.get(f"{address}/config", headers=headers).text
        assert httpx.get(address, headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def sign_in(blocks: Blocks, client: httpx.Client, key: str) -> str:
    """What the page is told when a key is typed."""
    (event,) = [number for number, item in blocks.fns.items() if item.api_name == "sign_in"]
    body = {"data": [key, None, None], "fn_index": event, "session_hash": "page"}
    client.post("/gradio_api/queue/join", json=body).raise_for_status()
    return client.get("/gradio_api/queue/data", params={"session_hash": "page"}).text


def test_who_guesses_keys_waits_and_others_do_not(library: Library, tmp_path: Path) -> None:
    web = {"hosts": ["steward.example"], "proxies": ["127.0.0.1"]}
    kept = library.settings
    storage = {"url": f"sqlite:///{tmp_path / 'cases.db'}"}
    settings = load_settings(corpus=kept.corpus, index=kept.index, web=web, storage=storage)
    people = open_people(settings)
    key = people.add("Ann", "contributor")
    people.close()
    with (
        running(lambda: replace(library, settings=settings)) as (blocks, address),
        httpx.Client(base_url=address, headers={"X-Forwarded-For": "192.0.2.1"}) as guesser,
        httpx.Client(base_url=address, headers={"X-Forwarded-For": "203.0.113.5, 192.0.2.2"}) as other,
    ):
        for number in range(CLIENT_LIMIT):
            assert UNKNOWN_KEY in sign_in(blocks, guesser, f"guess {number}")
        assert "Too many wrong keys." in sign_in(blocks, guesser, key)
        assert "You are <strong>Ann</strong>" in sign_in(blocks, other, key)
