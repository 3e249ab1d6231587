"""A checked draft in a real browser: by keyboard and pointer, on a phone, and taken away."""

from __future__ import annotations

from collections.abc import Callable

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import App

PHONE = (390, 844)


def sentence(app: App, words: str) -> Locator:
    return app.panel.get_by_role("button", name=words)


def beside(app: App) -> Locator:
    return app.panel.get_by_role("region", name="The sentence and its evidence")


@pytest.fixture
def checked(app: App) -> App:
    app.open("Check")
    app.check()
    return app


def test_the_first_sentence_that_needs_work_is_shown_with_its_evidence(checked: App) -> None:
    # The verdict is part of the name that a screen reader says.
    expect(sentence(checked, "Hull gets a grant of £13m. Clashes")).to_have_attribute("aria-current", "true")
    expect(beside(checked).get_by_role("heading", name="Clashes with the library")).to_be_visible()
    expect(beside(checked).get_by_text("Figure: the draft says “£13m”, the library “£30m”.")).to_be_visible()
    expect(beside(checked).get_by_role("article")).to_have_count(1)
    expect(beside(checked).get_by_role("article")).to_be_in_viewport()
    expect(checked.panel.get_by_role("heading", name="Pasted text: 4 sentences checked")).to_be_focused()


def test_keys_lead_from_sentence_to_sentence_to_the_evidence_and_back(checked: App) -> None:
    keyboard = checked.page.keyboard
    sentence(checked, "Hull gets a grant").focus()
    keyboard.press("ArrowDown")
    expect(sentence(checked, "Penguins nest")).to_be_focused()
    expect(beside(checked).get_by_role("status")).to_have_text("3 of 4")
    keyboard.press("j")
    keyboard.press("j")  # the last one has no next
    expect(sentence(checked, "The government will")).to_be_focused()
    keyboard.press("k")
    expect(sentence(checked, "Penguins nest")).to_be_focused()
    keyboard.press("Enter")
    expect(beside(checked)).to_be_focused()
    expect(beside(checked).get_by_role("heading", name="Not found")).to_be_visible()
    keyboard.press("Escape")
    expect(sentence(checked, "Penguins nest")).to_be_focused()
    expect(checked.panel.locator(".sentence[tabindex='0']")).to_have_count(1)


def test_a_count_leaves_the_sentences_with_one_verdict(checked: App) -> None:
    button = checked.panel.get_by_role("button", name="Clashes 2")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(checked.panel.locator(".draft .word:visible")).to_have_text(["Clashes", "Clashes"])
    expect(beside(checked).get_by_role("status")).to_have_text("1 of 2")
    beside(checked).get_by_role("button", name="Next").click()
    expect(sentence(checked, "The government will")).to_have_attribute("aria-current", "true")
    beside(checked).get_by_role("button", name="Show all").click()
    expect(sentence(checked, "The government will")).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(checked.panel.locator(".draft .word:visible")).to_have_count(4)
    expect(beside(checked).get_by_role("status")).to_have_text("4 of 4")


def test_on_a_phone_the_evidence_comes_to_the_sentence_and_goes(new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(*PHONE), address)
    app.open("Check")
    app.check()
    expect(beside(app).locator(".judged")).to_be_in_viewport()
    sentence(app, "The government will").click()
    expect(beside(app).get_by_text("Who decided it")).to_be_in_viewport()
    expect(sentence(app, "The government will")).to_be_in_viewport()
    assert app.violations() == []
    assert app.overflow() == []
    beside(app).get_by_role("button", name="Close").click()
    expect(beside(app)).to_be_hidden()


def test_the_draft_is_taken_away_as_text_and_in_word(checked: App) -> None:
    checked.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    checked.panel.get_by_role("button", name="Copy with verdicts").click()
    expect(checked.panel.get_by_role("button", name="Copied")).to_be_visible()
    assert "[Steward: Not found." in checked.page.evaluate("navigator.clipboard.readText()")
    with checked.page.expect_download() as download:
        checked.panel.get_by_role("button", name="Word with comments").click()
    assert download.value.suggested_filename == "draft-checked.docx"
    assert len(list(docx.Document(str(download.value.path())).comments)) == 3


def test_another_draft_is_checked_from_the_same_form(checked: App) -> None:
    checked.panel.get_by_role("button", name="New draft").click()
    box = checked.panel.get_by_role("textbox", name="Your draft")
    expect(box).to_be_focused()
    checked.check("Every licence lasts three years.")
    expect(checked.panel.get_by_role("heading", name="Pasted text: 1 sentence checked")).to_be_visible()
    expect(sentence(checked, "Every licence")).to_have_attribute("aria-current", "true")
