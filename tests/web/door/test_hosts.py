"""Whose requests the app answers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.settings import WebSettings
from assistant.web.door.guarded_app import door
from assistant.web.door.permissions import Openness
from assistant.web.door.request_limits import Traffic

OWN = "steward.example:7860"
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
CORS = "access-control-"


def answer(
    headers: dict[str, str], *hosts: str, method: str = "GET", proxies: tuple[str, ...] = (), at: str = OWN
) -> Response:
    """What a request to an app that listens everywhere is answered with."""

    async def told(request: Request) -> Response:
        return PlainTextResponse(str(request.url), headers={"X-Origin-Seen": request.headers.get("origin", "none")})

    web = WebSettings(hosts=hosts or ("steward.example",), proxies=proxies or None)
    layers = door("0.0.0.0", web, Openness(web, "0.0.0.0"), Traffic())
    app = Starlette(routes=[Route("/", told, methods=["GET", "POST", "OPTIONS"])], middleware=layers)
    with TestClient(app, base_url=f"http://{at}", client=("127.0.0.1", 1)) as client:
        return client.request(method, "/", headers=headers)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("at", "hosts", "status"),
    [
        ("steward.example", ["steward.example"], 200),
        ("STEWARD.example:80", ["steward.example"], 200),
        ("127.0.0.1:7860", ["steward.example"], 200),
        ("localhost", ["steward.example"], 200),
        ("[::1]:7860", ["steward.example"], 200),
        ("[0:0:0:0:0:0:0:1]:7860", ["steward.example"], 200),
        ("evil.example", ["steward.example"], 400),
        ("steward.example.evil.example", ["steward.example"], 400),
        ("evil.example", ["*"], 200),
        ("192.0.2.5", ["steward.example"], 400),
    ],
)
def test_only_own_hosts_are_answered_unless_any_is_set(at: str, hosts: list[str], status: int) -> None:
    assert answer({}, *hosts, at=at).status_code == status


@pytest.mark.parametrize("host", ["", "*", "a b", "me@steward.example", "steward.example/x", "steward.example:x"])
def test_what_is_no_host_is_not_answered_even_where_any_is(host: str) -> None:
    assert answer({"Host": host}, "*").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://steward.example:7860"}, 200),
        ({"Origin": "https://public.example", "X-Forwarded-Host": "public.example"}, 403),
        ({"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example", "Forwarded": "host=evil.example"}, 403),
        ({"Origin": "http://steward.example:9000"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Origin": "ftp://steward.example:7860"}, 403),
        ({"Origin": "http://steward.example:7860/x"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"} | LINK, 200),
        ({"Sec-Fetch-Site": "cross-site"} | LINK, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "cross-site"} | LINK | {"Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "what"}, 403),
    ],
    ids=str,
)
def test_pages_of_other_sites_get_nothing(headers: dict[str, str], status: int) -> None:
    said = answer(headers)
    assert said.status_code == status
    assert not [name for name in said.headers if name.startswith(CORS)]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://steward.example:9000"])
def test_who_asks_first_is_refused_without_leave(origin: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-forwarded-host"}
    asked["Origin"] = origin
    said = answer(asked | {"X-Forwarded-Host": "evil.example"}, method="OPTIONS")
    assert said.status_code == 403
    assert not [name for name in said.headers if name.startswith(CORS)]


def test_a_form_of_another_site_is_refused_also_where_it_navigates() -> None:
    assert answer({"Sec-Fetch-Site": "cross-site"} | LINK, method="POST").status_code == 403


def test_pages_of_hosts_that_the_settings_name_are_the_apps_as_well() -> None:
    elsewhere = {"Origin": "https://public.example:8443"}
    assert answer(elsewhere, "steward.example").status_code == 403
    assert answer(elsewhere, "steward.example", "public.example").status_code == 200
    # A proxy that leaves out the port of what it was asked.
    assert answer(elsewhere, "public.example", at="public.example").status_code == 200


def test_behind_a_proxy_that_is_set_its_host_counts() -> None:
    through = {"X-Forwarded-Host": "public.example", "X-Forwarded-Proto": "https"}
    proxied = through | {"Origin": "https://public.example"}
    said = answer(proxied, "public.example", proxies=("127.0.0.1",), at="127.0.0.1")
    assert (said.status_code, said.text) == (200, "https://public.example/")  # type: ignore[attr-defined]
    assert said.headers["x-origin-seen"] == "none"
    assert answer(through, "other.example", proxies=("127.0.0.1",), at="127.0.0.1").status_code == 400


def test_another_port_of_this_machine_is_another_program() -> None:
    assert answer({"Origin": "http://localhost:1"}, at="127.0.0.1:7860").status_code == 403
    assert answer({"Origin": "http://127.0.0.1:7860"}, at="127.0.0.1:7860").status_code == 200
