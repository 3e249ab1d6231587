"""A question across the cases in a real browser: by keyboard, on a phone, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import App
from tests.browser.test_access import SIZES

QUESTION = "What has worked when boatmen shared the cost of lamps?"
PROPOSAL = "What has worked to have ships pay for the light of lighthouses?"


def ask(app: App, question: str) -> None:
    """Choose the view and send a question, by keyboard alone."""
    panel = app.panel
    choice = panel.get_by_role("radio", name="Ask the cases")
    choice.focus()
    choice.press("Space")
    expect(choice).to_be_checked()
    box = panel.get_by_label("Ask across the cases")
    expect(box).to_be_visible()
    box.fill(question)
    box.press("Enter")


def test_a_question_is_answered_in_groups_and_leads_to_the_case(app: App) -> None:
    panel = app.open("Precedents")
    ask(app, QUESTION)
    answer = panel.get_by_role("region", name="Answer")
    expect(answer.get_by_role("heading", name="cases comes near this: 1 worked")).to_be_visible()
    expect(answer.get_by_role("heading", name="Worked (1 case)")).to_be_visible()
    expect(answer.get_by_role("article").first).to_contain_text("collisions fell by half. [1]")
    link = answer.get_by_role("link", name="View the case").first
    link.focus()
    link.press("Enter")
    expect(panel.get_by_role("radio", name="Cases", exact=True)).to_be_checked()
    expect(app.case("The Hull lamp scheme")).to_be_visible()


def test_a_question_and_its_answer_have_an_address(app: App) -> None:
    panel = app.open("Precedents")
    ask(app, QUESTION)
    heading = panel.get_by_role("heading", name="cases comes near this: 1 worked")
    expect(heading).to_be_visible()
    asked = re.compile(r"\?tab=precedents&view=ask-cases&q=What\+has\+worked\+when\+boatmen.*%3F$")
    expect(app.page).to_have_url(asked)
    app.page.reload()
    expect(heading).to_be_visible()
    expect(panel.get_by_label("Ask across the cases")).to_have_value(QUESTION)
    # Another view leaves it, and Back leads to what was there before it.
    panel.get_by_role("radio", name="Contribute a case").check()
    expect(app.page).to_have_url(re.compile("view=contribute$"))
    panel.get_by_role("radio", name="Ask the cases").check()
    expect(app.page).to_have_url(asked)
    expect(heading).to_be_visible()
    for _ in range(3):
        app.page.go_back()
    expect(panel.get_by_label("Ask across the cases")).to_have_value("")
    expect(heading).to_have_count(0)
    expect(app.page).to_have_url(f"{app.address}?tab=precedents&view=ask-cases")


def test_field_and_button_stand_side_by_side_on_a_phone(new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(390, 844), address)
    panel = app.open("Precedents")
    panel.get_by_role("radio", name="Ask the cases").check()
    field, button = panel.get_by_label("Ask across the cases"), panel.get_by_role("button", name="Ask", exact=True)
    boxes = [item.evaluate("(item) => item.getBoundingClientRect().toJSON()") for item in (field, button)]
    assert abs(boxes[0]["top"] - boxes[1]["top"]) <= 2
    assert 0 <= boxes[1]["left"] - boxes[0]["right"] <= 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_answer_keeps_the_standards(theme: str, size: str, new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(*SIZES[size]), address)
    panel = app.open("Precedents", theme)
    ask(app, PROPOSAL)
    heading = "No case that worked or is cited as good practice was found on this"
    expect(panel.get_by_role("heading", name=heading)).to_be_visible()
    expect(panel.get_by_text("Proposed, not carried out.")).to_be_visible()
    if size != "laptop":  # where they are open
        panel.get_by_role("button", name="Filters", exact=True).click()
    expect(panel.get_by_role("checkbox", name="Local (3)")).to_be_visible()
    app.settle()
    for summary in panel.locator("summary").all():
        if summary.is_visible():
            summary.click()
    assert app.violations() == []
    assert app.overflow() == []
