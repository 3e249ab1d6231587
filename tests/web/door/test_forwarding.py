"""Headers of proxies: believed from those that are configured, seen by nobody behind."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.settings import load_settings
from assistant.web.door.forwarding import FORWARDING, ForwardingMiddleware, address_of

PUBLIC = {"X-Forwarded-Host": "steward.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
PROXIES = ["10.0.0.0/8", "::1", "2001:db8::/32"]


def seen(peer: str, headers: dict[str, str], proxies: list[str]) -> dict[str, Any]:
    """What the app behind sees of a request, and whether the app was told of a proxy."""
    forwarded: list[bool] = []

    async def tell(request: Request) -> Response:
        left = [name for name in request.headers if name.startswith("x-") or name.encode() in FORWARDING]
        client = request.client.host if request.client else None
        return JSONResponse({"client": client, "url": str(request.url), "left": left})

    networks = load_settings(web={"proxies": proxies}).web.proxies
    layer = Middleware(ForwardingMiddleware, proxies=networks, on_forwarded=lambda: forwarded.append(True))
    app = Starlette(routes=[Route("/", tell)], middleware=[layer])
    with TestClient(app, base_url="http://inside:7860", client=(peer, 40000)) as client:
        return {**client.get("/", headers=headers).json(), "forwarded": bool(forwarded)}


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1", "not an address", "::1"])
def test_nobody_is_believed_unless_set(peer: str) -> None:
    found = seen(peer, PUBLIC, [])
    assert found == {"client": peer, "url": "http://inside:7860/", "left": [], "forwarded": True}


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5"])
def test_a_proxy_that_is_set_says_client_host_and_scheme(peer: str) -> None:
    found = seen(peer, PUBLIC, PROXIES)
    assert found == {"client": "192.0.2.9", "url": "https://steward.example/", "left": [], "forwarded": True}


def test_without_such_headers_nothing_changes() -> None:
    found = seen("10.1.2.3", {}, PROXIES)
    assert found == {"client": "10.1.2.3", "url": "http://inside:7860/", "left": [], "forwarded": False}


@pytest.mark.parametrize("name", [*sorted(name.decode() for name in FORWARDING), "X-Forwarded-Prefix"])
def test_every_such_header_is_noticed_and_taken_away(name: str) -> None:
    found = seen("127.0.0.1", {name: "http://evil.example"}, [])
    assert found == {"client": "127.0.0.1", "url": "http://inside:7860/", "left": [], "forwarded": True}


@pytest.mark.parametrize(
    ("given", "client"),
    [
        ("203.0.113.1, 192.0.2.9, 10.7.7.7", "192.0.2.9"),
        ("192.0.2.9:5000", "192.0.2.9"),
        ("[2001:db8:1::9]:443, 10.7.7.7", "2001:db8:1::9"),
        ("203.0.113.1, rubbish", "10.1.2.3"),
        ("rubbish\t, 10.7.7.7", "10.7.7.7"),
        (",,", "10.1.2.3"),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy_of_ours(given: str, client: str) -> None:
    assert seen("10.1.2.3", {"X-Forwarded-For": given}, PROXIES)["client"] == client


def test_of_several_hosts_the_one_that_our_proxy_wrote_counts() -> None:
    headers = {"X-Forwarded-Host": "evil.example, steward.example", "X-Forwarded-Proto": "javascript"}
    assert seen("10.1.2.3", headers, PROXIES)["url"] == "http://steward.example/"


@pytest.mark.parametrize(
    ("words", "address"), [(" ::1 ", "::1"), ("[::1]:80", "::1"), ("10.0.0.1:80", "10.0.0.1"), ("x", None), ("", None)]
)
def test_addresses_are_read_with_and_without_ports(words: str, address: str | None) -> None:
    found = address_of(words)
    assert (found and str(found)) == address
