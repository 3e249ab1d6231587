"""What readers do on each tab, in a real browser; more of the Ask tab is in ``test_ask.py``."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from evals.libraries.poisoned import FILES
from tests.browser.pages import PLACES, QUALITY, TABS, VIEWS, App, Reader
from tests.browser.serving import POISON, served
from tests.web.pages import word_draft


@pytest.fixture(scope="module")
def changing_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over a library of its own, to which these tests add files."""
    with served(tmp_path_factory.mktemp("changing")) as found:
        yield found


def test_the_page_has_a_language_a_title_one_heading_and_landmarks(app: App) -> None:
    app.open("Compare")
    expect(app.page).to_have_title("Steward")
    expect(app.page.locator("html")).to_have_attribute("lang", "en")
    expect(app.page.get_by_role("heading", level=1)).to_have_count(1)
    for landmark in ("main", "contentinfo"):
        expect(app.page.get_by_role(landmark)).to_have_count(1)  # type: ignore[arg-type]
    expect(app.page.get_by_role("tab")).to_have_text([*PLACES, *VIEWS])
    expect(app.page.get_by_role("tabpanel", name="Compare")).to_be_visible()


def test_the_address_follows_the_place_and_back_forward_and_a_reload_lead_to_it(app: App) -> None:
    def shown(place: str) -> None:
        expect(app.page.get_by_role("tab", name=place, exact=True)).to_have_attribute("aria-selected", "true")

    app.page.goto(app.address)
    app.show("Precedents")
    assert app.page.url == f"{app.address}?tab=precedents"
    app.show("Glossary")
    assert app.page.url == f"{app.address}?tab=glossary"
    app.page.go_back()
    app.page.go_back()
    shown("Precedents")
    app.page.go_back()
    shown("Ask")
    app.page.go_forward()
    shown("Precedents")
    app.page.reload()
    shown("Precedents")
    app.show("Ask")
    app.panel.get_by_role("link", name="How good are the answers?").click()
    shown(QUALITY)
    assert app.page.url == f"{app.address}?tab=quality"


def test_the_views_of_the_library_are_whole_on_a_phone_and_dates_in_its_table_are_not_broken(
    new_page: Callable[..., Page], address: str
) -> None:
    page = new_page(390, 844)
    panel = App(page, address).open("Documents")
    for view in VIEWS:
        expect(page.get_by_role("tab", name=view, exact=True)).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1000, "height": 900})
    cells = panel.locator("td[data-heading=Published]")
    cells.first.evaluate("(cell) => { cell.textContent = '30 November 2026'; }")
    lines = (
        "(cell) => { const words = new Range(); words.selectNodeContents(cell); return words.getClientRects().length; }"
    )
    assert cells.first.evaluate(lines) == 1


def test_the_cards_of_the_first_screen_lead_to_their_places(app: App) -> None:
    for card, place in (("Find what has been tried", "Precedents"), ("Check my draft", "Check")):
        app.open().get_by_role("link", name=card).click()
        expect(app.page.get_by_role("tab", name=place)).to_have_attribute("aria-selected", "true")
    app.open().get_by_role("link", name="Answer a question for a submission").click()
    expect(app.panel.get_by_role("textbox", name="Your question")).to_be_focused()


