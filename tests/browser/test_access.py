"""Standards of access, held by a real browser: axe, reflow, names and landmarks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import TABS, App, Reader

SIZES = {"laptop": (1440, 900), "phone": (320, 640), "at 400 %": (320, 256)}


def show_content(app: Reader, tab: str, folder: Path) -> None:
    """Have a tab show what it is for, and what it says where something is wrong."""
    if tab == "Ask":
        app.ask("Who buys licences of boats that carry rope?")
        app.ask("How many boats will the office license by 2027?")
        app.question.press("Enter")
        expect(app.panel.get_by_role("alert")).to_have_text("Enter a question.")
    elif tab == "Compare":
        app.compare()
    elif tab == "Check":
        app.check()
    elif tab == "Precedents":
        show_cases(app)
    elif tab == "Documents":
        app.look_into("Harbour plan")
        app.panel.get_by_label("Search in this document").fill("boat")
        expect(app.panel.get_by_role("button", name="Next")).to_be_visible()
        for summary in app.panel.locator("summary").all():
            summary.click()
        assert app.violations() == []
        assert app.overflow() == []
        app.panel.get_by_role("link", name="All documents").click()
        hostile = folder / "bomb.docx"
        hostile.write_bytes(b"PK\x03\x04 cut off")
        expect(app.add_file(hostile, "A log")).to_have_role("alert")
    elif tab == "Glossary":
        expect(app.filter_glossary("VCLE")).to_contain_text("voluntary, community and local enterprise")


def show_cases(app: App) -> None:
    """Search, choose in each of the pictures, open a case and everything that opens, and compare two cases."""
    app.search_cases("lamps that boatmen shared")
    app.panel.get_by_role("button", name="The cases at a glance").click()
    expect(app.panel.get_by_role("group", name="When the cases began")).to_be_visible()
    # What is chosen in each of the pictures looks otherwise.
    numbers = ("1 case: safety, worked", "1 case: began in 2019", "Yorkshire and the Humber: 1 case")
    for number in numbers:
        button = app.panel.get_by_role("button", name=number)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    app.settle()
    assert app.violations() == []
    assert app.overflow() == []
    app.panel.get_by_role("button", name="See all").click()
    app.panel.locator("summary", has_text="Show the 4 that do not match").click()
    app.pick("Oars on loan")
    app.back_to_cases()
    app.pick("The Hull lamp scheme")
    app.settle()
    for summary in app.panel.locator("summary").all():
        if summary.is_visible():
            summary.click()
    assert app.violations() == []
    assert app.overflow() == []
    app.panel.get_by_role("button", name="Compare", exact=True).click()
    expect(app.panel.get_by_role("heading", name="Comparison of 2 cases")).to_be_focused()


def test_the_filters_of_cases_keep_them_too(new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(390, 844), address)
    panel = app.open("Precedents")
    panel.get_by_role("button", name="Filters").click()
    expect(panel.get_by_role("checkbox", name="Failed (1)")).to_be_visible()
    panel.get_by_role("button", name="More filters").click()
    expect(panel.get_by_role("group", name="Kind of evidence")).to_be_visible()
    assert app.violations() == []
    assert app.overflow() == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_keeps_the_standards_and_never_scrolls_sideways(
    tab: str, theme: str, size: str, new_page: Callable[..., Page], address: str, tmp_path: Path
) -> None:
    app = Reader(new_page(*SIZES[size]), address)
    app.open(tab, theme)
    assert app.violations() == []
    assert app.overflow() == []
    show_content(app, tab, tmp_path)
    app.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # there the field at the foot covers nothing
    assert app.violations() == []
    assert app.overflow() == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_recommendations_keep_them_too(theme: str, size: str, new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(*SIZES[size]), address)
    panel = app.open("Precedents", theme)
    panel.get_by_role("radio", name="Recommendations").check()
    expect(panel.get_by_role("heading", name="2 recommendations")).to_be_visible()
    app.narrow_down()
    app.case("Longer licences").get_by_role("button").click()
    expect(panel.get_by_text("does not mean that the recommendation was adopted")).to_be_visible()
    app.settle()
    for summary in panel.locator("summary").all():
        summary.click()
    assert app.violations() == []
    assert app.overflow() == []


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_that_quality_shows_keeps_them_too(theme: str, width: int, new_page: Callable[..., Page]) -> None:
    page = new_page(width, color_scheme=theme)
    page.set_content(Path("evals/report.html").read_text(encoding="utf-8"))
    report = App(page, "")
    assert report.violations() == []
    assert report.overflow() == []


def test_what_comes_into_the_page_later_runs_no_script(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.goto(address)
    expect(page.get_by_role("tab", name="Ask")).to_be_visible()
    ran = page.evaluate(
        """async () => {
          const refused = [];
          addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.ran = true">');
          document.body.insertAdjacentHTML("beforeend", '<iframe src="https://example.org"></iframe>');
          while (refused.length < 3) await new Promise((next) => setTimeout(next, 10));
          return [window.ran ?? false, refused.sort()];
        }"""
    )
    assert ran == [False, ["frame-src", "script-src-attr", "script-src-elem"]]
