"""Where requests may go, and where no catalogue and no redirect can send them."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FetchError
from assistant.sources.fetching import allowed_hosts, fetch_original
from assistant.sources.fetching.network import Network, is_public, parse_address
from tests.https_server import Publishers, redirect, reply, running
from tests.sources.fetching.fetch_making import FILE, HOSTS, LANDING, SETTINGS, Fetch, pdf, source


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("151.101.0.144", True),
        ("2a04:4e42::144", True),
        ("64:ff9b::9765:90", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:151.101.0.144", False),
        ("::7f00:1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::1", False),
        ("100::1", False),
        ("2001:0:1::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::1", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(number: str, public: bool) -> None:
    assert is_public(ip_address(number)) is public


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_hidden_in_ipv6_is_never_more_public_than_it_is(address: Any) -> None:
    nat64 = ip_address(int(ip_address("64:ff9b::")) | int(address))
    mapped = ip_address(int(ip_address("::ffff:0:0")) | int(address))
    assert is_public(nat64) is is_public(address)
    assert not is_public(mapped)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://tank.example/x.pdf", "not an https address"),
        ("ftp://tank.example/x.pdf", "not an https address"),
        ("file:///etc/passwd", "not an https address"),
        ("//tank.example/x.pdf", "not an https address"),
        ("https:///x.pdf", "no host"),
        ("https://user:pass@tank.example/x.pdf", "user name"),
        ("https://tank.example@other.example/x.pdf", "user name"),
        ("https://tank.example:8443/x.pdf", "port 8443"),
        ("https://tank.example:99999/x.pdf", "not an address"),
        ("https://[::1]/x.pdf", "no host"),
        ("https://[::1/x.pdf", "not an address"),
        ("https://tänk.example/x.pdf", "no host"),
        ("https://tank.example./x.pdf", "no host"),
        ("https://tank.example\\.other.example/x.pdf", "no host"),
    ],
)
def test_an_address_of_another_form_is_refused(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        parse_address(url)


def test_an_address_is_shown_as_it_is_asked_without_controls_or_fragment() -> None:
    address = parse_address("https://Tank.EXAMPLE:443/a b/é\x1b[31m%20?q=ü&r=1#part")
    assert str(address) == "https://tank.example/a%20b/%C3%A9%1B%5B31m%20?q=%C3%BC&r=1"


def test_the_default_network_refuses_loopback(web: Publishers, tmp_path: Path) -> None:
    outcome = fetch_original(source("https://localhost/x.pdf", landing_page=""), tmp_path, SETTINGS)
    assert outcome.state == "failed"
    assert "which is not an address of the public internet" in outcome.message
    assert Network().permits is is_public
    assert web.seen == []


@pytest.mark.parametrize("number", ["10.0.0.5", "169.254.169.254", "::1", "127.0.0.2"])
def test_a_name_with_one_address_that_is_not_public_is_refused_whole(
    web: Publishers, fetch: Fetch, number: str
) -> None:
    web.names["tank.example"] = ["127.0.0.1", number]
    web.serve(FILE, reply(pdf()))
    outcome = fetch(FILE)
    assert f"tank.example resolves to {number}" in outcome.message
    assert web.seen == []


def test_a_name_is_resolved_once_per_connection_and_the_checked_address_is_dialled(
    web: Publishers, tmp_path: Path
) -> None:
    """DNS rebinding: the second answer is another address, which nobody must ask for or dial."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    def rebinding(host: str, port: int) -> list[tuple[str, int]]:
        web.resolved.append(host)
        return [(number, web.port) for number in next(answers)]

    web.serve(FILE, reply(pdf()))
    network = Network(
        resolve=rebinding, permits=web.network().permits, tls=web.tls, clock=lambda: 0.0, sleep=web.slept.append
    )
    outcome = fetch_original(source(FILE), tmp_path, SETTINGS, network=network)
    assert outcome.state == "new"
    assert web.resolved == ["tank.example"]


