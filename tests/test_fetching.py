"""Fetching originals from a real HTTPS server, well-meaning and hostile."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError, FetchError
from assistant.fetching import FetchOutcome, allowed_hosts, current_original, fetch_all, fetch_original, govuk
from assistant.fetching.network import Network, is_public, parse_address
from assistant.fetching.screening import main_words, screen
from assistant.fetching.store import Download, keep_original
from assistant.records import Source
from assistant.settings import FetchingSettings
from tests.https_server import Exchange, Handler, Publishers, redirect, reply, running

FILE = "https://tank.example/reports/harbour.pdf"
PAGE = "https://tank.example/reports/harbour"
LANDING = "https://www.gov.uk/government/publications/harbour-plan"
API = "https://www.gov.uk/api/content/government/publications/harbour-plan"
ASSET = "https://assets.publishing.service.gov.uk/media/6001/Harbour_plan.pdf"
HOSTS = ("tank.example", "other.example", "www.gov.uk", "assets.publishing.service.gov.uk")
SETTINGS = FetchingSettings(max_file_mb=1, seconds=60, retries=2, backoff_s=0.5)


def pdf(words: str = "first edition") -> bytes:
    return f"%PDF-1.7\n1 0 obj\n<< /Note ({words}) >>\nendobj\ntrailer << >>\n%%EOF\n".encode()


def page(words: int, *, menu: int = 0) -> bytes:
    nav = f"<nav>{'menu ' * menu}</nav>"
    return f"<!DOCTYPE html><html><body>{nav}<main><p>{'harbour ' * words}</p></main></body></html>".encode()


def source(*originals: str, landing_page: str = PAGE, id: str = "harbour-plan", title: str = "Harbour plan") -> Source:
    return Source(
        id=id,
        title=title,
        publisher="Tank",
        published="2025",
        authority="evidence",
        status="current",
        jurisdiction="England",
        licence="OGL-UK-3.0",
        credit="Tank",
        landing_page=landing_page,
        originals=originals,
    )


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(authority: trustme.CA) -> Iterator[Publishers]:
    with running(authority, HOSTS) as publishers:
        yield publishers


@pytest.fixture
def fetch(web: Publishers, tmp_path: Path) -> Callable[..., FetchOutcome]:
    def run(*originals: str, settings: FetchingSettings = SETTINGS, **fields: Any) -> FetchOutcome:
        network = fields.pop("network", web.network())
        hosts = fields.pop("hosts", None)
        return fetch_original(source(*originals, **fields), tmp_path, settings, hosts=hosts, network=network)

    return run


Fetch = Callable[..., FetchOutcome]


# What comes is kept


def test_a_pdf_is_kept_under_its_digest_with_a_record_of_where_it_came_from(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Wed, 01 Jan 2025 10:00:00 GMT", "Content-Type": "text/plain"}
    web.serve(FILE, reply(pdf(), headers=headers))

    outcome = fetch(FILE)

    digest = hashlib.sha256(pdf()).hexdigest()
    assert (outcome.state, outcome.sha256, outcome.size, outcome.url) == ("new", digest, len(pdf()), FILE)
    assert outcome.path == tmp_path / "originals" / "harbour-plan" / f"{digest[:16]}.pdf"
    assert outcome.path.read_bytes() == pdf()
    record = current_original(tmp_path, "harbour-plan")
    assert record is not None
    assert (record.path, record.kind, record.url, record.final_url) == (outcome.path, "pdf", FILE, FILE)
    assert (record.etag, record.last_modified) == ('"v1"', "Wed, 01 Jan 2025 10:00:00 GMT")
    assert datetime.now(UTC) - record.fetched_at < timedelta(minutes=5)


def test_the_request_says_who_asks_and_carries_no_cookie_even_after_one_was_set(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(b"", status=302, headers={"Location": PAGE, "Set-Cookie": "track=1; Path=/"}))
    web.serve(PAGE, reply(pdf()))

    assert fetch(FILE).state == "new"

    first, second = web.seen
    assert first.headers["user-agent"].startswith("steward/")
    assert set(second.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_proxies_named_in_the_environment_are_not_used(
    web: Publishers, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.serve(FILE, reply(pdf()))
    assert fetch(FILE).state == "new"


def test_the_kind_is_told_by_content_not_by_name_or_declared_type(web: Publishers, fetch: Fetch) -> None:
    web.serve("https://tank.example/x/harbour.docx", reply(pdf(), headers={"Content-Type": "text/html"}))
    outcome = fetch("https://tank.example/x/harbour.docx")
    assert outcome.path is not None
    assert outcome.path.suffix == ".pdf"


def test_a_name_that_climbs_out_of_the_folder_is_never_used(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    url = "https://tank.example/%2e%2e/..%2f..%2f../etc/passwd.pdf"
    header = {"Content-Disposition": 'attachment; filename="../../../escape.pdf"'}
    web.serve(url, reply(pdf(), headers=header))
    outcome = fetch(url)
    assert outcome.path is not None
    assert outcome.path.parent == tmp_path / "originals" / "harbour-plan"


def test_gzip_is_undone(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(gzip.compress(pdf()), headers={"Content-Encoding": "gzip"}))
    assert fetch(FILE).size == len(pdf())


def test_progress_counts_up_to_the_whole(web: Publishers, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    web.serve(FILE, reply(pdf()))
    list(fetch_all([source(FILE)], tmp_path, SETTINGS, lambda *progress: told.append(progress), network=web.network()))
    assert told[-1] == ("harbour-plan", len(pdf()), len(pdf()))


# Again


def test_a_copy_that_the_server_calls_current_is_not_downloaded_again(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"v1"', "Last-Modified": "Wed, 01 Jan 2025 10:00:00 GMT"}))
    first = fetch(FILE)
    web.serve(FILE, reply(b"", status=304))

    again = fetch(FILE)

    assert (again.state, again.path, again.sha256) == ("unchanged", first.path, first.sha256)
    assert web.seen[-1].headers["if-none-match"] == '"v1"'
    assert web.seen[-1].headers["if-modified-since"] == "Wed, 01 Jan 2025 10:00:00 GMT"


def test_validators_go_only_to_the_address_that_gave_them(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect(PAGE))
    web.serve(PAGE, reply(pdf(), headers={"ETag": '"v1"'}))
    fetch(FILE)
    fetch(FILE)
    to_file, to_page = web.seen[-2:]
    assert "if-none-match" not in to_file.headers
    assert to_page.headers["if-none-match"] == '"v1"'


def test_a_304_that_was_not_asked_for_is_a_failure(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(b"", status=304))
    assert "answered 304" in fetch(FILE).message


def test_validators_that_could_not_be_sent_back_are_dropped(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"caf\xe9\x1b[31m"'}))
    fetch(FILE)
    record = current_original(tmp_path, "harbour-plan")
    assert record is not None
    assert record.etag is None


def test_the_same_bytes_without_validators_are_unchanged(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf()))
    fetch(FILE)
    before = current_original(tmp_path, "harbour-plan")
    assert fetch(FILE).state == "unchanged"
    assert current_original(tmp_path, "harbour-plan") == before


def test_a_changed_original_is_reported_and_kept_next_to_the_old_one(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    web.serve(FILE, reply(pdf("first")), reply(pdf("second")), reply(pdf("third")))
    first, second, third = fetch(FILE), fetch(FILE), fetch(FILE)

    assert (first.state, second.state, third.state) == ("new", "changed", "changed")
    assert "steward ingest" in second.message
    kept = {file.name for file in (tmp_path / "originals" / "harbour-plan").glob("*.pdf")}
    assert kept == {outcome.path.name for outcome in (first, second, third) if outcome.path}
    sidecar = json.loads((tmp_path / "originals" / "harbour-plan" / "current.json").read_text())
    assert [version["sha256"] for version in sidecar["history"]] == [second.sha256, first.sha256]
    record = current_original(tmp_path, "harbour-plan")
    assert record is not None
    assert record.path == third.path


def test_a_failure_leaves_the_kept_original_in_force(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf()), reply(b"gone", status=410))
    first, second = fetch(FILE), fetch(FILE)
    assert (second.state, second.path) == ("failed", first.path)
    assert "stays in force" in second.message
    assert current_original(tmp_path, "harbour-plan") is not None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / "current.json").write_text("{"), id="broken JSON"),
        pytest.param(lambda folder: (folder / "current.json").write_text("{}"), id="nothing in it"),
        pytest.param(
            lambda folder: (folder / "current.json").write_text(
                (folder / "current.json").read_text().replace('"file": "', '"file": "../../')
            ),
            id="path out of the folder",
        ),
        pytest.param(lambda folder: next(folder.glob("*.pdf")).unlink(), id="file missing"),
        pytest.param(lambda folder: next(folder.glob("*.pdf")).write_bytes(b"%PDF-1.7 other"), id="other bytes"),
    ],
)
def test_a_damaged_record_names_the_command_that_mends_it(
    web: Publishers, fetch: Fetch, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"v1"'}))
    fetch(FILE)
    damage(tmp_path / "originals" / "harbour-plan")

    with pytest.raises(DocumentError, match="steward fetch harbour-plan"):
        current_original(tmp_path, "harbour-plan")
    outcome = fetch(FILE)

    assert "if-none-match" not in web.seen[-1].headers
    assert outcome.state in ("new", "unchanged")
    assert "was damaged" in outcome.message
    assert current_original(tmp_path, "harbour-plan") is not None


def test_nothing_fetched_is_no_original(tmp_path: Path) -> None:
    assert current_original(tmp_path, "harbour-plan") is None


@pytest.mark.parametrize("source_id", ["..", "a/b", "", "A", "a b"])
def test_an_id_that_is_no_folder_name_is_refused(source_id: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no catalogue id"):
        current_original(tmp_path, source_id)


@pytest.mark.parametrize("renames", [0, 1], ids=["before the file's rename", "before the record's rename"])
def test_a_fetch_killed_while_writing_leaves_the_old_state(tmp_path: Path, renames: int) -> None:
    keep_original(tmp_path, "harbour-plan", Download(pdf("old"), "pdf", FILE, FILE))
    before = current_original(tmp_path, "harbour-plan")
    script = f"""
