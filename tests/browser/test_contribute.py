"""Contributing and reviewing in a real browser, in an app of its own whose cases these tests change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import App
from tests.browser.serving import served
from tests.browser.test_access import SIZES
from tests.browser.test_keyboard import walk
from tests.contributing.case_making import OUTSIDE
from tests.web.pages import free_port


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """The app over the small library; nobody is registered, so that a name is enough."""
    with served(tmp_path_factory.mktemp("contribute"), "open") as found:
        yield found


class Desk(App):
    """A page on which cases are written."""

    def start(self, name: str = "Ada", theme: str = "light") -> None:
        """Choose the view and sign in."""
        self.open("Precedents", theme)
        self.choose_view("Contribute a case")
        self.panel.get_by_label("Your name").fill(name)
        self.panel.get_by_label("Your name").press("Enter")
        expect(self.panel.get_by_text(f"You are {name}")).to_be_visible()

    def choose_view(self, name: str) -> None:
        """Show one of the tab's views."""
        self.panel.get_by_role("radio", name=name, exact=True).check()
        self.settle()

    def press(self, name: str) -> None:
        """Press a button."""
        self.panel.get_by_role("button", name=name, exact=True).click()

    def field(self, name: str) -> Locator:
        """The box in which a field is typed or chosen."""
        return self.page.locator(f"#contribute-{name}").locator("input, textarea").first

    def problem(self, name: str) -> Locator:
        """What stands at a field that is wrong."""
        return self.page.locator(f"#contribute-{name} .field-problem")

    def new(self, title: str, **changes: str) -> None:
        """Begin a case with all but its sources."""
        self.press("Write a new case")
        expect(self.page.locator("#case-head")).to_be_focused()
        self.field("title").fill(title)
        words = {"summary": f"{title}: boats borrowed what they needed.", "lesson": "Dry it first."}
        words |= {"organisation": "Granton Dock Trust", "place": "Granton", "country": "Scotland", "period": "2021"}
        for name, value in (words | changes).items():
            self.field(name).fill(value)
        for name, option in {"polarity": "Mixed", "level": "Local"}.items():
            self.page.locator(f"#contribute-{name}").get_by_role("radio", name=option).check()
        self.page.locator("#contribute-shift").get_by_role("checkbox", name="Collaboration").check()
        for name, option in {"theme": "safety", "sectors": "fishing"}.items():
            self.field(name).click()
            self.page.get_by_role("option", name=option, exact=True).click()
        self.page.keyboard.press("Escape")

    def add_publication(self, **changes: str) -> None:
        """Add a source outside the library."""
        sources = self.page.locator("#contribute-source")
        sources.get_by_role("radio", name="Another publication").check()
        labels = {"publisher": "Publisher", "title": "Title of the publication", "published": "Published"}
        for name, label in (labels | {"url": "Web address"}).items():
            sources.get_by_label(label).fill((OUTSIDE | changes)[name])
        self.press("Add this publication")
        expect(sources.get_by_label("Publisher")).to_have_value("")

    def add_passage(self, words: str) -> None:
        """Add a sentence of the harbour plan."""
        sources = self.page.locator("#contribute-source")
        self.choose("Document", "Harbour plan")
        sources.get_by_label("Words in the passage").fill(words)
        sources.get_by_label("Words in the passage").press("Enter")
        sources.get_by_text(re.compile("^Choose one sentence")).first.click()
        sources.get_by_role("button", name=re.compile(f"Use this sentence.*{words}")).click()

    def said(self, words: str | re.Pattern[str]) -> None:
        """Wait for a message on the case."""
        expect(self.panel.locator(".message").filter(has_text=words)).to_be_visible()
        self.settle()


@pytest.fixture
def desk(new_page: Callable[..., Page], writable: str) -> Desk:
    return Desk(new_page(), writable)


