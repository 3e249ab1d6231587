"""Ids of requests: given, believed of known proxies alone, returned, and in the log with all that a request causes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from assistant.library import Library
from assistant.web.door.logs import keep_requests_out_of_logs
from tests.web.serving import running, served

OURS = re.compile(r"[0-9a-f]{32}")
GIVEN = "from-the-proxy.42"


@pytest.fixture
def with_web(library: Library) -> Callable[..., Library]:
    """The library with other settings of the web app."""

    def make(**web: Any) -> Library:
        settings = library.settings.model_copy(update={"web": library.settings.web.model_copy(update=web)})
        return replace(library, settings=settings)

    return make


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/gradio_api/queue/data"])
def test_every_answer_has_an_id_of_its_own(library: Library, path: str) -> None:
    with served(lambda: library) as address:
        said = [httpx.get(f"{address}{path}").headers["X-Request-ID"] for _ in range(2)]
        said.append(httpx.get(f"{address}{path}", headers={"Host": "evil.example"}).headers["X-Request-ID"])
        said.append(httpx.get(f"{address}{path}", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"])
    assert all(map(OURS.fullmatch, said))
    assert len({*said}) == 4


@pytest.mark.parametrize(
    ("given", "kept"),
    [(GIVEN, True), ("short", False), ("a" * 65, False), ("with spaces in it", False), ("../../etc/passwd", False)],
)
def test_a_known_proxy_may_give_the_id_where_it_is_well_formed(
    with_web: Callable[..., Library], given: str, kept: bool
) -> None:
    made = with_web(proxies=(ip_network("127.0.0.1"),))
    with running(lambda: made) as (blocks, address):
        said = httpx.get(f"{address}/healthz", headers={"X-Request-ID": given})
        assert not blocks.openness.may_add
    assert (said.headers["X-Request-ID"] == given) == kept


def test_an_id_alone_is_no_sign_of_a_proxy(library: Library) -> None:
    with running(lambda: library) as (blocks, address):
        httpx.get(f"{address}/healthz", headers={"X-Request-ID": GIVEN})
        assert blocks.openness.may_add


def test_the_json_log_has_the_id_in_each_line_that_a_request_causes_and_no_words_of_it(
    with_web: Callable[..., Library], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = with_web(logs="json")

    def fail(*_: object, **__: object) -> None:
        raise KeyError("zebra")

    monkeypatch.setattr("assistant.web.api.programs.answering.ask", fail)
    try:
        with running(lambda: made) as (_, address), httpx.Client(base_url=address) as client:
            client.get("/zebra", params={"zebra": "zebra"})
            client.get("/sources/zebra")
            asked = client.post("/gradio_api/call/v2/ask", json={"question": "zebra"}, headers={"Cookie": "zebra=1"})
            client.get(f"/gradio_api/call/ask/{asked.json()['event_id']}")
            client.request("ZEBRA", "/")
    finally:
        keep_requests_out_of_logs()
    said = capfd.readouterr().err
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert all(OURS.fullmatch(line["request_id"]) for line in lines)
    (failed,) = [line for line in lines if line["level"] == "ERROR"]
    assert (failed["message"], failed["request_id"]) == ("An event failed.", asked.headers["X-Request-ID"])
    assert failed["exception"][0] == "builtins.KeyError, raised through:"
    told = {(line["method"], line["route"], line["status"]) for line in lines if "route" in line}
    assert told == {
        ("", "unknown", 404),
        ("GET", "/sources/{document}", 404),
        ("POST", "/gradio_api/call/v2/{api_name}", 200),
        ("GET", "/gradio_api/call/{api_name}/{event_id}", 200),
    }
    without_code = said.replace('raise KeyError(\\"zebra\\")', "")
    assert "zebra" not in without_code.lower()


def test_the_plain_log_has_the_id_too(
    library: Library, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.web.api.programs.list_documents", lambda *_: {}["missing"])
    with served(lambda: library) as address:
        asked = httpx.post(f"{address}/gradio_api/call/documents", json={"data": []})
        httpx.get(f"{address}/gradio_api/call/documents/{asked.json()['event_id']}")
    said = capfd.readouterr().err
    assert f"endpoints [{asked.headers['X-Request-ID']}]: An event failed." in said
    assert "A request was answered" not in said
