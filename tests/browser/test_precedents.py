"""The tab Precedents in a real browser: find, narrow down, compare, and the recommendations."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import App, Reader

QUERY = "lamps that boatmen shared"
SEARCHED = "?tab=precedents&q=lamps+that+boatmen+shared"


def test_cases_are_searched_by_their_words_and_narrowed_down(app: App) -> None:
    panel = app.open("Precedents")
    app.search_cases(QUERY)
    expect(panel.locator(".case-row").first.get_by_role("heading")).to_have_text("The Hull lamp scheme")
    panel.get_by_role("checkbox", name="Failed (0)").check()
    panel.get_by_role("checkbox", name="Under way (0)").check()
    expect(app.row("A trial of tide wardens").or_(app.row("Shared ropes in Leith"))).to_have_count(2)
    panel.get_by_role("button", name="More filters").click()
    expect(panel.get_by_role("checkbox", name="Regional (0)")).to_be_visible()
    panel.get_by_role("button", name="Clear all").click()
    expect(panel.get_by_role("heading", name=f"1 case matches “{QUERY}”")).to_be_visible()
    panel.locator("summary", has_text="Show the 4 that do not match").click()
    expect(app.row("Oars on loan")).to_be_visible()
    expect(panel.get_by_role("checkbox", name="Failed (0)")).not_to_be_checked()


def test_an_address_searches_the_cases_and_asks_nothing(app: App) -> None:
    app.page.goto(f"{app.address}{SEARCHED}")
    expect(app.panel.get_by_role("heading", name=f"1 case matches “{QUERY}”")).to_be_visible()
    expect(app.panel.get_by_label("Search the cases")).to_have_value(QUERY)
    app.show("Ask")
    expect(app.panel.get_by_label("Your question")).to_have_value("")
    expect(app.panel.locator(".turn")).to_have_count(0)


def test_a_search_and_its_filters_have_an_address_that_back_and_a_reload_lead_to(app: App) -> None:
    panel, failed = app.open("Precedents"), app.panel.get_by_role("checkbox", name="Failed")
    searched = app.address + SEARCHED
    app.search_cases(QUERY)
    expect(app.page).to_have_url(searched)
    failed.check()
    expect(app.page).to_have_url(f"{searched}&polarities=failed")
    panel.get_by_role("radio", name="Newest").check()
    panel.get_by_role("radio", name="2010 to 2014").check()
    narrowed = f"{searched}&polarities=failed&years=2010-2014&sort=newest"
    expect(app.page).to_have_url(narrowed)
    app.page.reload()
    expect(panel.get_by_role("heading", name=f"“{QUERY}”")).to_be_visible()
    expect(panel.get_by_label("Search the cases")).to_have_value(QUERY)
    for name in ("Failed", "Newest", "2010 to 2014"):
        expect(panel.get_by_label(name)).to_be_checked()
    assert app.page.url == narrowed
    app.search_cases("ropes")
    expect(app.page).to_have_url(narrowed.replace("lamps+that+boatmen+shared", "ropes"))
    panel.get_by_role("button", name="Clear all").click()
    expect(app.page).to_have_url(f"{app.address}?tab=precedents&q=ropes&sort=newest")
    app.page.go_back()
    expect(panel.get_by_role("heading", name=f"“{QUERY}”")).to_be_visible()
    expect(failed).to_be_checked()
    app.page.go_back()  # past its filters
    expect(panel.get_by_role("heading", name="5 cases", exact=True)).to_be_visible()
    expect(panel.get_by_label("Search the cases")).to_have_value("")
    expect(failed).not_to_be_checked()
    app.page.go_forward()
    expect(failed).to_be_checked()
    assert app.page.url == narrowed


def test_a_case_opens_on_top_of_a_search_and_closes_to_it(app: App) -> None:
    panel = app.open("Precedents")
    app.search_cases(QUERY)
    heading = panel.get_by_role("heading", name=f"1 case matches “{QUERY}”")
    searched = app.address + SEARCHED
    expect(app.page).to_have_url(searched)
    app.row("The Hull lamp scheme").click()
    expect(app.case("The Hull lamp scheme")).to_be_focused()
    assert app.page.url == f"{searched}&case=hull-lamp-scheme"
    app.show("Ask")
    app.show("Precedents")
    assert app.page.url == f"{searched}&case=hull-lamp-scheme"
    app.page.reload()
    expect(app.case("The Hull lamp scheme")).to_be_focused()
    expect(heading).to_be_visible()
    app.back_to_cases()
    assert app.page.url == searched
    app.page.go_back()
    expect(app.case("The Hull lamp scheme")).to_be_focused()
    panel.get_by_role("checkbox", name="Worked (1)").check()
    expect(app.page).to_have_url(f"{searched}&polarities=worked&case=hull-lamp-scheme")
    app.case("The Hull lamp scheme").get_by_role("link", name="Back to the cases").click()
    expect(heading).to_be_visible()
    expect(panel.get_by_role("checkbox", name="Worked (1)")).to_be_checked()
    assert app.page.url == f"{searched}&polarities=worked"


def test_an_address_with_a_filter_that_there_is_not_names_it(app: App) -> None:
    app.page.goto(f"{app.address}?tab=precedents&colour=red&polarities=failed&places=atlantis&years=99&sort=%3Cb%3E")
    expect(app.panel.get_by_role("alert")).to_contain_text("what no case has: 99, atlantis")
    expect(app.row("Shared ropes in Leith")).to_be_visible()
    expect(app.panel.get_by_role("checkbox", name="Failed (1)")).to_be_checked()


VIEWS: dict[str, tuple[str, str | re.Pattern[str]]] = {
    "Ask the cases": ("ask-cases", "Ask across the cases"),
    "Recommendations": ("recommendations", "2 recommendations"),
    "Contribute a case": ("contribute", re.compile("Your (key|name)")),
    "Write a chapter": ("chapter", "The plan"),
}


def test_each_view_has_an_address_that_back_and_a_reload_lead_to(app: App) -> None:
    panel = app.open("Precedents")
    app.search_cases(QUERY)
    searched = app.address + SEARCHED
    expect(app.page).to_have_url(searched)

    def shown(name: str) -> None:
        expect(panel.get_by_role("radio", name=name, exact=True)).to_be_checked()
        address, words = VIEWS[name]
        expect(app.page).to_have_url(f"{app.address}?tab=precedents&view={address}")
        expect(panel.get_by_label(words).or_(panel.get_by_role("heading", name=words)).first).to_be_visible()

    for name in VIEWS:
        panel.get_by_role("radio", name=name).check()
        shown(name)
    app.page.reload()
    shown("Write a chapter")
    for place in ("Ask", "Precedents"):
        app.page.get_by_role("tab", name=place, exact=True).click()
    shown("Write a chapter")
    app.page.go_back()
    app.page.go_back()
    for name in [*VIEWS][-2::-1]:
        app.page.go_back()
        shown(name)
    app.page.reload()
    shown("Ask the cases")
    app.page.go_back()
    expect(panel.get_by_role("heading", name=f"1 case matches “{QUERY}”")).to_be_visible()
    app.page.go_forward()
    shown("Ask the cases")
    # The search of the view that was left stays.
    panel.get_by_role("radio", name="Cases", exact=True).check()
    expect(app.page).to_have_url(searched)
    expect(panel.get_by_role("heading", name=f"1 case matches “{QUERY}”")).to_be_visible()


def test_quick_steps_back_and_forward_end_where_the_address_says(app: App) -> None:
    panel = app.open("Precedents")
    for words in (QUERY, "ropes"):
        app.search_cases(words)
        expect(app.page).to_have_url(re.compile(words.replace(" ", r"\+")))
    app.row("Shared ropes in Leith").click()
    expect(app.case("Shared ropes in Leith")).to_be_focused()
    app.page.evaluate("() => { history.back(); setTimeout(() => history.back(), 20); }")
    expect(app.page).to_have_url(app.address + SEARCHED)
    expect(panel.get_by_role("heading", name=f"“{QUERY}”")).to_be_visible()
    expect(panel.get_by_role("article")).to_have_count(0)
    assert app.page.url == app.address + SEARCHED
    app.show("Ask")
    app.page.reload()  # of what came before the page now knows nothing
    app.page.go_back()
    expect(panel.get_by_role("heading", name=f"“{QUERY}”")).to_be_visible()
    expect(app.row("The Hull lamp scheme")).to_be_visible()
    assert app.page.url == app.address + SEARCHED


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_first_case_is_in_sight_and_opens_beside_the_list_or_in_its_place(
    size: tuple[int, int], new_page: Callable[..., Page], address: str
) -> None:
    app = App(new_page(*size), address)
    panel = app.open("Precedents")
    row = app.row("Oars on loan")
    expect(row).to_be_in_viewport()
    first = panel.locator(".case-row").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(panel.get_by_role("checkbox", name="Failed (1)")).to_be_visible(visible=size[0] > 1000)
    row.click()
    expect(app.case("Oars on loan")).to_be_focused()
    expect(app.case("Oars on loan").get_by_role("heading", name="Oars on loan")).to_be_in_viewport()
    expect(first).to_be_visible(visible=size[0] > 1000)
    assert app.page.url == f"{app.address}?tab=precedents&case=oar-lending"
    app.page.go_back()
    expect(app.case("Oars on loan")).to_have_count(0)
    expect(row).to_be_focused()
    app.page.go_forward()
    expect(app.case("Oars on loan")).to_be_focused()
    app.back_to_cases()
    assert app.page.url == f"{app.address}?tab=precedents"
    app.page.go_back()
    expect(app.case("Oars on loan")).to_be_visible()


def test_cases_are_picked_kept_and_stand_side_by_side(app: App) -> None:
    panel = app.open("Precedents")
    for title in ("A fee for lighthouses", "Oars on loan", "Shared ropes in Leith"):
        shortlist = app.pick(title)
    expect(shortlist.locator("summary")).to_contain_text("3 on the shortlist")
    expect(app.row("Shared ropes in Leith")).to_have_attribute("aria-current", "true")
    app.row("Oars on loan").click()
    expect(app.case("Oars on loan").get_by_role("button", pressed=True)).to_be_visible()
    app.page.reload()
    app.show("Precedents")
    shortlist.locator("summary").click()
    shortlist.get_by_role("button", name="Remove A fee for lighthouses").click()
    expect(shortlist.locator("summary")).to_contain_text("2 on the shortlist")
    panel.get_by_role("radio", name="Recommendations").check()
    shortlist.get_by_role("button", name="Compare", exact=True).click()
    table = panel.get_by_role("table", name="Comparison of 2 cases")
    expect(table.get_by_role("columnheader")).to_have_text(["What", "Oars on loan", "Shared ropes in Leith"])
    panel.get_by_role("button", name="Back to the cases").click()
    expect(table).to_have_count(0)
    expect(app.row("Oars on loan")).to_be_visible()


def test_a_shortlist_is_saved_copied_and_added_to_the_chapter(app: App) -> None:
    panel = app.open("Precedents")
    app.pick("Oars on loan")
    shortlist = app.pick("The Hull lamp scheme")
    with app.page.expect_download() as found:
        shortlist.get_by_role("button", name="Word").click()
    assert found.value.suggested_filename == "shortlist.docx"
    shortlist.get_by_role("button", name="Copy").click()
    expect(shortlist.get_by_role("button", name="Copied")).to_be_visible()
    planned = panel.get_by_role("group").get_by_role("listitem")
    for _ in range(2):  # what is in the chapter already is not added again
        shortlist.get_by_role("button", name="Add to chapter").click()
        expect(planned).to_have_count(2)
    expect(planned).to_contain_text(["Oars on loan", "The Hull lamp scheme"])
    app.page.reload()
    expect(planned).to_contain_text(["Oars on loan", "The Hull lamp scheme"])
    expect(shortlist.locator("summary")).to_contain_text("2 on the shortlist")


def test_an_answer_leads_to_the_cases_that_it_quotes(new_page: Callable[..., Page], address: str) -> None:
    reader = Reader(new_page(), address)
    reader.open()
    turn = reader.ask("Which cases are about safety?")
    links = turn.get_by_role("link", name="View the case")
    expect(links).to_have_count(3)
    links.first.click()
    expect(reader.case("The Hull lamp scheme")).to_be_focused()
    expect(reader.page).to_have_url(re.compile(r"\?tab=precedents&case=hull-lamp-scheme$"))
    reader.page.go_back()
    expect(links.first).to_be_visible()
    expect(reader.case("The Hull lamp scheme")).to_have_count(0)


def test_a_badge_takes_no_room_from_the_words_below_it(app: App) -> None:
    panel = app.open("Precedents")
    widths = panel.locator(".case-row .line").evaluate_all("(lines) => lines.map((line) => line.offsetWidth)")
    assert min(widths) > 0.6 * panel.locator(".case-row").first.evaluate("(row) => row.offsetWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_shortlist_is_low_and_hides_nothing_at_the_end(
    theme: str, new_page: Callable[..., Page], address: str
) -> None:
    app = App(new_page(390, 844), address)
    panel = app.open("Precedents", theme)
    for button in panel.locator(".case-row button").all()[:3]:
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    tray = panel.get_by_role("region", name="Shortlist")
    expect(tray.get_by_text("3 on the shortlist")).to_be_visible()
    box = tray.bounding_box()
    assert box is not None
    assert box["height"] < 844 / 5
    tops = tray.locator(".tools button").evaluate_all("(items) => items.map((item) => item.offsetTop)")
    assert len(tops) == 4
    assert len(set(tops)) == 1
    # What is scrolled past does not show from under it.
    assert app.page.evaluate("document.elementFromPoint(195, innerHeight - 2).classList.contains('tray')")
    app.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert panel.locator(".case-row").last.evaluate(
        "(row, tray) => row.getBoundingClientRect().bottom <= tray.getBoundingClientRect().top", tray.element_handle()
    )


@pytest.mark.parametrize("width", [1280, 320])
def test_the_numbers_of_the_pictures_choose_their_cases_by_keyboard(
    width: int, new_page: Callable[..., Page], address: str
) -> None:
    app = App(new_page(width), address)
    panel = app.open("Precedents")
    panel.get_by_role("button", name="The cases at a glance").click()
    cell = panel.get_by_role("button", name="1 case: safety, failed")
    app.to_top()
    app.tab_to(cell)
    app.page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="1 case", exact=True)).to_be_visible()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(cell).to_be_focused()
    expect(panel.get_by_text("Showing – theme: safety; outcome: Failed.")).to_be_visible()
    tile = panel.get_by_role("button", name="Scotland: 1 case")
    tile.press("Space")
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_role("button", name="Yorkshire and the Humber")).to_have_count(0)
    panel.get_by_role("button", name="See all").press("Enter")
    expect(panel.get_by_role("heading", name="5 cases", exact=True)).to_be_visible()
    bar = panel.get_by_role("button", name="1 case: began in 2012")
    bar.press("Enter")
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(panel.locator(".case-row")).to_have_count(1)
    panel.get_by_role("link", name="Go to the cases").press("Enter")
    expect(panel.get_by_role("heading", name="1 case", exact=True)).to_be_focused()
    # The same facets as under "Filters", where they can be taken away too.
    if width < 1000:
        panel.get_by_role("button", name="Filters (").click()
    panel.get_by_role("button", name="Clear all").click()
    expect(bar).to_have_attribute("aria-pressed", "false")


def test_a_case_and_what_rests_on_it_lead_to_each_other_and_have_addresses(app: App) -> None:
    app.page.goto(f"{app.address}?tab=precedents&case=leith-shared-ropes")
    card = app.case("Shared ropes in Leith")
    expect(card).to_be_focused()
    card.locator("summary", has_text="Recommendations based on this case").click()
    card.get_by_role("link", name="Appoint tide wardens").click()
    recommendation = app.case("Appoint tide wardens")
    expect(recommendation).to_be_focused()
    expect(app.panel.get_by_role("radio", name="Recommendations")).to_be_checked()
    expect(app.page).to_have_url(re.compile(r"\?tab=precedents&recommendation=appoint-tide-wardens$"))
    # The address can be loaded again.
    app.page.reload()
    expect(recommendation).to_be_focused()
    recommendation.locator("summary", has_text="Related cases").click()
    recommendation.get_by_role("link", name="A trial of tide wardens").press("Enter")
    expect(app.case("A trial of tide wardens")).to_be_focused()
    expect(app.page).to_have_url(re.compile(r"\?tab=precedents&case=tide-warden-trial$"))
    app.page.go_back()
    expect(recommendation).to_be_focused()
    app.panel.get_by_role("link", name="Show all recommendations").press("Enter")
    expect(app.panel.get_by_role("heading", name="2 recommendations")).to_be_visible()
    expect(app.page).to_have_url(re.compile(r"\?tab=precedents&view=recommendations$"))


def test_an_address_of_a_case_that_there_is_not_leads_to_all(app: App) -> None:
    app.page.goto(f"{app.address}?tab=precedents&case=atlantis")
    expect(app.panel.get_by_role("alert")).to_contain_text("No case 'atlantis'")
    expect(app.panel.get_by_role("heading", name="5 cases", exact=True)).to_be_visible()
    app.panel.get_by_role("link", name="Back to the cases").click()
    expect(app.panel.get_by_role("alert")).to_have_count(0)


def test_what_opens_in_a_case_says_why(app: App) -> None:
    app.open("Precedents")
    app.row("Oars on loan").click()
    card = app.case("Oars on loan")
    card.locator("summary", has_text="Similar cases").click()
    expect(card).to_contain_text("Similar because both have the same")
    card.locator("summary", has_text="Sources").click()
    expect(card.get_by_text("about pages 3-4 of the report, by its table of contents")).to_be_visible()


def test_filters_on_a_recommendation_that_was_opened_by_its_address_leave_that_address(app: App) -> None:
    app.page.goto(f"{app.address}?tab=precedents&recommendation=appoint-tide-wardens")
    expect(app.case("Appoint tide wardens")).to_be_visible()
    app.narrow_down()
    app.panel.get_by_role("checkbox", name="Harbour Office (1)").check()
    expect(app.panel.get_by_role("heading", name="1 recommendation")).to_be_visible()
    expect(app.page).to_have_url(f"{app.address}?tab=precedents&view=recommendations")


def test_on_a_phone_filters_of_an_address_are_counted(new_page: Callable[..., Page], address: str) -> None:
    app = App(new_page(390, 844), address)
    app.page.goto(f"{app.address}?tab=precedents&polarities=failed&polarities=worked&years=2010-2014")
    expect(app.panel.get_by_role("button", name="Filters (3)")).to_be_visible()


def test_recommendations_show_their_grounds_and_what_was_found_on_them(app: App) -> None:
    panel = app.open("Precedents")
    panel.get_by_role("radio", name="Recommendations").check()
    expect(panel.get_by_role("heading", name="2 recommendations")).to_be_visible()
    app.narrow_down()
    panel.get_by_role("checkbox", name="Harbour Office (1)").check()
    expect(panel.get_by_role("heading", name="1 recommendation")).to_be_visible()
    button = panel.get_by_role("button", name="What government documents say about this")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_be_focused()
    expect(panel.get_by_text("does not mean that the recommendation was adopted")).to_be_visible()
    panel.locator("summary", has_text="Related cases").click()
    expect(panel.get_by_role("article").first).to_contain_text("told in the same section of the document")