def test_a_case_is_written_submitted_reviewed_and_found(desk: Desk) -> None:
    desk.start()
    desk.new("Lanterns for the quay")
    expect(desk.field("id")).to_have_value("lanterns-for-the-quay")
    desk.add_passage("Every licence lasts three years.")
    desk.add_publication()
    expect(desk.panel.get_by_role("heading", name="Sources (2)")).to_be_visible()
    desk.press("Save draft")
    desk.said("Draft saved.")
    expect(desk.field("id")).to_be_disabled()
    desk.press("Submit for review")
    desk.said("Submitted for review.")
    expect(desk.page.locator("#case-head")).to_be_focused()
    desk.press("Start review")
    desk.said("You are reviewing this case.")
    desk.press("Preview")
    expect(desk.panel.get_by_label("Card", exact=True)).to_contain_text("Harbour Office, citing Lamp Society")
    desk.press("Accept")
    desk.said("Accepted")
    desk.choose_view("Cases")
    desk.search_cases("lanterns on the quay")
    expect(desk.panel.locator(".case-row").first.get_by_role("heading")).to_have_text("Lanterns for the quay")


def test_what_is_wrong_stands_at_its_field_as_one_types(desk: Desk) -> None:
    desk.start()
    desk.press("Write a new case")
    desk.field("title").fill("Ropes <b>lent</b>")
    expect(desk.problem("title")).to_contain_text("“<b>” looks like HTML")
    expect(desk.field("title")).to_have_attribute("aria-invalid", "true")
    expect(desk.field("title")).to_have_accessible_description(re.compile("looks like HTML"))
    expect(desk.page.locator(".field-problem")).to_have_count(1)
    desk.field("title").fill("Ropes lent")
    expect(desk.page.locator(".field-problem")).to_have_count(0)
    # As from the clipboard: no key is pressed.
    desk.field("summary").focus()
    desk.page.keyboard.insert_text("x" * 50_000)
    expect(desk.problem("summary")).to_contain_text("has 50,000 characters; the limit is 2,000")
    desk.press("Save draft")
    desk.said("Nothing was saved.")
    desk.field("summary").fill("Lent by the day.")
    expect(desk.problem("summary")).to_have_count(0)
    desk.press("Submit for review")
    heading = desk.panel.get_by_role("heading", name="11 problems to fix")
    expect(heading).to_be_focused()
    desk.panel.get_by_label("Problems to fix").get_by_role("link", name="Lesson").press("Enter")
    expect(desk.field("lesson")).to_be_focused()
    desk.press("Close")


def test_cases_that_may_be_the_same_are_shown_before_one_submits(desk: Desk) -> None:
    desk.start()
    desk.new(
        "The lamp scheme in Hull", organisation="Hull boatmen", place="Hull", country="England", period="2019-2021"
    )
    desk.field("summary").fill("Boatmen shared the cost of lamps, and collisions fell by half.")
    desk.add_publication(url="https://example.org/lamps")
    desk.press("Submit for review")
    desk.said("Not submitted yet")
    found = desk.panel.get_by_role("region", name="Possible duplicates").get_by_role("listitem")
    expect(found.first).to_contain_text("The Hull lamp scheme")
    expect(found.first).to_contain_text("Why it may be a duplicate: ")
    found.first.get_by_role("button").click()
    expect(desk.panel.get_by_label("Card", exact=True).first).to_contain_text(
        "Share the cost of what protects everybody."
    )
    desk.press("Submit anyway")
    desk.said("Submitted for review.")


def test_two_at_once_are_told_and_nobody_loses_a_word(desk: Desk, new_page: Callable[..., Page], writable: str) -> None:
    desk.start()
    desk.new("Ropes by the hour", lesson="Dry what is lent.", organisation="Rope walk", place="Hull", period="1999")
    desk.add_publication(url="https://example.org/by-the-hour")
    desk.press("Save draft")
    desk.said("Draft saved.")
    other = Desk(new_page(), writable)
    other.start("Bea")
    other.choose("Published case", "The Hull lamp scheme")
    other.press("Suggest a change")
    expect(other.field("title")).to_have_value("The Hull lamp scheme")
    other.press("Close")
    desk.press("Submit for review")
    desk.said("Submitted for review.")
    other.choose_view("Cases")
    other.choose_view("Contribute a case")
    other.panel.get_by_role("button", name=re.compile("^Open.*Ropes by the hour")).click()
    # Opened later, it would be the draft that it is by then.
    expect(other.panel.get_by_role("button", name="Withdraw", exact=True)).to_be_visible()
    desk.press("Withdraw")
    desk.said("Withdrawn")
    other.press("Withdraw")
    other.said("Check it as it is now")
    other.field("place").fill("Leith")
    other.press("Save draft")
    other.said("Draft saved.")
    desk.field("lesson").fill("Lend dry ropes.")
    desk.press("Save draft")
    table = desk.panel.get_by_role("table", name="Differences")
    expect(table).to_contain_text("Leith")
    expect(table).to_contain_text("Lend dry ropes.")
    expect(desk.field("lesson")).to_have_value("Lend dry ropes.")
    desk.press("Add my changes to their version")
    expect(desk.field("place")).to_have_value("Leith")
    desk.press("Save draft")
    desk.said("Draft saved.")
    desk.press("History")
    desk.panel.get_by_label("History").locator("summary").first.click()
    changed = desk.panel.get_by_role("table", name="Changes in version")
    expect(changed.first.get_by_role("row")).to_have_text(
        ["FieldBeforeAfter", "LessonDry what is lent.Lend dry ropes."]
    )