import os, signal
from pathlib import Path
from assistant.fetching.store import Download, keep_original
done, rename = [], Path.replace
def replace(self, target):
    if len(done) == {renames}:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(target)
    return rename(self, target)
Path.replace = replace
keep_original(Path({str(tmp_path)!r}), "harbour-plan", Download({pdf("new")!r}, "pdf", {FILE!r}, {FILE!r}))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)

    assert killed.returncode == -9
    assert current_original(tmp_path, "harbour-plan") == before
    record, change = keep_original(tmp_path, "harbour-plan", Download(pdf("new"), "pdf", FILE, FILE))
    assert (change, record.path.read_bytes()) == ("changed", pdf("new"))
    assert not list(record.path.parent.glob("*.part"))


def test_a_folder_that_cannot_be_written_is_a_failure_with_its_name(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "originals").write_text("a file where the folder should be")
    web.serve(FILE, reply(pdf()))
    outcome = fetch(FILE)
    assert outcome.state == "failed"
    assert "originals" in outcome.message
    assert "cannot be written" in outcome.message


# Where requests may go


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


# How much and how long


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
            reply(b"x", headers={"Content-Encoding": "br"}), "encoding 'br', which was not asked for", id="brotli"
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


def test_a_name_that_does_not_resolve_is_tried_again(web: Publishers, tmp_path: Path) -> None:
    def failing(host: str, port: int) -> list[tuple[str, int]]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    network = Network(resolve=failing, tls=web.tls, clock=lambda: 0.0, sleep=web.slept.append)
    outcome = fetch_original(source(FILE, landing_page=""), tmp_path, SETTINGS, network=network)
    assert "the name tank.example cannot be resolved" in outcome.message
    assert web.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x01\x02", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", b"HTTP/9.9 x"]
)
def test_an_answer_that_is_not_http_is_a_failure(web: Publishers, fetch: Fetch, junk: bytes) -> None:
    web.serve(FILE, lambda exchange: exchange.raw(junk))
    assert "the connection failed" in fetch(FILE, landing_page="").message


