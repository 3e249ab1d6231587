"""From a quote to its place in a PDF, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import App, Reader
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
    expect(lantern_card(reader)).to_contain_text("Exact words January 2026 · p. 1 (page 2 of the file)")


def test_a_card_opens_the_document_at_its_quote_and_back_leads_to_the_answer(reader: Reader) -> None:
    lantern_card(reader).get_by_role("link", name="Open in the document").click()
    expect(reader.panel.get_by_role("heading", name="Lantern survey", level=2)).to_be_visible()
    quote = reader.panel.locator("mark").first
    expect(quote).to_contain_text(LANTERN)
    expect(quote).to_be_in_viewport()
    expect(reader.panel.locator(".page")).to_have_text(["page i", "page 1"])
    pdf = reader.panel.get_by_role("link", name="PDF")
    expect(pdf).to_have_attribute("href", "/sources/lantern-survey#page=2")
    expect(pdf).to_have_attribute("target", "_blank")
    sent = reader.page.request.get(f"{reader.address.rstrip('/')}/sources/lantern-survey")
    assert sent.ok
    assert sent.headers["content-type"] == "application/pdf"
    assert sent.body().startswith(b"%PDF-")
    address = reader.page.url
    reader.page.go_back()
    expect(reader.question).to_be_visible()
    reader.page.goto(address)  # a link that was shared
    expect(reader.panel.locator("mark").first).to_be_in_viewport()


def test_a_question_is_asked_of_the_document_that_is_open(reader: Reader) -> None:
    lantern_card(reader).get_by_role("link", name="Open in the document").click()
    reader.panel.get_by_role("link", name="Ask about this document").click()
    expect(reader.question).to_be_focused()
    expect(reader.panel.get_by_role("button", name="Filters: 1 document")).to_be_visible()
    expect(reader.ask("What must each boat carry?")).to_contain_text("Lantern survey")
    reader.page.get_by_role("tab", name="Library", exact=True).click()
    expect(reader.panel.get_by_role("heading", name="Lantern survey", level=2)).to_be_visible()
    assert "?tab=library&document=lantern-survey&at=" in reader.page.url, "the address is the one that was left"


def test_the_search_in_a_document_looks_like_the_other_fields(reader: Reader) -> None:
    look = """(field) => [getComputedStyle(field, "::placeholder").color, getComputedStyle(field).fontSize]"""
    other = reader.show("Precedents").get_by_label("Search the cases").evaluate(look)
    reader.show("Documents")
    reader.look_into("Harbour plan")
    assert reader.panel.get_by_label("Search in this document").evaluate(look) == other


def test_the_outline_and_the_search_lead_into_parts_that_came_later(
    new_page: Callable[..., Page], serve: Callable[[str], str]
) -> None:
    app = App(new_page(), serve("long"))
    app.open("Library")
    app.look_into("Long plan")
    app.panel.get_by_role("link", name="Section 999", exact=True).click()
    heading = app.panel.get_by_role("heading", name="Section 999", exact=True)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    app.panel.get_by_label("Search in this document").fill("keeper’s lamp of quay 500")
    expect(app.panel.get_by_role("status")).to_have_text("1 of 1")
    expect(app.panel.get_by_text("lamp of quay 500 burns")).to_be_in_viewport()
    app.panel.get_by_label("Search in this document").fill("zebra")
    expect(app.panel.get_by_role("status")).to_have_text("Not found")


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
