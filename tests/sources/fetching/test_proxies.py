"""Behind a proxy: what is asked of it, and what no proxy makes reachable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import FetchError
from assistant.settings import FetchingSettings
from assistant.sources.fetching import FetchOutcome, fetch_original
from assistant.sources.fetching.network import Network, proxy_of_environment
from tests.https_server import Publishers, redirect, reply
from tests.sources.fetching.connect_proxy import ConnectProxy, proxying
from tests.sources.fetching.fetch_making import FILE, SETTINGS, pdf, source


@pytest.fixture
def proxy(web: Publishers, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectProxy]:
    with proxying(web.port) as running:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{running.port}")
        yield running


def fetched(
    web: Publishers, folder: Path, url: str = FILE, settings: FetchingSettings = SETTINGS, **changed: object
) -> FetchOutcome:
    """Fetch with the default network, which asks this machine for names, but for the authority of the test's server."""
    network = replace(Network(tls=web.tls, sleep=web.slept.append), **changed)
    return fetch_original(source(url, landing_page=""), folder, settings, network=network)


def test_the_proxy_of_the_environment_is_asked_for_the_name_which_is_not_resolved_here(
    web: Publishers, proxy: ConnectProxy, tmp_path: Path
) -> None:
    web.serve(FILE, reply(pdf()))
    assert fetched(web, tmp_path).state == "new"
    assert proxy.asked == ["CONNECT tank.example:443 HTTP/1.1"]
    assert web.resolved == []
    assert set(web.seen[0].headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize("listed", ["tank.example", ".example", "*"])
def test_a_host_that_no_proxy_lists_is_asked_without_one_and_its_addresses_are_checked(
    web: Publishers, proxy: ConnectProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    monkeypatch.setenv("NO_PROXY", listed)
    web.serve(FILE, reply(pdf()))
    assert fetched(web, tmp_path, resolve=web.resolve, permits=web.network().permits).state == "new"
    refused = fetched(web, tmp_path, resolve=web.resolve)
    assert "tank.example resolves to 127.0.0.1, which is not an address of the public internet" in refused.message
    assert proxy.asked == []


def test_a_redirect_to_another_host_is_refused_behind_a_proxy_too(
    web: Publishers, proxy: ConnectProxy, tmp_path: Path
) -> None:
    web.serve(FILE, redirect("https://other.example/x.pdf"))
    assert "other.example is not a host that the catalogue names" in fetched(web, tmp_path).message
    assert proxy.asked == ["CONNECT tank.example:443 HTTP/1.1"]


@pytest.mark.parametrize("host", ["169.254.169.254", "localhost", "2130706433", "intranet", "10.1"])
def test_a_proxy_is_asked_for_full_names_only(web: Publishers, proxy: ConnectProxy, tmp_path: Path, host: str) -> None:
    outcome = fetched(web, tmp_path, f"https://{host}/x.pdf")
    assert f"{host} is not the full name of a host" in outcome.message
    assert proxy.asked == []


def test_the_certificate_is_checked_through_the_tunnel(web: Publishers, proxy: ConnectProxy, tmp_path: Path) -> None:
    web.serve("https://intranet.example/x.pdf", reply(pdf()))
    outcome = fetched(web, tmp_path, "https://intranet.example/x.pdf")
    assert "the certificate of intranet.example is not valid" in outcome.message
    assert web.seen == []


@pytest.mark.parametrize("answer", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_a_proxy_that_refuses_is_named_with_its_answer(
    web: Publishers, proxy: ConnectProxy, tmp_path: Path, answer: str
) -> None:
    proxy.answer = answer
    assert f"the connection through the proxy 127.0.0.1 was refused ({answer}); check HTTPS_PROXY" in (
        fetched(web, tmp_path).message
    )


def test_a_password_goes_to_the_proxy_and_into_no_message(
    web: Publishers, proxy: ConnectProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://clerk:p%40ss@127.0.0.1:{proxy.port}")
    web.serve(FILE, reply(pdf()))
    assert fetched(web, tmp_path).state == "new"
    assert proxy.authorizations == ["Proxy-Authorization: Basic Y2xlcms6cEBzcw=="]
    assert not [seen for seen in web.seen if "proxy-authorization" in seen.headers]
    monkeypatch.setenv("HTTPS_PROXY", "http://clerk:p%40ss@127.0.0.1:9")
    outcome = fetched(web, tmp_path)
    assert "the connection through the proxy 127.0.0.1 failed" in outcome.message
    assert "ss@" not in outcome.message


@pytest.mark.parametrize(
    "address", ["socks5://clerk:secret@127.0.0.1:9", "http://clerk:secret@", "http://127.0.0.1:port", "ftp://x"]
)
def test_an_address_that_is_no_proxy_is_refused_without_being_shown(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(FetchError, match="HTTPS_PROXY names a proxy that cannot be used") as raised:
        proxy_of_environment("tank.example")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("value", ["10.0.0.1:3128", "http://10.0.0.1:3128", "http://10.0.0.1:3128/"])
def test_the_scheme_of_a_proxy_may_be_left_out(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", value)
    proxy = proxy_of_environment("tank.example")
    assert proxy is not None
    assert (proxy.url.scheme, proxy.url.host, proxy.url.port) == (b"http", b"10.0.0.1", 3128)