# Whether it is the document


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(page(60), "60 words of main text", id="sign-in page"),
        pytest.param(page(60, menu=900), "60 words of main text", id="challenge with a long menu"),
        pytest.param(b"", "not a document", id="empty"),
        pytest.param(b"Access denied. " * 400, "plain text", id="plain text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "not a document", id="image"),
        pytest.param(pdf()[:-8], "cut short", id="PDF without its end"),
    ],
)
def test_what_is_not_the_document_is_refused_and_the_next_address_is_tried(
    web: Publishers, fetch: Fetch, body: bytes, reason: str
) -> None:
    web.serve(PAGE, reply(body))
    web.serve(FILE, reply(pdf()))
    assert fetch(PAGE, FILE).state == "new"
    web.serve(FILE, reply(b"", status=404))
    assert reason in fetch(PAGE, FILE, id="another").message


def test_a_web_page_in_place_of_a_named_file_is_refused_however_long(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect(PAGE))
    web.serve(PAGE, reply(page(2000)))
    assert "a web page came where the file was expected" in fetch(FILE, landing_page="").message


def test_a_web_page_that_the_catalogue_lists_as_original_is_taken(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(page(600)))
    outcome = fetch(PAGE)
    assert outcome.path is not None
    assert outcome.path.suffix == ".html"


