"""The app by keyboard alone: every place can be reached, is seen, works, and can be left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import TABS, App, Reader

MOST_STOPS = 120


def walk(app: App, key: str = "Tab") -> list[str]:
    """Where the key leads from the top of the page, until it begins anew; the keyboard's place is seen at each stop."""
    stops: list[str] = []
    for _ in range(MOST_STOPS):
        app.page.keyboard.press(key)
        place = app.focused()
        # Between the end and the top, and on its way into a frame, it is nowhere; within a frame it stays at the frame.
        if place is None or place["key"] in stops[-1:]:
            continue
        if stops and place["key"] == stops[0]:
            return stops
        assert place["seen"], f"Nothing shows that the keyboard is at {place['html']}"
        stops.append(place["key"])
    raise AssertionError(f"The keyboard never comes back to the top: {stops[-5:]}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_every_place_of_a_tab_is_reached_seen_and_left(tab: str, theme: str, app: App) -> None:
    app.open(tab, theme)
    forward: list[str] = []
    for _ in range(3):  # what the load event draws anew is reached in the next walk
        app.to_top()
        forward = walk(app)
        if app.tabbable() <= set(forward):
            break
    assert len(set(forward)) == len(forward)
    assert app.tabbable() <= set(forward)
    app.to_top()
    assert set(walk(app, "Shift+Tab")) >= app.tabbable()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_place_of_a_conversation_is_reached_seen_and_left(
    theme: str, new_page: Callable[..., Page], address: str
) -> None:
    reader = Reader(new_page(), address)
    reader.open(theme=theme)
    reader.ask("What must each boat carry?")
    reader.turns.get_by_role("button", name="Not useful").click()
    expect(reader.turns.get_by_label("Why?")).to_be_visible()
    reader.to_top()
    forward = walk(reader)
    assert len(set(forward)) == len(forward)
    assert reader.tabbable() <= set(forward)


def test_the_first_stop_leads_past_what_every_tab_repeats(app: App) -> None:
    app.open("Check")
    app.to_top()
    app.page.keyboard.press("Tab")
    skip = app.page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    app.page.keyboard.press("Enter")
    app.page.keyboard.press("Tab")
    expect(app.panel.get_by_role("textbox")).to_be_focused()


def test_arrows_move_between_tabs_and_enter_opens_one(app: App) -> None:
    app.open("Compare")
    app.page.get_by_role("tab", name="Compare").focus()
    app.page.keyboard.press("ArrowRight")
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_role("tabpanel", name="Glossary")).to_be_visible()
    app.page.get_by_role("tab", name="Library").focus()
    app.page.keyboard.press("ArrowRight")
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_role("tabpanel", name="Check")).to_be_visible()


def test_documents_are_compared_and_a_quote_followed(app: App) -> None:
    panel = app.open("Compare")
    app.to_top()
    app.tab_to(panel.get_by_label("Topic"))
    app.page.keyboard.type("boats")
    for box in panel.get_by_role("checkbox").all():
        app.tab_to(box)
        app.page.keyboard.press("Space")
    app.tab_to(panel.get_by_role("button", name="Compare"))
    app.page.keyboard.press("Enter")
    link = panel.get_by_role("link", name="Evidence [1]")
    expect(link).to_be_visible()
    app.tab_to(link)
    app.page.keyboard.press("Enter")
    expect(panel.locator("#compare-evidence-1")).to_be_in_viewport()
    assert app.page.url.endswith("?tab=compare#compare-evidence-1"), "the page was loaded anew"


def test_a_draft_is_checked(app: App) -> None:
    panel = app.open("Check")
    app.to_top()
    app.tab_to(panel.get_by_role("textbox"))
    app.page.keyboard.type("Hull gets a grant of £13m.")
    app.tab_to(panel.get_by_role("button", name="Check the draft"))
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("region", name="Result of the check")).to_contain_text("Clashes with the library")


def test_a_document_is_opened_searched_and_left(app: App) -> None:
    panel = app.open("Library")
    app.to_top()
    app.tab_to(panel.get_by_role("link", name="Harbour plan", exact=True))
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Harbour plan", level=2)).to_be_focused()
    app.page.keyboard.press("Tab")
    app.tab_to(panel.get_by_label("Search in this document"))
    app.page.keyboard.type("boat")
    expect(panel.get_by_role("status")).to_have_text("1 of 3")
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text("2 of 3")
    app.to_top()
    forward = walk(app)
    assert app.tabbable() <= set(forward)
    app.to_top()
    app.tab_to(panel.get_by_role("link", name="All documents"))
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("table")).to_be_visible()


def test_cases_are_searched_narrowed_down_and_compared(app: App) -> None:
    panel = app.open("Precedents")
    app.to_top()
    app.tab_to(panel.get_by_label("Search the cases"))
    app.page.keyboard.type("lamps that boatmen shared")
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="1 case matches")).to_be_visible()
    box = panel.get_by_role("checkbox", name="safety (1)")
    app.tab_to(box)
    app.page.keyboard.press("Space")
    expect(panel.get_by_role("checkbox", name="Proposed")).to_have_count(0)
    expect(box).to_be_focused()
    more = panel.locator("summary", has_text="Show the 2 that do not match")
    app.tab_to(more)
    app.page.keyboard.press("Enter")
    for title in ("The Hull lamp scheme", "Oars on loan"):
        app.settle()
        row = app.row(title)
        app.tab_to(row)
        app.page.keyboard.press("Enter")
        expect(app.case(title)).to_be_focused()
        button = app.case(title).get_by_role("button", name="Shortlist")
        app.tab_to(button)
        app.page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        app.tab_to(panel.get_by_role("link", name="Back to the cases"))
        app.page.keyboard.press("Enter")
        expect(row).to_be_focused()
    app.tab_to(panel.get_by_role("button", name="Compare", exact=True))
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Comparison of 2 cases")).to_be_focused()


def test_the_form_that_adds_a_file_opens(app: App) -> None:
    panel = app.open("Library")
    opener = panel.get_by_role("button", name="Add a file", exact=True)
    expect(opener).to_have_attribute("aria-expanded", "false")
    app.to_top()
    app.tab_to(opener)
    app.page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("group", name="Authority")).to_be_visible()
    expect(panel.get_by_role("button", name="File: PDF, Word")).to_be_visible()


def test_who_wants_less_motion_gets_none(new_page: Callable[..., Page], address: str) -> None:
    page = new_page()
    App(page, address).open("Compare")
    moving: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")]
            .filter((item) => parseFloat(getComputedStyle(item).transitionDuration) > 0.001)
            .map((item) => item.outerHTML.slice(0, 100))"""
    )
    assert moving == []
