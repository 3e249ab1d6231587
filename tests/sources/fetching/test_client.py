"""How much an answer may hold, how long it may take, and what is tried again."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from assistant.settings import FetchingSettings
from assistant.sources.fetching import fetch_original
from assistant.sources.fetching.network import Network
from tests.https_server import Exchange, Handler, Publishers, reply
from tests.sources.fetching.fetch_making import FILE, SETTINGS, Fetch, pdf, source


def endless(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%PDF-1.7\n")
    while True:
        exchange.raw(b"x" * 65536)


def dripping_headers(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        exchange.raw(b"X: 1\r\n")
        time.sleep(0.02)


def endless_continues(exchange: Exchange) -> None:
    while True:
        exchange.raw(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.02)


def silence(exchange: Exchange) -> None:
    exchange.rfile.read(1)


def gzip_bomb(exchange: Exchange) -> None:
    body = gzip.compress(bytes(30 * 1024 * 1024), 9)
    assert len(body) < SETTINGS.max_file_mb * 1024 * 1024
    exchange.answer(200, body, {"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        pytest.param(endless, "larger than the 1 MiB", id="endless body"),
        pytest.param(reply(b"", headers={"Content-Length": "99999999"}), "95.4 MiB, larger", id="declared too large"),
        pytest.param(gzip_bomb, "larger than the 1 MiB", id="gzip bomb"),
        pytest.param(
            reply(b"x", headers={"Content-Encoding": "br"}), "encoded as 'br', which was not asked for", id="brotli"
        ),
        pytest.param(
            reply(b"not gzip", headers={"Content-Encoding": "gzip"}), "gzip encoding is damaged", id="damaged gzip"
        ),
    ],
)
def test_what_is_too_large_or_undecodable_is_refused_without_a_retry(
    web: Publishers, fetch: Fetch, handler: Handler, reason: str
) -> None:
    web.serve(FILE, handler)
    outcome = fetch(FILE, landing_page="")
    assert reason in outcome.message
    assert web.asked(FILE) == 1


def test_one_address_may_not_take_longer_than_the_setting_however_it_drips(web: Publishers, fetch: Fetch) -> None:
    ticks = itertools.count(0, 1.0)
    web.serve(FILE, dripping_body)
    outcome = fetch(FILE, landing_page="", network=web.network(clock=lambda: next(ticks)))
    assert "took longer than 60 s (STEWARD_FETCHING__SECONDS)" in outcome.message


def dripping_body(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        exchange.raw(b"x")


@pytest.mark.parametrize("handler", [dripping_headers, endless_continues, silence])
def test_an_answer_that_never_begins_ends_with_the_time_allowed(
    web: Publishers, fetch: Fetch, handler: Handler
) -> None:
    web.serve(FILE, handler)
    hurried = FetchingSettings(seconds=1, retries=9, backoff_s=0)
    outcome = fetch(FILE, landing_page="", settings=hurried, network=web.network(clock=time.monotonic))
    assert "took longer than 1 s (STEWARD_FETCHING__SECONDS)" in outcome.message


def test_a_body_shorter_than_declared_is_tried_again(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(pdf(), headers={"Content-Length": str(len(pdf()) + 10)}), reply(pdf()))
    assert fetch(FILE).state == "new"
    assert web.asked(FILE) == 2


def test_a_pdf_cut_by_a_length_that_lies_is_not_kept(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(pdf(), headers={"Content-Length": str(len(pdf()) - 10)}))
    assert "the PDF is cut short" in fetch(FILE, landing_page="").message


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_may_pass_is_tried_again_with_growing_waits(web: Publishers, fetch: Fetch, status: int) -> None:
    web.serve(FILE, reply(b"", status=status), reply(b"", status=status), reply(pdf()))
    assert fetch(FILE).state == "new"
    assert web.slept == [0.5, 1.0]


def test_retries_end_and_say_how_many(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(b"", status=503))
    outcome = fetch(FILE, landing_page="")
    assert "answered 503 Service Unavailable (3 tries)" in outcome.message
    assert web.asked(FILE) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_refusal_is_not_tried_again_and_says_how_to_go_on(web: Publishers, fetch: Fetch, status: int) -> None:
    web.serve(FILE, reply(b"", status=status))
    outcome = fetch(FILE, landing_page="")
    assert f"{FILE}: the server answered {status}" in outcome.message
    assert "steward add" in outcome.message
    assert web.asked(FILE) == 1


def test_retry_after_is_honoured_in_both_forms(web: Publishers, fetch: Fetch) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waits: tuple[Handler, ...] = tuple(reply(b"", status=429, headers={"Retry-After": value}) for value in ("7", later))
    web.serve(FILE, *waits, reply(pdf()))
    assert fetch(FILE).state == "new"
    assert web.slept[0] == 7
    assert 1 <= web.slept[1] <= 30


@pytest.mark.parametrize("value", ["soon", "-5", "", "Mon, 01 Jan 0001 00:00:00 +1400", "Fri, 99 Foo"])
def test_a_retry_after_that_makes_no_sense_counts_for_nothing(web: Publishers, fetch: Fetch, value: str) -> None:
    web.serve(FILE, reply(b"", status=429, headers={"Retry-After": value}), reply(pdf()))
    assert fetch(FILE).state == "new"
    assert web.slept == [0.5]


@pytest.mark.parametrize("value", ["3600", "9" * 400])
def test_a_wait_beyond_the_time_allowed_is_not_begun(web: Publishers, fetch: Fetch, value: str) -> None:
    web.serve(FILE, reply(b"", status=429, headers={"Retry-After": value}))
    outcome = fetch(FILE, landing_page="")
    assert "asks for a wait of" in outcome.message
    assert web.slept == []


@pytest.mark.parametrize(
    ("code", "waits"),
    [
        pytest.param(socket.EAI_AGAIN, [0.5, 1.0], id="the resolver did not answer"),
        pytest.param(socket.EAI_NONAME, [], id="no such name"),
    ],
)
def test_a_name_is_resolved_again_only_when_the_resolver_did_not_answer(
    web: Publishers, tmp_path: Path, code: int, waits: list[float]
) -> None:
    def failing(host: str, port: int) -> list[tuple[str, int]]:
        raise socket.gaierror(code, "no answer")

    network = Network(resolve=failing, tls=web.tls, clock=lambda: 0.0, sleep=web.slept.append)
    outcome = fetch_original(source(FILE, landing_page=""), tmp_path, SETTINGS, network=network)
    assert "the name tank.example cannot be resolved" in outcome.message
    assert web.slept == waits


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x01\x02", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", b"HTTP/9.9 x"]
)
def test_an_answer_that_is_not_http_is_a_failure(web: Publishers, fetch: Fetch, junk: bytes) -> None:
    web.serve(FILE, lambda exchange: exchange.raw(junk))
    assert "the connection failed" in fetch(FILE, landing_page="").message