def test_the_next_address_is_tried_when_one_does_not_answer(web: Publishers, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = closed.getsockname()[1]
    network = Network(
        resolve=lambda host, port: [("127.0.0.1", dead), ("127.0.0.1", web.port)],
        permits=web.network().permits,
        tls=web.tls,
        sleep=web.slept.append,
    )
    web.serve(FILE, reply(pdf()))
    assert fetch_original(source(FILE), tmp_path, SETTINGS, network=network).state == "new"
    assert web.slept == []


def test_a_certificate_for_another_name_is_refused_at_once(authority: trustme.CA, tmp_path: Path) -> None:
    with running(authority, ("other.example",)) as web:
        web.serve(FILE, reply(pdf()))
        outcome = fetch_original(source(FILE, landing_page=""), tmp_path, SETTINGS, network=web.network())
    assert "the certificate of tank.example is not valid" in outcome.message
    assert web.seen == []
    assert web.slept == []


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    with running(trustme.CA(), HOSTS) as web:
        web.serve(FILE, reply(pdf()))
        strict = Network(resolve=web.resolve, permits=web.network().permits)
        outcome = fetch_original(source(FILE, landing_page=""), tmp_path, SETTINGS, network=strict)
    assert "the certificate of tank.example is not valid" in outcome.message


def test_a_host_that_the_catalogue_does_not_name_is_not_asked(web: Publishers, fetch: Fetch) -> None:
    outcome = fetch(FILE, hosts=frozenset({"www.gov.uk"}))
    assert "tank.example is not a host that the catalogue names" in outcome.message
    assert web.resolved == []


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://tank.example/x.pdf", "not an https address"),
        ("https://other.example/x.pdf", "other.example is not a host that the catalogue names"),
        ("https://169.254.169.254/latest/meta-data/", "not a host that the catalogue names"),
        ("https://[::1]/", "no host"),
        ("https://localhost/", "not a host that the catalogue names"),
        ("https://2130706433/", "not a host that the catalogue names"),
        ("//other.example/x.pdf", "other.example is not a host that the catalogue names"),
        ("file:///etc/passwd", "not an https address"),
        ("https://u:p@tank.example/", "user name"),
        ("https://tank.example:22/", "port 22"),
        ("https://[bad", "not an address"),
    ],
)
def test_a_redirect_passes_the_same_checks(web: Publishers, fetch: Fetch, location: str, reason: str) -> None:
    web.serve(FILE, redirect(location))
    outcome = fetch(FILE, landing_page="")
    assert outcome.state == "failed"
    assert reason in outcome.message
    assert f"{FILE} redirects to an address that is refused" in outcome.message
    assert [seen.url for seen in web.seen] == [FILE]


def test_a_redirect_to_a_catalogue_host_that_resolves_to_loopback_is_refused(web: Publishers, fetch: Fetch) -> None:
    web.names["other.example"] = ["::1"]
    web.serve(FILE, redirect("https://other.example/x.pdf"))
    outcome = fetch(FILE, landing_page="", hosts=frozenset({"tank.example", "other.example"}))
    assert "other.example resolves to ::1" in outcome.message


def test_controls_in_a_redirect_do_not_reach_the_terminal(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect("http://evil\x1b[2J/"))
    assert "\x1b" not in fetch(FILE, landing_page="").message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_relative_ones_too(web: Publishers, fetch: Fetch, status: int) -> None:
    web.serve(FILE, redirect("/files/new.pdf", status))
    web.serve("https://tank.example/files/new.pdf", reply(pdf()))
    outcome = fetch(FILE)
    assert (outcome.state, outcome.url) == ("new", "https://tank.example/files/new.pdf")


def test_a_redirect_loop_ends_after_five_hops(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect(FILE))
    assert "redirects more than 5 times" in fetch(FILE, landing_page="").message
    assert web.asked(FILE) == 6


def test_hosts_of_all_addresses_are_allowed_and_govuk_brings_its_file_host() -> None:
    named = allowed_hosts([source(FILE, "http://plain.example/x.pdf", "https://["), source(landing_page=LANDING)])
    assert named == {"tank.example", "www.gov.uk", "assets.publishing.service.gov.uk"}
    assert allowed_hosts([source(FILE)]) == {"tank.example"}
