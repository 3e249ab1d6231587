"""Whether publishers can be reached: known soon, whatever does not answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from assistant.sources.fetching import reach, unreachable
from assistant.sources.fetching.network import Network
from tests.https_server import Publishers, reply
from tests.sources.fetching.fetch_making import FILE, LANDING, SETTINGS, source

SOURCES = [source(LANDING, landing_page=""), source(landing_page=LANDING, id="more"), source(FILE, id="other")]


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    """What a name's look-up waits for."""
    event = threading.Event()
    yield event
    event.set()


def test_the_host_of_most_sources_is_asked_and_any_answer_will_do(web: Publishers) -> None:
    assert unreachable(SOURCES, SETTINGS, web.network()) == ""
    assert web.resolved == ["www.gov.uk"]
    assert unreachable([], SETTINGS, web.network()) == ""
    web.serve("https://tank.example/", reply(b"", status=503))
    assert unreachable(SOURCES[2:], SETTINGS, web.network()) == ""


def test_no_name_no_server_and_no_certificate_are_told_at_once(web: Publishers) -> None:
    def unknown(host: str, port: int) -> list[tuple[str, int]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    began = time.monotonic()
    assert "www.gov.uk: the name www.gov.uk cannot be resolved" in unreachable(SOURCES, SETTINGS, Network(unknown))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = ("127.0.0.1", closed.getsockname()[1])
    network = Network(resolve=lambda host, port: [address], permits=web.network().permits, tls=web.tls)
    assert "the connection failed" in unreachable(SOURCES, SETTINGS, network)
    untrusted = Network(resolve=web.resolve, permits=web.network().permits)
    assert "the certificate of www.gov.uk is not valid" in unreachable(SOURCES, SETTINGS, untrusted)
    assert time.monotonic() - began < 3
    assert web.slept == []


def test_a_name_or_server_that_never_answers_ends_after_three_seconds(web: Publishers, hung: threading.Event) -> None:
    def hanging(host: str, port: int) -> list[tuple[str, int]]:
        hung.wait()
        return []

    assert reach.REACH_S == 3
    began = time.monotonic()
    why = unreachable(SOURCES, SETTINGS, Network(hanging))
    assert why == "www.gov.uk: no answer within 3 s"
    assert 2.9 < time.monotonic() - began < 4
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = ("127.0.0.1", silent.getsockname()[1])
        network = Network(resolve=lambda host, port: [address], permits=web.network().permits, tls=web.tls)
        began = time.monotonic()
        assert unreachable(SOURCES, SETTINGS, network)
        assert time.monotonic() - began < 4
