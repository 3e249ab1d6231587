"""The Ask tab in a real browser: what a reader does with a question, an answer and its evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.pages import Reader
from tests.browser.serving import POISON
from tests.browser.test_access import SIZES
from tests.library_making import index_library, make_library, open_library
from tests.web.pages import OWN
from tests.web.serving import running

QUESTION = "How many boats will the office license by 2027?"
FOLLOW_UP = "And how long does it last?"


@pytest.fixture
def reader(new_page: Callable[..., Page], address: str) -> Reader:
    opened = Reader(new_page(), address)
    opened.open()
    return opened


def cards(turn: Locator) -> Locator:
    return turn.get_by_role("region", name="Evidence").get_by_role("article")


def in_sight(place: Locator) -> bool:
    """Whether all of it is in the window and nothing lies over its middle."""
    seen: bool = place.evaluate(
        """(item) => {
          const box = item.getBoundingClientRect();
          const [right, down] = [Math.min(box.width / 2, 40), Math.min(box.height / 2, 20)];
          const top = document.elementFromPoint(box.x + right, box.y + down);
          return box.top >= 0 && box.top < innerHeight && (item === top || item.contains(top));
        }"""
    )
    return seen


def test_a_question_is_answered_with_its_evidence_beside_it(reader: Reader) -> None:
    turn = reader.ask(QUESTION)
    expect(turn.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(turn).to_contain_text("by 2027")
    card = cards(turn).first
    for words in ("Harbour Office", "Government policy", "1 May 2024", "Steward’s summary"):
        expect(card).to_contain_text(words)
    expect(card.locator(".told strong")).to_contain_text("boats by 2027.")
    answer, evidence = turn.locator(".said").bounding_box(), cards(turn).first.bounding_box()
    assert answer is not None
    assert evidence is not None
    assert evidence["x"] > answer["x"] + answer["width"] / 2


def test_a_citation_leads_to_its_card_and_the_card_back(reader: Reader) -> None:
    reader.ask("What must each boat carry?")
    turn = reader.ask(QUESTION)
    mark, card = turn.get_by_role("link", name="Evidence 1").first, cards(turn).first
    mark.click()
    expect(card).to_be_focused()
    assert in_sight(card)
    card.get_by_role("link", name="Back to the answer").press("Enter")
    expect(mark).to_be_focused()
    assert in_sight(mark)
    mark.press("Enter")
    expect(card).to_be_focused()


def test_back_leads_to_the_very_mark_that_was_followed(reader: Reader) -> None:
    turn = reader.ask(QUESTION)
    # A list cites its lead-in with every item.
    turn = reader.ask("What must each boat carry?")
    marks = turn.locator(".mark")
    last = marks.nth(marks.count() - 1)
    last.press("Enter")
    card = turn.locator(f"[id='{(last.get_attribute('href') or '')[1:]}']")
    expect(card).to_be_focused()
    card.get_by_role("link", name="Back to the answer").click()
    expect(last).to_be_focused()


def test_everything_can_be_done_with_the_keyboard_alone(reader: Reader) -> None:
    page = reader.page
    reader.question.focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(reader.turns).to_have_count(1)
    reader.settle()
    reached: list[str] = []
    page.keyboard.press("Shift+Tab")
    while (name := page.evaluate("document.activeElement.textContent.trim()")) != "New question":
        reached.append(name)
        focused = page.locator(":focus")
        assert focused.evaluate("item => getComputedStyle(item).outlineStyle") != "none", name
        assert in_sight(focused), f"{name} is hidden while it has the focus"
        assert len(reached) < 60, reached
        page.keyboard.press("Shift+Tab")
    for words in ("1", "Back to the answer", "Copy with references", "Save as Word", "Try again", "Useful"):
        assert words in reached
    summary = reader.turns.first.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(reader.turns.first).to_contain_text("Supported by its quotes")


def test_a_filter_narrows_what_is_searched(reader: Reader) -> None:
    reader.open_filters()
    reader.panel.get_by_role("checkbox", name="Independent proposal").check()
    reader.close_filters()
    expect(reader.panel.get_by_role("button", name="Filters: 1 authority")).to_be_visible()
    turn = reader.ask("Who should be paid from harbour fees?")
    expect(turn).to_contain_text("1 document was searched.")
    assert {*cards(turn).locator(".badge").all_inner_texts()} == {"Independent proposal"}
    reader.open_filters()
    reader.panel.get_by_label("As at").fill("2001-06-30")  # in a date picker
    reader.close_filters()
    expect(reader.panel.get_by_role("button", name="Filters: As at 30 June 2001")).to_be_visible()
    expect(reader.ask(QUESTION)).to_contain_text("the filters and the date leave no document to search")
    assert reader.violations() == []


def test_a_follow_up_shows_what_was_searched_for_and_can_be_changed(reader: Reader) -> None:
    reader.ask("How long does a licence last?")
    turn = reader.ask("And who gives it?")
    searched = turn.locator("q").inner_text()
    # What changes it stands at the foot: one key leads from the question to the first citation.
    reader.page.keyboard.press("Shift+Tab")
    reader.page.keyboard.press("Enter")
    expect(turn.get_by_role("heading").first).to_be_focused()
    reader.page.keyboard.press("Tab")
    expect(turn.get_by_role("link", name="Evidence 1").first).to_be_focused()
    turn.get_by_role("button", name="Change this question").click()
    expect(reader.question).to_have_value(searched)
    expect(reader.question).to_be_focused()
    reader.question.press("Enter")
    expect(reader.turns).to_have_count(3)


def test_a_cited_table_is_a_table_on_its_card_too(reader: Reader) -> None:
    turn = reader.ask("How big is the grant of each port?")
    # The frame of the answer's table does not stand before its first citation.
    turn.get_by_role("heading").first.focus()
    reader.page.keyboard.press("Tab")
    expect(turn.get_by_role("link", name="Evidence 1").first).to_be_focused()
    reader.page.keyboard.press("Enter")
    table = reader.page.locator(":focus").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Port", "Grant"])
    expect(table.locator("strong").first).to_be_visible()
    assert reader.violations() == []


def test_an_abstention_says_what_was_searched_and_offers_the_nearest(reader: Reader) -> None:
    turn = reader.ask("Who buys licences of boats that carry rope?")
    expect(turn.get_by_role("heading", name="Not in the library")).to_be_visible()
    expect(turn).to_contain_text("2 documents were searched")
    expect(turn.get_by_role("region", name="Nearest passages").get_by_role("article").first).to_be_visible()
    assert reader.violations() == []


def test_an_answer_is_saved_copied_and_linked_to(reader: Reader, tmp_path: Path) -> None:
    turn = reader.ask(QUESTION)
    with reader.page.expect_download() as download:
        turn.get_by_role("button", name="Save as Word").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    text = " ".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    assert QUESTION in text
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="Copy with references").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    assert "References\n[1] Summary of Harbour Office, Harbour plan" in copied
    reader.ask("What must each boat carry?")
    with reader.page.expect_download() as download:
        reader.conversations.get_by_role("button", name="Save all as Markdown").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert "(and 1 further question)" in path.read_text(encoding="utf-8")


def test_a_question_that_was_not_sent_outlives_a_reload_and_nothing_else(reader: Reader) -> None:
    reader.question.fill(FOLLOW_UP)
    reader.page.reload()
    expect(reader.question).to_have_value(FOLLOW_UP)
    reader.open()
    expect(reader.question).to_have_value("")


def test_a_reload_keeps_the_conversation_until_a_new_one_is_begun(reader: Reader) -> None:
    reader.ask(QUESTION)
    reader.ask(FOLLOW_UP)
    reader.page.reload()
    expect(reader.turns).to_have_count(2)
    expect(reader.turns.first).to_contain_text("by 2027")
    assert reader.violations() == []
    reader.conversations.get_by_role("button", name="New question").click()
    expect(reader.turns).to_have_count(0)
    reader.page.reload()
    expect(reader.panel.get_by_role("group", name="Example questions")).to_be_visible()
    reader.conversations.get_by_role("button", name=QUESTION).click()
    expect(reader.turns).to_have_count(2)
    reader.conversations.get_by_text("Rename", exact=True).click()
    reader.conversations.get_by_role("textbox", name="New name").fill("Boats by 2027")
    reader.conversations.get_by_role("button", name="Save", exact=True).click()
    expect(reader.conversations.get_by_role("button", name="Boats by 2027")).to_be_visible()
    reader.conversations.get_by_text("Delete", exact=True).click()
    reader.conversations.get_by_role("button", name="Yes, delete it permanently").click()
    expect(reader.turns).to_have_count(0)
    expect(reader.conversations.get_by_role("listitem")).to_have_count(0)


def test_two_readers_do_not_see_each_others_conversations(
    reader: Reader, new_page: Callable[..., Page], address: str
) -> None:
    reader.ask(QUESTION)
    other = Reader(new_page(), address)
    other.open()
    expect(other.question).to_be_visible()
    other.ask("What must each boat carry?")
    other.page.reload()
    expect(other.turns).to_have_count(1)
    expect(other.turns).not_to_contain_text("by 2027")
    expect(other.conversations.get_by_role("listitem")).to_have_count(1)


def test_an_address_reproduces_a_view(reader: Reader) -> None:
    turn = reader.ask(QUESTION)
    words = cards(turn).first.inner_text()
    link = turn.get_by_role("link", name="Link to this question").get_attribute("href") or ""
    reader.page.goto(f"{reader.address}{link}&document=harbour-plan")
    expect(reader.turns).to_have_count(1)
    expect(reader.turns).to_contain_text("1 document was searched.")
    assert cards(reader.turns).first.inner_text() == words
    expect(reader.page).to_have_url(reader.address)
    reader.page.goto(f"{reader.address}?tab=glossary")
    expect(reader.page.get_by_role("tab", name="Glossary")).to_have_attribute("aria-selected", "true")
    expect(reader.panel.get_by_role("table")).to_be_visible()
    reader.page.goto(f"{reader.address}?q=Why%3F&document=sold-off")
    expect(reader.panel.get_by_role("alert")).to_contain_text("sold-off")


def test_feedback_is_given_with_a_reason_and_kept(reader: Reader) -> None:
    turn = reader.ask(QUESTION)
    button = turn.get_by_role("button", name="Not useful")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    turn.get_by_role("radio", name="Wrong source").check()
    turn.get_by_label("Why?").fill("The <b>figure</b> is old.")
    turn.get_by_role("button", name="Send").click()
    expect(turn).to_contain_text("Your reason is saved.")
    assert reader.violations() == []
    reader.page.reload()
    expect(reader.turns.get_by_label("Why?")).to_have_value("The <b>figure</b> is old.")
    expect(reader.turns.get_by_role("radio", name="Wrong source")).to_be_checked()


def test_an_answer_can_be_tried_again_with_other_filters(reader: Reader) -> None:
    reader.ask(QUESTION)
    reader.open_filters()
    reader.panel.get_by_role("checkbox", name="Government policy").check()
    reader.close_filters()
    reader.turns.get_by_role("button", name="Try again").click()
    expect(reader.turns).to_contain_text("1 document was searched.")
    expect(reader.turns).to_have_count(1)


def test_an_example_is_asked_when_it_is_chosen(reader: Reader) -> None:
    example = reader.panel.get_by_role("group", name="Example questions").get_by_role("button").first
    words = example.inner_text()
    example.press("Enter")
    expect(reader.turns.get_by_role("heading", level=2)).to_have_text(words)


def test_poison_is_plain_words(reader: Reader) -> None:
    turn = reader.ask(f"{POISON} {QUESTION}")
    expect(turn.get_by_role("heading", level=2)).to_have_text(f"{POISON} {QUESTION}")
    expect(cards(turn).first).to_contain_text(POISON)
    assert turn.locator("script, img").count() == 0
    targets = [link.get_attribute("href") or "" for link in turn.get_by_role("link").all()]
    assert [target for target in targets if not target.startswith(("#", *OWN, "https://example.org/"))] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tab_keeps_the_standards_and_never_scrolls_sideways(
    theme: str, size: str, new_page: Callable[..., Page], address: str
) -> None:
    reader = Reader(new_page(*SIZES[size]), address)
    reader.open(theme=theme)
    assert reader.violations() == []
    assert reader.overflow() == []
    turn = reader.ask(QUESTION)
    reader.ask("What must each boat carry?")
    turn.get_by_role("button", name="Not useful").click()
    expect(turn.get_by_label("Why?")).to_be_visible()
    for summary in reader.turns.locator("summary").all():
        summary.click()
    assert reader.violations() == []
    assert reader.overflow() == []
    for summary in reader.conversations.locator("summary").all():
        summary.click()
    assert reader.violations() == []
    reader.page.keyboard.press("Escape")
    reader.open_filters()
    assert reader.violations() == []
    assert reader.overflow() == []


def test_a_reader_who_asks_too_fast_is_told_and_keeps_the_question(browser: Browser, tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    index_library(settings)
    web = settings.web.model_copy(update={"questions_per_minute": 1})
    library = open_library(settings.model_copy(update={"web": web}))
    try:
        with running(lambda: library) as (blocks, address):
            blocks.rates._now = lambda: 0.0
            page = browser.new_context().new_page()
            page.set_default_timeout(PATIENCE_MS)
            reader = Reader(page, address)
            reader.open()
            reader.ask(QUESTION)
            box = page.get_by_label("Your question")
            box.fill(FOLLOW_UP)
            box.press("Enter")
            expect(
                page.get_by_text("More than 1 questions a minute came from you. Try again in 60 seconds.")
            ).to_be_visible()
            expect(box).to_have_value(FOLLOW_UP)
            expect(page.locator(".talk > .message-place [data-testid=status-tracker]")).to_be_hidden()
    finally:
        library.close()
