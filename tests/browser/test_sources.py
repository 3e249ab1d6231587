"""From a quote to its place in a PDF, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Reader
from tests.browser.serving import LANTERN, served


@pytest.fixture(scope="module")
def paged_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("paged"), "paged") as found:
        yield found


@pytest.fixture
def reader(new_page: Callable[..., Page], paged_address: str) -> Reader:
    opened = Reader(new_page(), paged_address)
    opened.open()
    return opened


def lantern_card(reader: Reader) -> Locator:
    turn = reader.ask("How many brass reflectors does the lantern keeper polish?")
    card = turn.get_by_role("article").filter(has_text="Lantern survey").first
    expect(card.locator("mark")).to_contain_text(LANTERN)
    return card


def test_a_card_says_the_printed_page_and_the_page_of_the_file(reader: Reader) -> None:
    expect(lantern_card(reader)).to_contain_text("January 2026 · Exact words · p. 1 (page 2 of the file)")


def test_the_pdf_opens_at_the_page_of_the_quote(reader: Reader) -> None:
    link = lantern_card(reader).get_by_role("link", name="Open in the document")
    expect(link).to_have_attribute("href", "/sources/lantern-survey#page=2")
    expect(link).to_have_attribute("target", "_blank")
    sent = reader.page.request.get(f"{reader.address.rstrip('/')}/sources/lantern-survey")
    assert sent.ok
    assert sent.headers["content-type"] == "application/pdf"
    assert sent.body().startswith(b"%PDF-")


def test_the_page_is_shown_when_it_is_asked_for(reader: Reader) -> None:
    card = lantern_card(reader)
    image = card.get_by_role("img", name="Page 1 of Quay Board, Lantern survey, with the quoted words boxed")
    expect(image).to_have_count(0)
    with reader.page.expect_response(lambda response: "/pages/2.png?" in response.url) as sent:
        card.get_by_text("Show the page").click()
    assert sent.value.headers["x-quoted-words"] == "boxed"
    expect(image).to_be_visible()
    image.evaluate("(image) => image.decode()")
    assert image.evaluate("(image) => image.naturalWidth") > 0
    assert reader.violations() == []
    assert reader.overflow() == []
