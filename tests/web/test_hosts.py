"""Whose requests the app answers, and that it is launched so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.answering import Assistant
from assistant.settings import load_settings
from assistant.web.app import serve
from assistant.web.hosts import host_check
from assistant.web.tools import serving_tools


def names(host: str, *given: str) -> list[str] | None:
    _, *checks = host_check(host, given)
    return [name for check in checks for name in check.kwargs["allowed_hosts"]] if checks else None  # type: ignore[union-attr]


def status_of(headers: dict[str, str], *given: str) -> int:
    """What a request to an app that listens everywhere is answered with."""

    async def told(request: Request) -> Response:
        return Response("ours")

    app = Starlette(routes=[Route("/", told, methods=["POST"])], middleware=host_check("0.0.0.0", given))
    with TestClient(app, base_url="http://steward.example:7860") as client:
        return client.post("/", headers=headers).status_code


def test_on_loopback_only_this_machines_names_pass_and_elsewhere_any_unless_some_are_set() -> None:
    assert set(names("127.0.0.1") or ()) == {"127.0.0.1", "localhost", "::1", "[::1]"}
    assert "steward.example" in (names("localhost", "steward.example") or ())
    assert names("0.0.0.0") is None
    assert "steward.example" in (names("0.0.0.0", "steward.example") or ())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://steward.example:7860"}, 200),
        ({"Origin": "https://public.example", "X-Forwarded-Host": "public.example"}, 200),
        ({"Origin": "http://steward.example:9000"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Origin": ""}, 403),
    ],
    ids=["program", "own", "proxy", "port", "elsewhere", "null", "broken", "empty"],
)
def test_pages_of_other_sites_get_nothing(headers: dict[str, str], status: int) -> None:
    assert status_of(headers) == status


def test_pages_of_hosts_that_the_settings_name_are_the_apps_as_well() -> None:
    elsewhere = {"Origin": "https://public.example:8443"}
    assert status_of(elsewhere, "steward.example") == 403
    assert status_of(elsewhere, "steward.example", "public.example") == 200


def test_the_app_is_served_with_its_tools_and_the_check_of_names(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: dict[str, Any] = {}

    def launch(self: gr.Blocks, **options: Any) -> tuple[None, str, None]:
        launched.update(options)
        return None, "http://127.0.0.1:7860/", None

    monkeypatch.setattr(gr.Blocks, "launch", launch)
    settings = load_settings(web={"hosts": ["steward.example"]})
    serve(gr.Blocks(analytics_enabled=False), lambda: replace(assistant, settings=settings), "127.0.0.1", 7860)
    assert launched["mcp_server"] is True
    assert launched["app_kwargs"]["lifespan"] is serving_tools
    _, check = launched["app_kwargs"]["middleware"]
    assert "steward.example" in check.kwargs["allowed_hosts"]
