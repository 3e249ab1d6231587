"""What a screen reader is given while a question is asked and a citation followed, beside ``screen_reader.txt``.

Chromium's accessibility tree as text. To write the file anew after a change, and read it: run this file with
``SCREEN_READER=write``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Reader

VIEW = Path(__file__).with_name("screen_reader.txt")
_TIMER = re.compile(
    r'^ *- text: (?:"queue: [^"\n]*"|(?:processing \| )?\d+\.\ds)\n|(?:processing \| )?\b\d+\.\ds ', re.MULTILINE
)
"""Gradio's, which it hides once it has faded."""
_TODAY = re.compile(r"as at \d{1,2} \w+ \d{4}", re.IGNORECASE)


def told(place: Locator) -> str:
    return _TODAY.sub("as at (today)", _TIMER.sub("", place.aria_snapshot()))


def test_a_screen_reader_is_told_what_the_page_shows(new_page: Callable[..., Page], address: str) -> None:
    reader = Reader(new_page(), address)
    reader.open()
    expect(reader.panel.get_by_role("button", name="Filters: As at today")).to_be_visible()
    reader.settle()
    parts = {"The first screen": told(reader.page.locator("body"))}
    turn = reader.ask("How many boats will the office license by 2027?")
    parts["The message on the new answer"] = told(reader.panel.locator(".message-place").first)
    parts["The answer and its evidence"] = told(turn)
    # From the question box to the answer, and with one more key to its first citation.
    reader.page.keyboard.press("Shift+Tab")
    reader.page.keyboard.press("Enter")
    expect(turn.get_by_role("heading").first).to_be_focused()
    reader.page.keyboard.press("Tab")
    mark = turn.get_by_role("link", name="Evidence 1").first
    expect(mark).to_be_focused()
    parts["The first citation"] = told(mark)
    reader.page.keyboard.press("Enter")
    expect(turn.get_by_role("article").first).to_be_focused()
    parts["The card that it leads to"] = told(reader.page.locator(":focus"))
    view = "\n".join(f"# {title}\n\n{words}\n" for title, words in parts.items())
    if os.environ.get("SCREEN_READER") == "write":
        VIEW.write_text(view, encoding="utf-8")
    assert view == VIEW.read_text(encoding="utf-8")