def test_the_theme_is_kept(app: App) -> None:
    app.page.goto(app.address)
    switch = app.page.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    app.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(app.page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    assert app.page.url == app.address


def test_the_quality_report_has_the_theme_of_the_page_and_not_the_systems(
    new_page: Callable[..., Page], serve: Callable[[str], str], tmp_path: Path
) -> None:
    app = App(new_page(color_scheme="light"), serve("small"))
    shutil.copy("evals/report.html", tmp_path)
    panel = app.open(QUALITY, "dark")
    body = panel.frame_locator("iframe").locator("body")
    expect(body).to_have_css("background-color", "rgb(20, 24, 28)")
    app.page.get_by_role("button", name="Dark theme").click()
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    app.show("Glossary")
    app.show(QUALITY)
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_beside_the_quality_report_the_page_does_not_scroll(
    size: tuple[int, int], new_page: Callable[..., Page], address: str
) -> None:
    app = App(new_page(*size), address)
    expect(app.open(QUALITY).frame_locator("iframe").get_by_role("heading")).to_be_visible()
    assert app.page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


def test_two_documents_stand_side_by_side_with_links_to_their_quotes(app: App) -> None:
    app.open("Compare")
    result = app.compare("boats")
    expect(result.get_by_role("columnheader")).to_have_count(3)
    card = app.panel.locator("#compare-evidence-1")
    result.get_by_role("link", name="Evidence [1]").click()
    expect(card).to_be_in_viewport()
    app.page.go_back()
    expect(card).to_be_attached()
    expect(result).to_be_visible()


def test_a_comparison_without_documents_says_what_is_missing(app: App) -> None:
    panel = app.open("Compare")
    panel.get_by_label("Topic").fill("boats")
    panel.get_by_label("Topic").press("Enter")
    expect(panel.get_by_role("alert")).to_have_text("Choose 2 or more documents.")


def test_a_pasted_draft_gets_its_verdicts_in_words(app: App) -> None:
    app.open("Check")
    result = app.check()
    expect(result.locator(".draft .word")).to_have_text(["Word for word", "Clashes", "Not found", "Clashes"])
    expect(app.panel.get_by_role("button", name="Check the draft")).to_be_hidden()


def test_an_uploaded_draft_is_checked_and_its_place_is_empty_again(app: App, tmp_path: Path) -> None:
    panel = app.open("Check")
    result = app.check(Path(word_draft(tmp_path / "mine" / "draft.docx")))
    expect(result.get_by_role("heading", name="draft.docx: 1 sentence checked")).to_be_visible()
    result.get_by_role("button", name="New draft").click()
    expect(panel.get_by_role("cell", name="draft.docx")).to_have_count(0)


def test_a_hostile_draft_is_refused_with_its_reason(app: App, tmp_path: Path) -> None:
    hostile = tmp_path / "bomb.docx"
    hostile.write_bytes(b"PK\x03\x04 cut off")
    app.open("Check")
    result = app.check(hostile)
    expect(result).to_have_role("alert")
    expect(result).to_contain_text("bomb.docx: It begins like a ZIP or Word file but is cut off")


def test_a_draft_that_would_act_is_shown_as_plain_words(app: App) -> None:
    app.open("Check")
    result = app.check(FILES / "html-script.html")
    expect(result.locator(".draft p").first).to_be_visible()
    expect(result.locator("script, img, iframe, form")).to_have_count(0)


def test_a_file_is_added_with_progress_and_can_be_compared_at_once(
    new_page: Callable[..., Page], changing_address: str, tmp_path: Path
) -> None:
    app = App(new_page(), changing_address)
    panel = app.open("Library")
    # Progress comes and goes: the page itself keeps what it said.
    app.page.evaluate(
        """() => {
            window.said = "";
            new MutationObserver(() => {
                for (const item of document.querySelectorAll(".progress-text")) said += item.textContent;
            }).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    log = tmp_path / "rowing-log.md"
    log.write_text("# Rowing log\n\nThe crews rowed 900 boats past the harbour mouth in March.\n", encoding="utf-8")
    message = app.add_file(log, "Rowing log")
    expect(message).to_have_role("status")
    expect(message).to_contain_text("Added Rowing log (Rowing club, March 2025): 1 passage.")
    assert "processing" in app.page.evaluate("said")
    expect(panel.get_by_role("rowheader", name="Rowing log")).to_be_visible()
    app.look_into("Rowing log")
    expect(panel.locator(".text")).to_contain_text("rowed 900 boats")
    app.show("Compare")
    expect(app.panel.get_by_role("checkbox", name="Rowing log")).to_be_visible()


def test_a_file_says_its_details_is_asked_at_once_replaced_and_removed(
    new_page: Callable[..., Page], changing_address: str, tmp_path: Path
) -> None:
    reader = Reader(new_page(), changing_address)
    panel = reader.open("Library")
    log = tmp_path / "oar-log.md"
    log.write_text("# Oar log\n\nRowing club, 4 March 2025\n\nThe crews broke 70 oars at the weir.\n", encoding="utf-8")
    panel.get_by_role("button", name="Add a file", exact=True).click()
    panel.locator("input[type=file]").set_input_files(log)
    for label, said in (("Title", "Oar log"), ("Publisher", "Rowing club"), ("Published", "2025-03-04")):
        expect(panel.get_by_role("textbox", name=re.compile(f"^{label}"))).to_have_value(said)
    panel.get_by_role("radio", name="Working paper").check()
    panel.get_by_role("button", name="Add to the library").click()
    panel.get_by_role("button", name="Ask about it").click()
    expect(reader.panel.get_by_role("button", name="Filters: 1 document")).to_be_visible()
    turn = reader.ask("How many oars did the crews break at the weir?")
    expect(turn).to_contain_text("70 oars")
    expect(turn.get_by_role("heading").filter(has_text="Rowing club").first).to_contain_text("Working paper")
    panel = reader.show("Library")
    row = panel.get_by_role("row").filter(has_text="Oar log")
    another = Reader(new_page(), changing_address).open("Library")
    expect(another.get_by_role("rowheader", name="Harbour plan")).to_be_visible()
    expect(another.get_by_role("rowheader", name="Oar log")).to_have_count(0)
    row.get_by_role("button", name="Replace Oar log").click()
    title = panel.get_by_role("textbox", name=re.compile("^Title"))
    expect(title).to_have_value("Oar log")
    expect(title).to_be_in_viewport()
    log.write_text("# Oars\n\nThe crews broke 90 oars at the weir.\n", encoding="utf-8")
    panel.locator("input[type=file]").set_input_files(log)
    expect(panel.locator(".message").filter(has_text="was read")).to_be_visible()
    panel.get_by_role("button", name="Replace the file").click()
    expect(panel.get_by_role("status").filter(has_text="replaces an earlier one")).to_be_visible()
    assert reader.violations() == []
    assert reader.overflow() == []
    row.locator("summary").click()
    row.get_by_role("button", name="Yes, remove it permanently").click()
    expect(panel.get_by_role("status").filter(has_text="was removed")).to_be_in_viewport()
    expect(row).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "data"), [("bomb.docx", b"PK\x03\x04 cut off"), ("picture.pdf", b"\x89PNG\r\n\x1a\n")]
)
def test_a_hostile_file_is_refused_with_its_reason(
    name: str, data: bytes, new_page: Callable[..., Page], changing_address: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    app = App(new_page(), changing_address)
    panel = app.open("Library")
    message = app.add_file(path, "A hostile file")
    expect(message).to_have_role("alert")
    expect(message).to_contain_text("cut off" if name == "bomb.docx" else "image (PNG)")
    expect(panel.get_by_role("rowheader", name="A hostile file")).to_have_count(0)


def test_the_glossary_finds_by_acronym_word_and_says_when_nothing_matches(app: App) -> None:
    panel = app.open("Glossary")
    expect(app.filter_glossary("enterprise").get_by_role("rowheader")).to_have_text(["VCLE"])
    panel.get_by_role("textbox").fill("zebra")
    expect(panel.get_by_role("status").filter(has_text="zebra")).to_have_text("No acronym matches “zebra”.")


@pytest.mark.parametrize("tab", [name for name in TABS if name != QUALITY])
def test_words_of_documents_that_would_act_show_as_plain_words(
    tab: str, new_page: Callable[..., Page], address: str
) -> None:
    app = Reader(new_page(), address)
    panel = app.open(tab)
    if tab == "Ask":
        app.ask("How many boats will the office license by 2027?")
    elif tab == "Compare":
        app.compare("boats")
    elif tab == "Check":
        app.check(f"The office will license 40 {POISON} boats by 2027.")
    elif tab == "Documents":
        app.look_into("Harbour plan")
        panel = panel.locator(".reader")
    elif tab == "Precedents":
        app.search_cases(f"oars {POISON}")
    else:
        app.filter_glossary("VCLE")
    expect(panel.get_by_text(POISON).first).to_be_visible()
    expect(panel.locator("script, img[src='x'], a[href*='javascript'], a[href*='example.org/x']")).to_have_count(0)


def test_what_programs_can_call_is_described_without_leaving_the_machine(app: App) -> None:
    app.open("Glossary")
    app.page.get_by_role("button", name="Use via API or MCP").click()
    described = app.page.get_by_role("dialog", name="Use via API")
    described.get_by_role("listitem").filter(has_text="Python").click()
    for name in ("/ask", "/search", "/verify", "/precedents", "/compare", "/check", "/add"):
        expect(described.get_by_text(re.compile(rf"^\W*{name}\W*$")).first).to_be_visible()
    described.get_by_role("listitem").filter(has_text="MCP").click()
    expect(described.get_by_label("MCP Server URL")).to_have_value(f"{app.address}gradio_api/mcp/")
