"""A landing page of a think tank: the PDF that it links by the document's title, and no other."""

from __future__ import annotations

import time

import pytest

from assistant.errors import FetchError
from assistant.sources.fetching.links import linked_pdfs
from tests.https_server import Publishers, reply
from tests.sources.fetching.fetch_making import FILE, PAGE, Fetch, page, pdf

TITLE = "Harbour plan for every port: boats and quays"


def landing(*links: tuple[str, str]) -> bytes:
    listed = "".join(f'<li><a href="{href}">{words}</a></li>' for href, words in links)
    return f"<!DOCTYPE html><html><body><main><h1>Our reports</h1><ul>{listed}</ul></main></body></html>".encode()


def named(*links: tuple[str, str]) -> list[str]:
    return [link.url.rsplit("/", 1)[-1] for link in linked_pdfs(landing(*links), PAGE, TITLE)]


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("/files/opaque-8801.pdf", "Read the report: Harbour plan for every port"),
        ("/wp-content/uploads/2025/03/Harbour-Plan-for-Every-Port_final.pdf", "Download"),
        ("/files/Harbour%20plan%20for%20every%20port.pdf", ""),
        (f"{FILE}?v=2", "Harbour plan for every port: boats and quays (PDF, 2 MB)"),
    ],
    ids=["by its words", "by its file", "by an encoded file", "with a query"],
)
def test_the_pdf_is_found_by_its_words_or_its_file(web: Publishers, fetch: Fetch, href: str, words: str) -> None:
    others = [("/privacy.pdf", "Privacy"), ("/files/annual.pdf", "Annual plan of the harbour office"), (PAGE, TITLE)]
    web.serve(PAGE, reply(landing(*others, (href, words))))
    address = href if href.startswith("https:") else f"https://tank.example{href}"
    web.serve(address, reply(pdf()))
    outcome = fetch(title=TITLE)
    assert (outcome.state, outcome.url) == ("new", address)
    assert [seen.url for seen in web.seen] == [PAGE, address]


def test_the_likeliest_comes_first_and_parts_of_the_document_do_not_come() -> None:
    assert named(
        ("/summary.pdf", "Harbour plan for every port: summary"),
        ("/Harbour-plan-for-every-port_annex.pdf", "Annex"),
        ("/long.pdf", "Harbour plan for every port, with a foreword by the master of the port of Hull"),
        ("/whole.pdf", "Harbour plan for every port"),
        ("/page", "Harbour plan for every port"),
    ) == ["whole.pdf", "long.pdf"]
    assert linked_pdfs(landing(("/a.pdf", "Tide summary")), PAGE, "Tide summary")


def test_a_page_that_links_no_such_pdf_says_what_to_do(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(landing(("/other.pdf", "Lighthouse plan"))))
    outcome = fetch(title=TITLE)
    assert outcome.state == "failed"
    assert f"{PAGE} links no PDF named like '{TITLE}'; list the file's address under `originals`" in outcome.message


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("https://other.example/harbour.pdf", "other.example is not a host that the catalogue names"),
        ("http://tank.example/harbour.pdf", "links no PDF"),
        ("https://169.254.169.254/harbour.pdf", "not a host that the catalogue names"),
        ("javascript:alert(1)//harbour.pdf", "links no PDF"),
        ("https://clerk:key@tank.example/harbour.pdf", "links no PDF"),
        ("https://tank.example:22/harbour.pdf", "links no PDF"),
    ],
)
def test_a_link_leads_to_hosts_of_the_catalogue_only(web: Publishers, fetch: Fetch, href: str, reason: str) -> None:
    web.serve(PAGE, reply(landing((href, TITLE))))
    assert reason in fetch(title=TITLE).message
    assert [seen.url for seen in web.seen] == [PAGE]


def test_a_linked_page_instead_of_a_pdf_is_not_kept(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(landing(("/harbour.pdf", TITLE))))
    web.serve("https://tank.example/harbour.pdf", reply(page(900)))
    assert "a web page came instead of the file" in fetch(title=TITLE).message


@pytest.mark.parametrize(
    "piece", ["<a href='x.pdf'>", "<", "<a ", "<!--", "<![", "<a href='", "</a", "&", "<a></a>", "<p>", "<script>"]
)
def test_hostile_markup_takes_no_long_time(piece: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError):
        linked_pdfs(piece.encode() * (3_000_000 // len(piece)), PAGE, TITLE)
    assert time.monotonic() - began < 5