def test_a_page_that_is_loaded_again_has_what_was_typed(desk: Desk) -> None:
    desk.start()
    desk.press("Write a new case")
    desk.field("title").fill("Oars & ends")
    expect(desk.field("id")).to_have_value("oars-ends")
    desk.page.locator("#contribute-level").get_by_role("radio", name="Local").check()
    desk.add_publication()
    desk.open("Precedents")
    desk.choose_view("Contribute a case")
    desk.said("Your unsaved changes have been restored.")
    expect(desk.field("title")).to_have_value("Oars & ends")
    expect(desk.page.locator("#contribute-level").get_by_role("radio", name="Local")).to_be_checked()
    expect(desk.panel.get_by_role("heading", name="Sources (1)")).to_be_visible()
    desk.press("Close")
    desk.press("Close without saving")
    expect(desk.page.locator("#case-head")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_view_keeps_the_standards_of_access(
    theme: str, size: str, new_page: Callable[..., Page], writable: str
) -> None:
    desk = Desk(new_page(*SIZES[size]), writable)
    desk.start(f"Eve {theme} {size.replace('%', '')}", theme)
    assert desk.violations() == []
    desk.press("Write a new case")
    desk.field("title").fill(f"Buoys {theme} {size.replace('%', '')}")
    desk.choose("Document", "Harbour plan")
    desk.press("Find passages")
    desk.panel.get_by_text(re.compile("^Choose one sentence")).first.click()
    desk.press("Submit for review")
    expect(desk.panel.get_by_role("heading", name=re.compile("problems to fix"))).to_be_focused()
    desk.press("Preview")
    desk.press("History")
    assert desk.violations() == []
    assert desk.overflow() == []


def test_every_place_is_reached_seen_and_left_by_keyboard(desk: Desk) -> None:
    desk.start("Kay")
    desk.press("Write a new case")
    expect(desk.page.locator("#case-head")).to_be_focused()
    desk.to_top()
    forward = walk(desk)
    assert len(set(forward)) == len(forward)
    assert desk.tabbable() <= set(forward)
    # Nothing was typed, so nothing is wrong.
    desk.settle()
    expect(desk.page.locator(".field-problem")).to_have_count(0)


def test_a_restart_of_the_app_loses_nothing_that_is_typed(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    # The page may report that the app was away.
    with browser.new_context() as context:
        with served(tmp_path, "open", port=port) as address:
            desk = Desk(context.new_page(), address)
            desk.start()
            desk.new("Lanterns for all")
            desk.press("Save draft")
            desk.said("Draft saved.")
            # Once the check of the last words is back, nothing is under way that the end of the app could break off.
            desk.field("lesson").fill("<b>")
            expect(desk.problem("lesson")).to_be_visible()
            desk.field("lesson").fill("Light them first.")
            expect(desk.problem("lesson")).to_have_count(0)
        with served(tmp_path, "open", port=port) as address:
            desk.choose("Published case", "The Hull lamp scheme")
            desk.press("Suggest a change")
            desk.said("unsaved changes")
            desk.press("Save draft")
            desk.said("Draft saved.")
            desk.page.reload()
            expect(desk.field("lesson")).to_have_value("Light them first.")
