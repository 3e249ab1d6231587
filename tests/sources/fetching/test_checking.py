"""What `steward fetch --check` says of each address, and that it keeps nothing."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import ReadingSettings
from assistant.sources.fetching import AddressCheck, allowed_hosts, check_all, current_original, fetch_original
from tests.https_server import Publishers, reply
from tests.reading.hostile_files import printed_pdf
from tests.sources.fetching.fetch_making import API, ASSET, FILE, LANDING, PAGE, SETTINGS, page, pdf, source
from tests.sources.fetching.test_govuk import attachment, html_attachment, html_publication, publication


def checked(web: Publishers, folder: Path, *originals: str, **fields: str) -> tuple[AddressCheck, ...]:
    item = source(*originals, **fields)
    limits = {"reading": ReadingSettings(), "hosts": allowed_hosts([item]), "network": web.network()}
    ((*found,),) = check_all([item], folder, SETTINGS, **limits)
    return tuple(found)


def test_every_address_is_described_and_nothing_is_kept(web: Publishers, tmp_path: Path) -> None:
    readable = printed_pdf("Boats sail at noon.")
    path = "/government/publications/harbour-plan/harbour-plan-web"
    attachments = [attachment("Harbour plan", ASSET), html_attachment("Harbour plan", path)]
    web.serve_json(API, publication(attachments=attachments))
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    web.serve(ASSET, reply(readable))
    missing = "https://assets.publishing.service.gov.uk/media/1/old.pdf"

    file, web_version, gone = checked(web, tmp_path, missing, landing_page=LANDING)

    assert (file.url, file.state, file.status, file.kind, file.size, file.pages) == (
        ASSET,
        "new",
        200,
        "pdf",
        len(readable),
        1,
    )
    assert (web_version.state, web_version.kind, web_version.pages) == ("new", "html", None)
    assert (gone.url, gone.state, gone.status, gone.kind) == (missing, "failed", 404, None)
    assert "the server answered 404 Not Found" in gone.message
    assert list(tmp_path.iterdir()) == []


def test_an_address_is_compared_with_the_original_in_use(web: Publishers, tmp_path: Path) -> None:
    def states() -> list[tuple[str, int | None, int | None]]:
        return [(item.state, item.status, item.pages) for item in checked(web, tmp_path, FILE, landing_page="")]

    first = printed_pdf("Boats sail at noon.")
    web.serve(FILE, reply(first, headers={"ETag": '"v1"'}))
    fetch_original(source(FILE), tmp_path, SETTINGS, network=web.network())
    assert states() == [("unchanged", 200, 1)]
    web.serve(FILE, reply(b"", status=304))
    assert states() == [("unchanged", 304, 1)]
    web.serve(FILE, reply(printed_pdf("Boats sail at dusk.")))
    assert states() == [("changed", 200, 1)]
    kept = current_original(tmp_path, "harbour-plan")
    assert kept is not None
    assert kept.path.read_bytes() == first


def test_what_cannot_be_read_or_found_is_told_as_failed(web: Publishers, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf()))
    web.serve(PAGE, reply(page(20)))
    unreadable, landing = checked(web, tmp_path, FILE)
    assert (unreadable.state, landing.state) == ("failed", "failed")
    assert "the file cannot be read" in unreadable.message + landing.message
    assert "links no PDF named like 'Harbour plan'" in unreadable.message + landing.message
    (nowhere,) = checked(web, tmp_path, landing_page="")
    assert (nowhere.state, nowhere.message) == ("failed", "the catalogue names no address")


def test_a_withdrawn_page_is_told_beside_its_document(web: Publishers, tmp_path: Path) -> None:
    item = publication(attachments=[attachment("Harbour plan", ASSET)])
    web.serve_json(API, item | {"withdrawn_notice": {"withdrawn_at": "2026-01-02T00:00:00Z"}})
    web.serve(ASSET, reply(printed_pdf("Boats sail at noon.")))
    (found,) = checked(web, tmp_path, landing_page=LANDING)
    assert (found.state, found.message.startswith("GOV.UK withdrew it on 2026-01-02")) == ("new", True)
