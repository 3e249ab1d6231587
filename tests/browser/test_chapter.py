"""The view Chapter in a real browser: planned, moved, undone, kept through a reload, saved and loaded back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.pages import App
from tests.browser.test_keyboard import walk

LAMPS, OARS = "The Hull lamp scheme", "Oars on loan"


def open_chapter(app: App, theme: str = "light") -> Locator:
    """The view, ready to be worked with."""
    panel = app.open("Precedents", theme)
    panel.get_by_role("radio", name="Chapter").check()
    expect(panel.get_by_role("textbox", name="Title")).to_be_visible()
    return panel


def plan_two_cases(app: App, theme: str = "light") -> Locator:
    """The view with a chapter of two cases, a recommendation and own text."""
    panel = open_chapter(app, theme)
    panel.get_by_role("textbox", name="Title").fill("Light on the water")
    panel.get_by_role("button", name="Add a section").click()
    expect(panel.get_by_role("textbox", name="Heading")).to_be_focused()
    app.page.keyboard.type("Tried")
    for title in (LAMPS, OARS):
        app.choose("Add a case", title)
        expect(planned(panel, title)).to_be_visible()
    app.choose("Add a recommendation", "Longer licences")
    panel.get_by_role("button", name="Add text").click()
    expect(panel.get_by_label("Text, item")).to_be_focused()
    app.page.keyboard.type("So it went <3")
    expect(preview(panel).get_by_text("So it went <3")).to_be_visible()
    return panel


def planned(panel: Locator, words: str) -> Locator:
    """An item of the plan."""
    return panel.get_by_role("group").get_by_role("listitem").filter(has_text=words)


def preview(panel: Locator) -> Locator:
    return panel.get_by_role("region", name="Preview")


@contextmanager
def saved(panel: Locator, button: str, folder: Path) -> Iterator[Path]:
    """The file that a button saves."""
    with panel.page.expect_download() as found:
        panel.get_by_role("button", name=button).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    yield path


def test_a_chapter_is_planned_seen_and_kept_through_a_reload(app: App) -> None:
    panel = plan_two_cases(app)
    cases = preview(panel).get_by_role("heading", level=5)
    expect(cases).to_have_text([LAMPS, OARS, "Recommendation: longer licences"])
    expect(preview(panel).get_by_role("table", name="Cases")).to_be_visible()
    panel.get_by_role("radio", name="Recommendations").check()
    expect(panel.get_by_role("heading", name="2 recommendations")).to_be_visible()
    panel.get_by_role("radio", name="Chapter").check()
    expect(panel.get_by_label("Text, item")).to_have_value("So it went <3")
    app.page.reload()
    expect(panel.get_by_role("textbox", name="Title")).to_have_value("Light on the water")
    expect(panel.get_by_label("Text, item")).to_have_value("So it went <3")
    expect(cases).to_have_text([LAMPS, OARS, "Recommendation: longer licences"])


def test_another_page_of_the_same_browser_follows(app: App) -> None:
    panel = open_chapter(app)
    app.choose("Add a case", LAMPS)
    other = App(app.page.context.new_page(), app.address)
    beside = open_chapter(other)
    expect(planned(beside, LAMPS)).to_be_visible()
    app.choose("Add a case", OARS)
    expect(planned(beside, OARS)).to_be_visible()
    expect(preview(beside).get_by_role("heading", level=5)).to_have_text([LAMPS, OARS])
    planned(beside, LAMPS).get_by_role("button", name="Remove").click()
    expect(planned(panel, LAMPS)).to_have_count(0)


def test_items_are_moved_removed_and_brought_back_by_keyboard(app: App) -> None:
    panel = plan_two_cases(app)
    cases = preview(panel).get_by_role("heading", level=5)
    up = planned(panel, OARS).get_by_role("button", name="Move up")
    up.press("Enter")
    expect(cases).to_have_text([OARS, LAMPS, "Recommendation: longer licences"])
    # At the top it cannot go further up, so the keyboard is on what can be done there.
    expect(planned(panel, OARS).get_by_role("button", name="Move down")).to_be_focused()
    expect(panel.get_by_role("status").filter(has_text=f"{OARS} moved to section 1, Tried, item 1.")).to_be_visible()
    panel.get_by_role("button", name="Add a section").press("Enter")
    app.page.keyboard.type("Asked for")
    expect(panel.get_by_role("textbox", name="Heading").last).to_have_value("Asked for")
    planned(panel, "Text, item").get_by_role("button", name="Move down").press("Enter")
    expect(panel.get_by_label("Text, item 1 of section 2")).to_have_value("So it went <3")
    planned(panel, LAMPS).get_by_role("button", name="Remove").press("Enter")
    expect(cases).to_have_text([OARS, "Recommendation: longer licences"])
    panel.get_by_role("button", name="Undo last change").press("Enter")
    expect(cases).to_have_text([OARS, LAMPS, "Recommendation: longer licences"])
    panel.get_by_role("button", name="Clear the plan").press("Enter")
    expect(panel.get_by_role("textbox", name="Title")).to_have_value("")
    expect(panel.get_by_role("textbox", name="Title")).to_be_focused()
    panel.get_by_role("button", name="Undo last change").press("Enter")
    expect(cases).to_have_text([OARS, LAMPS, "Recommendation: longer licences"])


def test_what_is_typed_while_the_server_draws_is_kept(app: App) -> None:
    panel = open_chapter(app)
    waiting: list[Route] = []
    app.page.route("**/precedents/chapter", lambda route: waiting.append(route))

    def answer() -> None:
        while not waiting:
            app.page.evaluate("() => true")
        waiting.pop().continue_()

    with app.page.expect_request("**/precedents/chapter"):
        panel.get_by_role("button", name="Add a section").press("Enter")
    app.page.keyboard.type("Tried")  # for the heading, which is not there yet
    app.page.keyboard.press("Enter")  # adds no second one
    panel.get_by_role("textbox", name="Title").press_sequentially("Light")
    with app.page.expect_request("**/precedents/chapter"):
        answer()  # to a plan without a title, so the page asks again
    answer()
    heading = panel.get_by_role("textbox", name="Heading")
    expect(heading).to_be_focused()
    expect(heading).to_have_value("Tried")
    expect(panel.get_by_role("textbox", name="Title")).to_have_value("Light")
    app.page.unroute("**/precedents/chapter")
    app.choose("Add a case", LAMPS)
    expect(panel.get_by_role("status").filter(has_text=f"{LAMPS} added to section 1, Tried.")).to_be_visible()
    undo = panel.get_by_role("button", name="Undo last change")
    for left in ("Light", "Light", ""):
        undo.press("Enter")
        expect(planned(panel, LAMPS)).to_have_count(0)
        expect(panel.get_by_role("textbox", name="Title")).to_have_value(left)
    expect(undo).to_be_disabled()


def test_a_server_that_cannot_be_reached_costs_a_sentence_and_nothing_of_the_plan(app: App) -> None:
    panel = plan_two_cases(app)
    app.page.evaluate("() => { window.reached = fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    panel.get_by_role("button", name="Clear the plan").click()
    expect(panel.get_by_role("alert")).to_have_text("Steward cannot be reached. Try again in a moment.")
    expect(planned(panel, LAMPS)).to_be_visible()
    app.page.evaluate("() => { window.fetch = window.reached; }")
    planned(panel, LAMPS).get_by_role("button", name="Remove").click()
    expect(planned(panel, LAMPS)).to_have_count(0)
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(planned(panel, OARS)).to_be_visible()


def test_what_is_wrong_is_a_sentence_and_a_case_stands_once(app: App) -> None:
    panel = open_chapter(app)
    panel.get_by_role("button", name="Save as Word").click()
    expect(panel.get_by_role("alert")).to_contain_text("The chapter has no title. Add one.")
    app.choose("Add a case", LAMPS)
    expect(panel.get_by_role("textbox", name="Heading")).to_have_value("What has been tried")
    expect(preview(panel)).to_contain_text("Before you can save it:")
    app.choose("Add a case", LAMPS)
    expect(panel.get_by_role("status").filter(has_text="is already in the chapter")).to_be_visible()
    expect(planned(panel, LAMPS)).to_have_count(1)
    panel.get_by_role("textbox", name="Title").fill("Light <b>on</b> the water")
    expect(panel.get_by_role("alert")).to_contain_text("field title: found HTML")
    assert app.violations() == []
    panel.get_by_role("textbox", name="Title").fill("Light on the water")
    expect(panel.get_by_role("alert")).to_have_count(0)


def test_a_plan_is_saved_and_loaded_back_and_a_wrong_one_changes_nothing(app: App, tmp_path: Path) -> None:
    panel = plan_two_cases(app)
    with saved(panel, "Save the plan", tmp_path) as path:
        items = tomllib.loads(path.read_text(encoding="utf-8"))["section"][0]["items"]
    assert items[0] == {"case": "hull-lamp-scheme"}
    for name in ("Markdown", "Word"):
        with saved(panel, f"Save as {name}", tmp_path) as chapter:
            assert chapter.stat().st_size > 1000
    panel.get_by_role("button", name="Clear the plan").click()
    expect(preview(panel)).to_contain_text("Add a section or a case to the plan")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("title = <script>alert(1)</script>", encoding="utf-8")
    chooser = panel.get_by_label("Open a saved plan")
    assert chooser.evaluate("(file) => file.offsetWidth") == 1  # the browser's own words on it are not seen
    chooser.set_input_files(wrong)
    expect(panel.get_by_role("alert")).to_contain_text("wrong.toml is not valid TOML")
    expect(panel.get_by_role("textbox", name="Title")).to_have_value("")
    panel.get_by_label("Open a saved plan").set_input_files(path)
    expect(panel.get_by_role("textbox", name="Title")).to_have_value("Light on the water")
    expect(planned(panel, LAMPS)).to_be_visible()
    expect(panel.get_by_role("alert")).to_have_count(0)


def test_every_place_of_the_view_is_reached_seen_and_left_by_keyboard(app: App) -> None:
    plan_two_cases(app)
    app.to_top()
    forward = walk(app)
    assert len(set(forward)) == len(forward)
    assert app.tabbable() <= set(forward)


def test_a_mark_leads_to_its_reference(app: App) -> None:
    panel = plan_two_cases(app)
    preview(panel).get_by_role("link", name="1", exact=True).first.press("Enter")
    expect(preview(panel).locator("#reference-1")).to_be_focused()


def test_no_label_shows_over_the_shortlist(app: App) -> None:
    panel = app.open("Precedents")
    app.pick(LAMPS)
    panel.get_by_role("radio", name="Chapter").check()
    app.page.set_viewport_size({"width": 1280, "height": 600})
    label = panel.get_by_text("Add a case", exact=True)
    expect(label).to_be_visible()
    app.page.wait_for_function(  # and not asked once: the page grows under it until the preview is drawn
        """(label) => {
            const top = (item) => item.getBoundingClientRect().top;
            scrollBy(0, top(label) - top(document.querySelector(".shortlist")) - 10);
            const { x, y } = label.getBoundingClientRect();
            return document.elementFromPoint(x + 20, y + 4).closest(".shortlist") !== null;
        }""",
        arg=label.element_handle(),
    )


@pytest.mark.parametrize("size", [(1440, 900), (320, 640)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chapter_keeps_the_standards(
    theme: str, size: tuple[int, int], new_page: Callable[..., Page], address: str
) -> None:
    app = App(new_page(*size), address)
    open_chapter(app, theme)
    assert app.violations() == []
    plan_two_cases(app, theme)
    assert app.violations() == []
    assert app.overflow() == []
