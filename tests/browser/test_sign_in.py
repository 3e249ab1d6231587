"""Signing in at a provider and out again, as somebody does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Reader
from tests.browser.serving import served
from tests.web.sign_in.provider import provided

LINK = "&q=How+many+boats+will+the+office+license+by+2027%3F"


@pytest.fixture
def new_reader(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Reader]]:
    """Makes readers with a browser of their own, who have not signed in."""
    with ExitStack() as opened:
        _, issuer = opened.enter_context(provided(monkeypatch))
        (tmp_path / "issuer").write_text(issuer, encoding="utf-8")
        address = opened.enter_context(served(tmp_path, "signed-in"))

        def make(width: int = 1280) -> Reader:
            context = opened.enter_context(browser.new_context(viewport={"width": width, "height": 900}))
            return Reader(context.new_page(), address)

        yield make


def sign_in(reader: Reader, who: str, query: str = "") -> Page:
    page = reader.page
    page.goto(f"{reader.address}?__theme=light{query}")
    page.get_by_role("button", name=who, exact=True).click()
    return page


def test_a_link_leads_through_the_sign_in_to_its_answer_and_out_again(new_reader: Callable[..., Reader]) -> None:
    ann = new_reader()
    page = sign_in(ann, "ann", LINK)
    expect(ann.turns.first).to_contain_text("40")
    bar = page.locator(".account")
    expect(bar).to_contain_text("Ann Lee")
    expect(ann.conversations.get_by_role("button", name="How many boats")).to_be_visible()
    assert ann.violations() == []
    assert ann.overflow() == []

    elsewhere = new_reader()
    sign_in(elsewhere, "ann")
    expect(elsewhere.conversations.get_by_role("button", name="How many boats")).to_be_visible()
    other = new_reader(320)
    page_of_bo = sign_in(other, "bo")
    expect(page_of_bo.locator(".account")).to_contain_text("Bo Oduya")
    expect(page_of_bo.get_by_role("button", name="How many boats")).to_have_count(0)
    assert other.violations() == []
    assert other.overflow() == []

    bar.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_text("You have signed out of Steward.")).to_be_visible()
    page.goto(ann.address)
    expect(page.get_by_role("button", name="ann", exact=True)).to_be_visible()
    # Who was signed in in the other browser still is.
    elsewhere.page.reload()
    expect(elsewhere.page.locator(".account")).to_contain_text("Ann Lee")


def test_a_page_whose_session_has_ended_says_so_and_leads_back(new_reader: Callable[..., Reader]) -> None:
    ann = new_reader()
    page = sign_in(ann, "ann", "&tab=check")
    expect(page.locator(".account")).to_contain_text("Ann Lee")
    page.context.clear_cookies()
    page.evaluate("() => fetch('/config')")  # as any event of the page
    dialog = page.get_by_role("dialog", name="You are no longer signed in.")
    expect(dialog).to_be_visible()
    assert ann.violations() == []
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.evaluate("() => fetch('/config')")
    dialog.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="ann", exact=True).click()
    expect(page.locator(".account")).to_contain_text("Ann Lee")
    expect(page.get_by_role("tab", name="Check")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("width", [1280, 320])
def test_a_librarian_sees_what_waits_for_another(new_reader: Callable[..., Reader], tmp_path: Path, width: int) -> None:
    (tmp_path / "tern.md").write_text("# Tern\n\nThe tern strategy says that 31 lamps will be lit.\n", encoding="utf-8")
    ann = new_reader(width)
    page = sign_in(ann, "ann")
    ann.show("Library")
    ann.panel.get_by_role("button", name="Add a file").click()
    ann.panel.locator("input[type=file]").set_input_files(tmp_path / "tern.md")
    expect(ann.panel.locator(".message").filter(has_text="tern.md")).to_be_visible()
    for label, value in {"Title": "Tern strategy", "Publisher": "Quay Board", "Published": "2026-01"}.items():
        ann.panel.get_by_role("textbox", name=re.compile(f"^{label}( |$)")).first.fill(value)
    ann.panel.get_by_role("radio", name="Government policy").check()
    ann.panel.get_by_role("radio", name="For everybody").check()
    ann.panel.get_by_role("button", name="Add to the library").click()
    expect(page.get_by_text("waits until another librarian confirms it")).to_be_visible()
    waiting = ann.panel.get_by_role("region", name="Waiting to be confirmed")
    expect(waiting).to_contain_text("Proposed by Ann Lee on")
    expect(waiting).to_contain_text("Another librarian confirms it.")
    assert ann.violations() == []
    assert ann.overflow() == []
    waiting.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Tern strategy was rejected and deleted.")).to_be_visible()
    expect(waiting).to_have_count(0)
