"""The app is stopped and started again while a reader has its page open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.pages import Reader
from tests.browser.serving import served
from tests.web.pages import free_port


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may report that the app was away."""
    with browser.new_context() as context:
        yield context.new_page()


def test_a_restart_keeps_the_conversation_and_the_open_page_goes_on(page: Page, tmp_path: Path) -> None:
    port = free_port()
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    with served(tmp_path, port=port) as address:
        reader = Reader(page, address)
        reader.open()
        reader.ask("How many boats will the office license by 2027?")
        expect(reader.conversations.get_by_role("button", name="How many boats")).to_be_visible()
        # An event whose end the app no longer tells has Gradio load the page anew once the app is back.
        while any("/queue/data" in request.url for request in under_way):
            page.wait_for_timeout(50)
        page.evaluate("window.before = true")
    with served(tmp_path, port=port) as again:
        assert again == address
        reader.ask("What must each boat carry?")
        expect(reader.turns.first).to_contain_text("by 2027")
        assert page.evaluate("window.before"), "the page was loaded anew"
        page.reload()
        expect(reader.turns).to_have_count(2)
        expect(reader.turns.first).to_contain_text("by 2027")
        expect(reader.turns.last).to_contain_text("a lamp that burns for twelve hours")