def test_a_landing_page_is_not_the_document_unless_it_is_a_file(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(page(2000)))
    assert "the landing page presents the document" in fetch(landing_page=PAGE).message
    web.serve(PAGE, reply(pdf()))
    assert fetch(landing_page=PAGE).state == "new"


def test_words_are_counted_whatever_the_markup() -> None:
    assert main_words(b"<p>one <b>two</b><script>not these words</script> three<br>four", 100) == 4
    assert main_words(b"<nav><ul><li>menu<li>menu</ul></nav><p>one", 100) == 1


def test_markup_made_to_be_slow_is_counted_in_time_that_grows_with_its_size() -> None:
    assert main_words(b"<nav>" * 100_000 + b"</footer>" * 100_000, 500) == 0


@given(st.binary(max_size=400) | st.text(alphabet="<>!-[]/ab\"'= ", max_size=200).map(str.encode))
def test_screening_arbitrary_bytes_raises_nothing_but_our_error(data: bytes) -> None:
    main_words(data, 500)
    try:
        screen(data, FILE)
    except FetchError:
        return


# GOV.UK


def attachment(title: str, url: str, **fields: object) -> dict[str, object]:
    return {
        "attachment_type": "file",
        "id": "1",
        "title": title,
        "url": url,
        "content_type": "application/pdf",
    } | fields


def html_attachment(title: str, url: str) -> dict[str, object]:
    return {"attachment_type": "html", "id": "2", "title": title, "url": url}


def publication(**fields: object) -> dict[str, object]:
    details = {"body": '<div class="govspeak"><p>A summary.</p></div>', "documents": [], "political": False}
    return {
        "base_path": "/government/publications/harbour-plan",
        "document_type": "policy_paper",
        "schema_name": "publication",
        "title": "Harbour plan",
        "locale": "en",
        "withdrawn_notice": {},
        "links": {},
        "details": details | fields,
    }


def html_publication(words: int = 600, **fields: object) -> dict[str, object]:
    return {
        "base_path": "/government/publications/harbour-plan/harbour-plan-web",
        "document_type": "html_publication",
        "title": "Harbour <plan>",
        "locale": "en",
        "details": {"body": f'<div class="govspeak"><h2 id="quay">Quay</h2><p>{"ships " * words}</p></div>'},
    } | fields


def test_a_landing_page_leads_to_the_pdf_named_like_the_document(web: Publishers, fetch: Fetch) -> None:
    annex = "https://assets.publishing.service.gov.uk/media/6002/Annex.pdf"
    attachments = [
        attachment("Harbour plan: annex of tables by port and year", annex),
        attachment("Harbour plan (large print)", ASSET.replace("6001", "6003")),
        attachment("Harbour plan", ASSET, number_of_pages=90, accessible=False),
        html_attachment("Harbour plan", f"{LANDING}/harbour-plan-web"),
    ]
    web.serve_json(API, publication(attachments=attachments))
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(landing_page=LANDING)
    assert (outcome.state, outcome.url) == ("new", ASSET)


