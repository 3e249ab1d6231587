"""PDFs of the library over HTTP: those that were indexed, as they were indexed, and nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.indexing.adding import add_document
from assistant.library import Library
from assistant.reading.pdf import page_images
from assistant.records import Quote, Span, Speaker
from assistant.settings import Settings
from assistant.sources.fetching.store import Download, keep_original
from assistant.web.library import originals as sources
from assistant.web.library.originals import (
    page_image_address,
    page_image_words,
    pdf_address,
    quote_pages,
    source_routes,
)
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library, open_library
from tests.reading.pdf_making import Piece, Style, make_pdf
from tests.reading.quote_pages import sentences, varied

PDF = make_pdf([Piece("paragraph", varied(40))], style=Style(head=None))
DETAILS = {"publisher": "Quay Board", "published": "2026-01", "authority": "evidence"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two summaries, one with a PDF as its original, a PDF of a reader's own and a Markdown file of a reader's own."""
    folder = tmp_path_factory.mktemp("sources")
    settings = make_library(folder)
    keep_original(settings.corpus, "tide-report", Download(PDF, "pdf", "https://example.org", "https://example.org"))
    (folder / "quays.pdf").write_bytes(make_pdf([Piece("paragraph", varied(3, 7))]))
    (folder / "ferries.md").write_text("# Ferries\n\nFerries sail <b>at noon</b>.\n")
    for name in ("quays.pdf", "ferries.md"):
        add_document(folder / name, settings, HashEmbedder(), title=f"Note on {name[:-4]}", **DETAILS)
    return settings


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=source_routes(lambda: library)), base_url="http://127.0.0.1") as opened:
        yield opened


def quote_of(library: Library, span: Span, page: int | None = 1, label: str | None = "1") -> Quote:
    return Quote(
        n=1,
        document="tide-report",
        title="Tide report",
        publisher="Tide Trust",
        published="2025-02",
        speaker=Speaker("Tide Trust", "publisher", "independent-proposal", "2025-02"),
        document_status="current",
        form="quote",
        part="body",
        section=(),
        page=page,
        page_label=label,
        quote=library.generation.document("tide-report").text[span.start : span.end],
        start=span.start,
        end=span.end,
        url="",
    )


def first_sentence(library: Library) -> Span:
    return sentences(library.generation.document("tide-report"))[0]


def refused(client: TestClient, address: str, status: int) -> str:
    """The one sentence of a refusal."""
    response = client.get(address)
    assert response.status_code == status, address
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "\n" not in response.text
    assert "Traceback" not in response.text
    return response.text


@pytest.mark.parametrize("document", ["tide-report", "note-on-quays"], ids=["fetched", "added"])
def test_a_pdf_is_sent_as_it_was_indexed(client: TestClient, document: str) -> None:
    response = client.get(f"/sources/{document}")
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == f'inline; filename="{document}.pdf"'
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_part_of_the_file_can_be_asked_for(client: TestClient) -> None:
    response = client.get("/sources/tide-report", headers={"Range": "bytes=5-9"})
    assert (response.status_code, response.content) == (206, PDF[5:10])
    assert client.head("/sources/tide-report").headers["content-length"] == str(len(PDF))


@pytest.mark.parametrize(
    "document",
    [
        "note-on-ferries",  # Markdown
        "note-on-ferr",
        "harbour-plan",  # a summary
        "harbour-plan%2Frecommendations",
        "nothing",
        "Tide-Report",
        "..",
        "%2e%2e",
        "..%2F..%2Fcatalogue.toml",
        "%2Fetc%2Fpasswd",
        "tide-report%00",
        "added%2Fnote-on-quays%2Fsource.json",
    ],
)
def test_nothing_else_is_sent(client: TestClient, document: str) -> None:
    for address in (f"/sources/{document}", f"/sources/{document}/pages/1.png"):
        response = client.get(address)
        assert response.status_code == 404, address
        assert "b>" not in response.text


