"""From a catalogue entry to an original that is kept: what comes, what comes again, and in which order it is sought."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.settings import ReadingSettings
from assistant.sources.fetching import current_original, fetch_all
from tests.https_server import Publishers, reply
from tests.reading.hostile_files import printed_pdf
from tests.sources.fetching.fetch_making import FILE, PAGE, SETTINGS, Fetch, pdf, source


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


def test_what_cannot_be_read_does_not_take_the_place_of_an_original_that_can(web: Publishers, tmp_path: Path) -> None:
    limits, readable = ReadingSettings(), printed_pdf("Boats sail at noon.")

    def state() -> tuple[str, str]:
        (outcome,) = fetch_all([source(FILE)], tmp_path, SETTINGS, reading=limits, network=web.network())
        return outcome.state, outcome.message

    web.serve(FILE, reply(readable))
    assert state()[0] == "new"
    web.serve(FILE, reply(pdf()))
    failed, message = state()
    assert failed == "failed"
    assert f"{FILE}: the file cannot be read (The PDF" in message
    assert str(tmp_path) not in message
    kept = current_original(tmp_path, "harbour-plan")
    assert kept is not None
    assert kept.path.read_bytes() == readable
    assert [path.name for path in kept.path.parent.glob("*.pdf")] == [kept.path.name]