def test_an_html_publication_is_taken_when_the_only_pdf_is_an_annex(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    annex = "https://assets.publishing.service.gov.uk/media/6002/Other_bodies.pdf"
    path = "/government/publications/harbour-plan/harbour-plan-web"
    attachments = [
        html_attachment("Harbour plan", path),
        attachment("Harbour plan - what other bodies do about it and when", annex),
    ]
    web.serve_json(API, publication(attachments=attachments))
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())

    outcome = fetch(landing_page=LANDING)

    assert (outcome.state, outcome.url) == ("new", f"https://www.gov.uk{path}")
    assert outcome.path is not None
    text = outcome.path.read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "<title>Harbour &lt;plan&gt;</title>" in text
    assert '<h2 id="quay">Quay</h2>' in text
    assert fetch(landing_page=LANDING).state == "unchanged"


def test_the_html_publication_follows_when_the_pdf_fails(web: Publishers, fetch: Fetch) -> None:
    path = "/government/publications/harbour-plan/harbour-plan-web"
    web.serve_json(
        API, publication(attachments=[attachment("Harbour plan", ASSET), html_attachment("Harbour plan", path)])
    )
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    outcome = fetch(landing_page=LANDING)
    assert outcome.url == f"https://www.gov.uk{path}"


def test_older_pages_name_their_documents_in_pieces_of_html(web: Publishers, fetch: Fetch) -> None:
    path = "/government/uploads/system/uploads/attachment_data/file/39/harbour.pdf"
    snippet = (
        f'<section class="attachment embedded"><div class="attachment-thumb"><a class="thumbnail" href="{path}">'
        '<img alt="" src="https://assets.example/thumb.png"></a></div><div class="attachment-details">'
        f'<h2 class="title"><a aria-describedby="help" href="{path}">Harbour <b>plan</b></a></h2>'
        '<p>please email <a href="mailto:help@example.org?body=Harbour%20plan">help@example.org</a></p></div></section>'
    )
    web.serve_json(API, publication(documents=[snippet]))
    web.serve(f"https://www.gov.uk{path}", redirect(ASSET, 301))
    web.serve(ASSET, reply(pdf()))
    assert fetch(landing_page=LANDING).url == ASSET


def test_children_in_the_links_are_html_publications(web: Publishers, fetch: Fetch) -> None:
    path = "/government/publications/harbour-plan/harbour-plan-web"
    item = publication()
    item["links"] = {"children": [{"base_path": path, "title": "Harbour plan", "document_type": "html_publication"}]}
    web.serve_json(API, item)
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    assert fetch(landing_page=LANDING).url == f"https://www.gov.uk{path}"