def test_a_file_that_changed_since_it_was_indexed_is_not_sent(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    path = keep_original(settings.corpus, "tide-report", Download(PDF, "pdf", "https://a", "https://a"))[0].path
    index_library(settings)
    with open_library(settings).generation as generation:
        opened = Library(generation, HashEmbedder(), open_library(settings).sources, settings)
        quote = quote_of(opened, first_sentence(opened))
        client = TestClient(Starlette(routes=source_routes(lambda: opened)), base_url="http://127.0.0.1")
        assert client.get("/sources/tide-report").status_code == 200

        path.write_bytes(PDF.replace(b"%PDF-", b"%PDF-", 1) + b"\n%more")
        assert "changed since it was indexed" in refused(client, "/sources/tide-report", 404)
        assert "changed since it was indexed" in refused(client, "/sources/tide-report/pages/1.png", 404)

        elsewhere = tmp_path / "elsewhere.pdf"
        elsewhere.write_bytes(PDF)
        path.unlink()
        path.symlink_to(elsewhere)
        assert "not an ordinary file" in refused(client, "/sources/tide-report", 404)

        path.unlink()
        os.mkfifo(path)
        assert "not an ordinary file" in refused(client, "/sources/tide-report", 404)

        path.unlink()
        assert "no longer exists" in refused(client, "/sources/tide-report", 404)
        assert pdf_address("tide-report", opened) is None
        assert page_image_address(quote, opened) is None


def test_a_newer_original_does_not_take_the_place_of_the_indexed_one(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    keep_original(settings.corpus, "tide-report", Download(PDF, "pdf", "https://a", "https://a"))
    index_library(settings)
    newer = make_pdf([Piece("paragraph", varied(2))])
    keep_original(settings.corpus, "tide-report", Download(newer, "pdf", "https://a", "https://a"))
    opened = open_library(settings)
    client = TestClient(Starlette(routes=source_routes(lambda: opened)), base_url="http://127.0.0.1")
    assert client.get("/sources/tide-report").content == PDF
    index_library(settings)
    opened.generation.close()
    opened = open_library(settings)
    assert client.get("/sources/tide-report").content == newer
    opened.generation.close()


def test_a_page_with_the_quote_boxed_is_drawn_once(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def counted(path: Path, number: int, *rest: object) -> page_images.PageImage:
        drawn.append(number)
        return page_images.page_image(path, number, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "page_image", counted)
    address = page_image_address(quote_of(library, first_sentence(library)), library)
    assert address is not None
    first, second = client.get(address), client.get(address)
    assert first.status_code == 200
    assert first.content.startswith(b"\x89PNG")
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, max-age=3600"
    assert first.headers["x-quoted-words"] == "boxed"
    assert second.content == first.content
    assert client.get("/sources/tide-report/pages/1.png").headers["x-quoted-words"] == "not boxed"
    assert drawn == [1, 1]


def test_images_kept_are_bounded(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def made(path: Path, number: int, *rest: object) -> page_images.PageImage:
        drawn.append(number)
        return page_images.PageImage(b"\x89PNG" + bytes(1000), 10, 10)

    monkeypatch.setattr(sources, "page_image", made)
    monkeypatch.setattr(sources, "_MOST_IMAGE_BYTES", 2500)
    for number in (1, 2, 1, 3, 1, 2):
        client.get(f"/sources/tide-report/pages/{number}.png")
    assert drawn == [1, 2, 3, 2]


@pytest.mark.parametrize(
    ("page", "status", "sentence"),
    [
        ("0.png", 404, "no such page"),
        ("-1.png", 404, "no such page"),
        ("one.png", 404, "no such page"),
        ("١.png", 404, "no such page"),
        ("9999999999999999999999.png", 404, "no such page"),
        ("999999999.png", 404, "It has 2 pages, so there is no page 999,999,999"),
        ("1.png?start=5", 400, "start and end must be whole numbers"),
        ("1.png?start=a&end=b", 400, "start and end must be whole numbers"),
        ("1.png?start=9&end=9", 400, "start and end must be whole numbers"),
        ("1.png?start=-5&end=9", 400, "start and end must be whole numbers"),
        ("1.png?start=0&end=99999999", 400, "end must be at most"),
        ("2.png?start=0&end=20", 400, "None of these words are on page 2"),
        ("7.png?start=0&end=20", 400, "None of these words are on page 7"),
    ],
)
def test_bad_numbers_are_answered_with_a_sentence(client: TestClient, page: str, status: int, sentence: str) -> None:
    assert sentence in refused(client, f"/sources/tide-report/pages/{page}", status)


def test_a_page_that_cannot_be_drawn_says_so_and_not_where_the_file_lies(
    client: TestClient, settings: Settings, library: Library
) -> None:
    limits = settings.reading.model_copy(update={"max_file_mb": 0.001})
    object.__setattr__(library, "settings", settings.model_copy(update={"reading": limits}))
    said = refused(client, "/sources/tide-report/pages/2.png", 404)
    assert said.startswith("This page cannot be shown. It has 0.0 MiB, more than 0.001.")
    assert str(settings.corpus) not in said


def test_more_requests_than_may_wait_are_turned_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "WAITING", 0)
    assert "Too many pages" in refused(client, "/sources/tide-report/pages/1.png", 503)


def test_addresses_and_words_for_a_card(library: Library) -> None:
    span = first_sentence(library)
    quote = quote_of(library, span)
    assert pdf_address("tide-report", library) == "/sources/tide-report"
    assert [pdf_address(name, library) for name in ("harbour-plan", "note-on-ferries", "none")] == [None] * 3
    address = f"/sources/tide-report/pages/1.png?start={span.start}&end={span.end}"
    assert page_image_address(quote, library) == address
    said = "of Tide Trust, Tide report, with the quoted words boxed if their place is certain"
    assert page_image_words(quote) == f"Page 1 {said}"
    assert page_image_words(quote_of(library, span, 4, "iv")) == f"Page iv {said}"
    assert page_image_words(quote_of(library, span, 4, "a label that says far too much")) == f"Page 4 {said}"
    assert page_image_address(quote_of(library, span, page=None), library) is None


def test_a_quote_over_two_pages_names_both(client: TestClient, library: Library) -> None:
    document = library.generation.document("tide-report")
    turn = document.pages[1].start
    span = next(span for span in sentences(document) if span.start < turn < span.end)
    quote = quote_of(library, span)
    assert quote_pages(quote, library) == (1, 2)
    for number in (1, 2):
        address = page_image_address(quote, library, number)
        assert address is not None
        assert client.get(address).headers["x-quoted-words"] == "boxed"


def test_two_pages_are_drawn_at_the_same_time_and_no_more(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)
    running, most = set(), []

    def made(path: Path, number: int, *rest: object) -> page_images.PageImage:
        running.add(number)
        both.wait()
        most.append(len(running))
        both.wait()
        running.discard(number)
        return page_images.PageImage(b"\x89PNG", 10, 10)

    monkeypatch.setattr(sources, "page_image", made)
    with ThreadPoolExecutor(6) as pool:
        asked = pool.map(client.get, [f"/sources/tide-report/pages/{number}.png" for number in range(1, 7)])
        assert {response.status_code for response in asked} == {200}
    assert most == [2] * 6
