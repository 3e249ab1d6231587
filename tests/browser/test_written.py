"""Written answers in a real browser: the evidence before the first word, stopping, and the answer when it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Reader
from tests.browser.serving import WRITTEN_FIRST

QUESTION = "How many boats will the office license by 2027?"


@pytest.fixture
def reader(new_page: Callable[..., Page], serve: Callable[[str], str]) -> Reader:
    opened = Reader(new_page(), serve("written"))
    opened.open()
    opened.open_filters()
    opened.panel.get_by_role("radio", name="Written by fake:held from the quotes").check()
    opened.close_filters()
    opened.question.fill(QUESTION)
    opened.question.press("Enter")
    return opened


def test_the_evidence_comes_first_and_a_reader_who_stops_keeps_the_quotes(reader: Reader) -> None:
    turn = reader.turns.first
    expect(turn.get_by_role("article").first).to_contain_text("Harbour Office")
    expect(turn.locator(".said")).to_contain_text(WRITTEN_FIRST)
    expect(turn.get_by_role("link", name="Evidence 1")).to_have_count(0)
    reader.panel.get_by_role("button", name="Stop").click()
    expect(turn).to_contain_text("4 statements: 4 from Steward’s summaries")
    expect(turn).not_to_contain_text("Written by fake:held")
    expect(reader.panel.get_by_role("button", name="Stop")).to_have_count(0)
    reader.page.reload()
    expect(reader.turns).to_have_count(1)
    expect(reader.turns.first).to_contain_text("4 statements: 4 from Steward’s summaries")


def test_what_is_typed_meanwhile_stays_and_the_written_answer_names_its_model(reader: Reader, tmp_path: Path) -> None:
    turn = reader.turns.first
    expect(turn.locator(".said")).to_contain_text(WRITTEN_FIRST)
    reader.question.fill("And what must each boat carry?")
    (tmp_path / "gate").touch()
    expect(turn).to_contain_text("Written by fake:held")
    expect(turn.get_by_role("link", name="Evidence 1").first).to_be_visible()
    expect(reader.question).to_have_value("And what must each boat carry?")
    expect(reader.panel.get_by_role("button", name="Stop")).to_have_count(0)
