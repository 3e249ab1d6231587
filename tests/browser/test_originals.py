"""The banner about originals: no network, then a network, and at last an answer from the original."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import Reader
from tests.browser.serving import SAILING


def test_a_reader_gets_the_originals_once_there_is_a_network(
    new_page: Callable[..., Page], serve: Callable[[str], str], tmp_path: Path
) -> None:
    page = new_page()
    reader = Reader(page, serve("fetched"))
    reader.open()
    banner = page.get_by_text("Answers come from Steward’s summaries")
    button = page.get_by_role("button", name="Get the originals")
    expect(banner).to_be_visible()
    assert reader.violations() == []
    reader.show("Library")
    table = reader.panel.get_by_role("table")
    expect(table).to_contain_text("Steward’s summary")
    expect(reader.panel).to_contain_text("No original is in the library")
    (tmp_path / "online").touch()
    button.click()
    expect(page.get_by_role("status").filter(has_text="1 original was added to the library")).to_be_visible()
    expect(button).to_be_hidden()
    # The tab that is open follows.
    expect(reader.panel).to_contain_text("1 of 2 originals")
    expect(table.get_by_role("row").filter(has_text=re.compile("^Harbour plan"))).to_contain_text("Original")
    reader.show("Ask")
    expect(reader.ask("How many boats will the office license by 2029?")).to_contain_text(SAILING)
    page.reload()
    expect(reader.question).to_be_visible()
    expect(button).to_be_hidden()