def test_an_html_publication_named_in_the_catalogue_is_asked_of_the_content_api(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(f"{API}/harbour-plan-web", html_publication())
    assert fetch(f"{LANDING}/harbour-plan-web", landing_page="").state == "new"


def test_what_was_passed_over_is_said_even_when_another_address_served(web: Publishers, fetch: Fetch) -> None:
    web.serve(API, reply(b"", status=410))
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(FILE, ASSET, landing_page=LANDING)
    assert outcome.state == "new"
    assert f"passed over: {API}: the server answered 410 Gone; {FILE}: the server answered 404" in outcome.message


def test_an_html_publication_says_where_people_read_it_on_govuk_whatever_it_claims(
    web: Publishers, fetch: Fetch
) -> None:
    web.serve_json(API, html_publication(base_path="//evil.example/x\x1b"))
    assert fetch(landing_page=LANDING).url == "https://www.gov.uk//evil.example/x%1B"


def test_a_page_that_is_itself_the_document_is_taken_whole(web: Publishers, fetch: Fetch) -> None:
    speech = publication(body=f"<p>{'friends ' * 700}</p>") | {"document_type": "speech"}
    web.serve_json(API, speech)
    assert fetch(landing_page=LANDING).url == LANDING


def test_an_html_publication_that_was_emptied_is_refused(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(API, html_publication(words=9))
    assert "the page holds 10 words" in fetch(landing_page=LANDING).message


def test_a_withdrawn_publication_is_reported_even_when_the_file_comes_from_its_own_address(
    web: Publishers, fetch: Fetch
) -> None:
    notice = {
        "explanation": '<div class="govspeak"><p>Out of date: see the <a href="/x">new &amp; better</a> one.</p></div>',
        "withdrawn_at": "2025-03-04T13:05:30Z",
    }
    web.serve_json(API, publication(attachments=[]) | {"withdrawn_notice": notice})
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(ASSET, landing_page=LANDING)
    assert outcome.state == "new"
    assert "GOV.UK withdrew it on 2025-03-04: “Out of date: see the new & better one.”" in outcome.message
    assert 'status = "withdrawn"' in outcome.message


def test_several_documents_none_named_like_it_are_not_guessed_among(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(API, publication(attachments=[attachment("Quay tables", ASSET), attachment("Maps", ASSET + "?2")]))
    assert "none of them named like 'Harbour plan'" in fetch(landing_page=LANDING).message


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>Sorry</html>", id="HTML"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="nested deeply"),
        pytest.param(b'{"details": {"attachments": {"0": 1}}}', id="attachments of another type"),
        pytest.param(b'{"details": null}', id="no details"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b'{"details": {"attachments": [{}]}}', id="an attachment without an address"),
        pytest.param(b'{"details": {"attachments": [{"url": "https://["}]}}', id="a broken address"),
        pytest.param(b'{"details": {"attachments": [{"url": "http://10.0.0.1/x.pdf"}]}}', id="a plain http address"),
        pytest.param(b'{"details": {"documents": ["<a href=\\"https://[\\">x</a>", "<a"]}}', id="broken pieces"),
    ],
)
def test_a_content_item_that_makes_no_sense_is_a_failure(web: Publishers, fetch: Fetch, body: bytes) -> None:
    web.serve(API, reply(body))
    outcome = fetch(landing_page=LANDING)
    assert outcome.state == "failed"
    assert LANDING in outcome.message


@pytest.mark.parametrize(
    "url", ["https://evil.example/x.pdf", "https://169.254.169.254/x.pdf", "//other.example/x.pdf"]
)
def test_an_attachment_elsewhere_is_refused(web: Publishers, fetch: Fetch, url: str) -> None:
    web.serve_json(API, publication(attachments=[attachment("Harbour plan", url)]))
    assert "is not a host that the catalogue names" in fetch(landing_page=LANDING).message


def _details(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = st.sampled_from(["attachments", "documents", "body", "url", "title", "locale", "attachment_type"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: _details(inner)))
def test_any_json_of_the_content_api_gives_links_or_our_error(value: object) -> None:
    try:
        govuk.documents(govuk.parse_item(json.dumps({"details": value}).encode(), LANDING), "Harbour plan", LANDING)
    except FetchError:
        return


# Several sources


def test_addresses_are_tried_in_order_then_the_landing_page(web: Publishers, fetch: Fetch) -> None:
    missing = ["https://tank.example/a.pdf", "https://tank.example/b.pdf"]
    web.serve(PAGE, reply(pdf()))
    assert fetch(*missing).url == PAGE
    assert [seen.url for seen in web.seen] == [*missing, PAGE]


def test_one_failing_source_never_stops_the_others(web: Publishers, tmp_path: Path) -> None:
    sources = [
        source("https://tank.example/missing.pdf", landing_page="", id="missing"),
        source("https://[", landing_page="not an address", id="nonsense"),
        source("http://tank.example/plain.pdf", landing_page="", id="plain"),
        source(landing_page="", id="nowhere"),
        source(FILE, id="good"),
    ]
    web.serve(FILE, reply(pdf()))
    outcomes = list(fetch_all(sources, tmp_path, SETTINGS, network=web.network()))
    assert [(outcome.source_id, outcome.state) for outcome in outcomes] == [
        ("missing", "failed"),
        ("nonsense", "failed"),
        ("plain", "failed"),
        ("nowhere", "failed"),
        ("good", "new"),
    ]
    assert "the catalogue names no address" in outcomes[3].message
