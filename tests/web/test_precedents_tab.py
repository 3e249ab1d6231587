"""The tab Precedents: what the page's events give, and its HTML as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places
from assistant.precedents.search import Nearness
from assistant.registers.accepted import SeenCases
from assistant.registers.entries import Precedent, PrecedentSource, Registers
from assistant.storage import open_cases
from assistant.text.quoting import make_quote
from assistant.web.door.permissions import Openness
from assistant.web.evidence import Cards
from assistant.web.precedents.cases_html import comparison_html
from assistant.web.precedents.cases_view import QUERY_CHARACTERS
from assistant.web.precedents.page import PER_STEP
from assistant.web.precedents.pictures import MOST_YEARS, heat_map, timeline
from assistant.web.precedents.recommendations_html import FOUND, NONE_FOUND
from assistant.web.precedents.region_map import region_map
from assistant.web.precedents.shortlist import FULL, MOST_COMPARED, MOST_PICKED, NOT_COMPARED, Shortlist
from assistant.web.precedents.tab import VIEWS, PrecedentsTab
from tests.library_making import add_cases, index_library, make_library, open_library
from tests.web.pages import HOSTILE, parsed, unserved, words_of

CASE = "hull-lamp-scheme"
RECOMMENDATION = "longer-licences"
EVERY = [CASE, "leith-shared-ropes", "lighthouse-fee", "oar-lending", "tide-warden-trial"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small library with five cases."""
    settings = make_library(tmp_path_factory.mktemp("cases"))
    add_cases(settings)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


class Page:
    """The tab as a browser holds it: each event's changes by the names of the components."""

    def __init__(self, library: Library) -> None:
        with unserved(), gr.Tabs():
            tab = PrecedentsTab(lambda: library, open_cases(library.settings), Openness(library.settings.web))
        self.tab, self.cases, self.recommendations = tab, tab._cases, tab._recommendations
        self.shortlist = tab._shortlist
        view = self.recommendations
        named: dict[str, Any] = {
            "_results": self.cases.results,
            "_message": self.cases._message,
            "_pictures": self.cases._pictures,
            "pane": self.cases.pane,
            "kept": self.shortlist.kept,
            "tray": self.shortlist.tray,
            "comparison": self.shortlist.comparison,
            "file": self.shortlist._file,
            "found": view.results,
            "further": view._more,
            "query": self.cases.query,
            "recommendation": view.only,
            "opened": view.opened,
            "view": tab._view,
            "sort": self.cases._sort,
            "further_filters": self.cases._further,
            "drawn": self.cases.drawn,
            "chip": self.cases._chip,
            "question": tab._asked._question,
            "answer": tab._asked.results,
            "answered": tab._asked.drawn,
            "levels_asked": tab._asked._facets["levels"],
            "problem": tab._asked._message,
        } | self.cases._facets
        self.names = {component: name for name, component in named.items()}
        self.names |= {component: name for name, component in view._facets.items()}

    def named(self, update: dict[Any, Any]) -> dict[str, Any]:
        return {self.names[component]: value for component, value in update.items() if component in self.names}

    def show(self, query: str = "", sort: str = "nearest", **facets: Any) -> dict[str, Any]:
        return self.named(self.cases._narrow(query, sort, *self.values(facets)))

    def values(self, facets: dict[str, Any]) -> list[Any]:
        """What stands in each facet."""
        return [facets.get(name, "" if name == "years" else []) for name in self.cases._facets]

    def pick(self, line: str, **facets: Any) -> dict[str, Any]:
        """The facets once a number in a picture was pressed."""
        event: Any = SimpleNamespace(action="pick", entry=line)
        after = dict(zip(self.cases._facets, self.cases._pick(event, *self.values(facets)), strict=False))
        return {name: value for name, value in after.items() if value}

    def recommend(self, shown: int = PER_STEP, opened: Any = (), only: str = "", **facets: Any) -> dict[str, Any]:
        view = self.recommendations
        return self.named(view._show(only, shown, list(opened), *(facets.get(name, []) for name in view._facets)))

    def follow(
        self, link: str, drawn: str = "?tab=precedents", answered: str = "", anew: bool = False
    ) -> dict[str, Any]:
        """What changes once the page has gone to an address, by name."""
        return self.named(self.tab._follow(anew, link, drawn, answered))

    def act(self, action: str, entry: str = "", picked: Any = ()) -> dict[str, Any]:
        """What changes once a button of the shortlist was pressed."""
        event: Any = SimpleNamespace(action=action, entry=entry)
        return self.named(self.shortlist._act(event, {"ids": list(picked)}))


@pytest.fixture(scope="module")
def page(library: Library) -> Page:
    return Page(library)


def titles(update: dict[str, Any]) -> list[str]:
    return [words_of(head) for head in parsed(update["_results"]).iter("h3")]


def opened(page: Page, case: str = CASE) -> Any:
    """The pane with a case."""
    return parsed(page.cases.opened(case))


def test_a_row_says_what_where_when_and_what_came_of_it_in_one_line(page: Page) -> None:
    row = next(item for item in parsed(page.show()["_results"]).iter("li") if CASE in item.find(".//a").get("href"))
    assert [words_of(part) for part in row] == [
        "The Hull lamp scheme",
        "✓ Worked",
        "Shortlist : The Hull lamp scheme",
        "Hull (England) · 2019-2021 · Not stated",
        "Boatmen shared the cost of lamps, and collisions fell by half.",
    ]


def test_a_case_says_what_came_of_it_on_whose_word_and_where_it_is_told(page: Page) -> None:
    pane = opened(page)
    words = words_of(pane)
    assert "✓ Worked" in words
    assert "Lesson (our interpretation): Share the cost of what protects everybody." in words
    facts = {words_of(term): words_of(term.getnext()) for term in pane.iter("dt")}
    assert facts["Who did it"] == "Hull boatmen"
    assert facts["Where"] == "Hull (England); local level"
    assert facts["When"] == "2019-2021"
    assert (facts["Who says so"], facts["Kind of evidence"]) == ("Harbour Office", "Not stated")
    assert "Harbour Office: Harbour plan" in words
    assert "(government policy, 1 May 2024), Boats" in words
    assert "Note 1: Harbour Office, “Boat register”" in words.replace('"Boat register"', "“Boat register”")
    assert {link.get("href") for link in pane.iter("a") if not link.get("href").startswith("?")} == {
        "https://example.org/harbour",
        "https://example.org/register",
        "https://example.org/tide",
    }
    assert "Appoint a warden of tides in each harbour." in words


def test_pages_pass_for_no_more_than_they_are_and_another_publication_is_named(page: Page) -> None:
    words = " ".join(words_of(opened(page, case)) for case in EVERY)
    assert "about pages 3-4 of the report, by its table of contents" in words
    assert "Tide Trust, citing Leith Gazette" in words
    assert "Original source: Leith Gazette, Ropes" in words


def test_a_search_orders_the_cases_and_shows_the_nearest_sentence(page: Page) -> None:
    update = page.show("lamps that boatmen shared")
    assert titles(update)[0] == "The Hull lamp scheme"
    tree = parsed(update["_results"])
    assert words_of(tree.find(".//h2")) == "1 case matches “lamps that boatmen shared”"
    assert words_of(tree.find(".//p[@class='line']")).startswith("Boatmen shared the cost of lamps")
    nearest, *others = titles(page.show("lamps", sort="title"))
    assert (nearest, others) == ("The Hull lamp scheme", sorted(others))
    assert titles(page.show(sort="newest"))[0] == "A trial of tide wardens"


def test_what_is_further_from_a_search_unfolds_and_a_search_that_nothing_is_near_says_so(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    (further,) = parsed(page.show("lamps that boatmen shared")["_results"]).iter("details")
    assert words_of(further[0]) == "Show the 4 that do not match"
    # A query that names a case asks for all that are like it.
    assert "5 cases match" in page.show("like the Hull lamp scheme but for fog")["_results"]
    monkeypatch.setattr("assistant.precedents.search.NEARNESS", Nearness(least=0.99))
    tree = parsed(page.show("penguins on icebergs")["_results"])
    assert words_of(tree.find(".//h2")) == "No case matches “penguins on icebergs”. The nearest:"
    assert len(tree.findall("section/ul/li")) == 3


def test_a_search_has_its_facets_count_what_matches_and_draws_no_pictures(page: Page) -> None:
    found = page.named(page.cases._search("lamps that boatmen shared", "nearest", *page.values({})))
    assert "_pictures" not in found
    assert {words for words, _ in found["polarities"]["choices"]} >= {"Worked (1)", "Failed (0)"}


def test_facets_narrow_down_and_count_what_the_others_leave_in(page: Page) -> None:
    update = page.show(polarities=["worked", "failed"], years="2010-2014")
    assert titles(update) == ["Shared ropes in Leith"]
    assert words_of(parsed(update["_results"]).find(".//h2")) == "1 case"
    assert update["polarities"]["choices"] == [("Failed (1)", "failed"), ("Worked (0)", "worked")]
    years = [words for words, _ in update["years"]["choices"]]
    assert years == ["Any", "2010 to 2014 (1)", "2015 to 2019 (1)", "2020 to 2023 (1)"]
    assert dict(page.show()["polarities"]["choices"])["Under way (1)"] == "ongoing"
    assert (words_of(parsed(update["chip"])), words_of(parsed(page.show()["chip"]))) == ("Filters (3)", "Filters")
    assert next(iter(page.cases._facets)) == "polarities"


def test_an_address_searches_and_narrows_down_as_it_names(page: Page) -> None:
    address = "?tab=precedents&q=ropes&levels=regional&polarities=failed&years=2010-2014&sort=newest"
    update = page.follow(f"{address}&case={CASE}")
    assert titles(update) == ["Shared ropes in Leith"]
    assert update["drawn"] == parsed(update["_results"]).find("section").get("data-search") == address
    assert (update["query"], update["sort"], update["years"]["value"]) == ("ropes", "newest", "2010-2014")
    assert (update["polarities"]["value"], update["themes"]["value"]) == (["failed"], [])
    assert update["further_filters"].open  # "Level" is among them
    assert "The Hull lamp scheme" in update["pane"]
    # What is shown already is not searched again, unless the reader comes from another place.
    assert "_results" not in page.follow(f"{address}&case={CASE}", drawn=address)
    assert titles(page.follow(address, drawn=address, anew=True)) == ["Shared ropes in Leith"]
    plain = page.follow("?tab=precedents", drawn=address)
    assert len(titles(plain)) == len(EVERY)
    assert (plain["query"], plain["sort"], plain["years"]["value"], plain["levels"]["value"]) == ("", "nearest", "", [])


def test_what_an_address_names_wrongly_is_left_out_and_said(page: Page) -> None:
    address = "?tab=precedents&polarities=failed&years=2010-&places=%3Cb%3Eatlantis&sort=worst&view=attic&colour=red"
    update = page.follow(f"{address}&themes={'x' * 1000}")
    assert titles(update) == ["Shared ropes in Leith"]
    assert (update["sort"], update["years"]["value"], update["view"]) == ("nearest", "", "cases")
    (alert,) = parsed(update["_message"])
    assert alert.text_content().startswith(f"This link names what no case has: {'x' * 100}, 2010-, <b>atlantis.")
    many = page.follow(f"?tab=precedents&q={'a' * 600}&{'&'.join(f'places={n}' for n in range(9000))}")
    assert len(many["query"]) == QUERY_CHARACTERS
    assert many["_message"].count(", ") == 4


def test_each_view_is_shown_by_its_address_and_leaves_the_search(page: Page) -> None:
    for words, name in VIEWS.items():
        update = page.follow(f"?tab=precedents&view={name}")
        assert update["view"] == name, words
        assert "query" not in update
        # After a reload, the cases behind it are still to be drawn.
        assert len(titles(page.follow(f"?tab=precedents&view={name}", drawn=""))) == len(EVERY)


def test_an_address_asks_across_the_cases(page: Page) -> None:
    address = "?tab=precedents&view=ask-cases&q=What+has+worked+with+lamps%3F&levels=local"
    update = page.follow(address)
    assert (update["view"], update["question"]) == ("ask-cases", "What has worked with lamps?")
    assert update["levels_asked"]["value"] == ["local"]
    assert update["answered"] == parsed(update["answer"]).find("section").get("data-search") == address
    assert "query" not in update
    assert "answer" not in page.follow(address, answered=address)
    assert page.follow(f"{address}&places=atlantis")["problem"].count("atlantis") == 1
    empty = page.follow("?tab=precedents&view=ask-cases", answered=address)
    assert (empty["question"], empty["answer"], empty["levels_asked"]["value"]) == ("", "", [])
    # The cases behind it are not those of its question.
    assert len(titles(page.follow(address, drawn=""))) == len(EVERY)


def test_nothing_found_is_said(page: Page) -> None:
    update = page.show(polarities=["worked"], levels=["national"])
    assert "No cases found" in words_of(parsed(update["_results"]))
    # The numbers that lead back stay: those of the cases that the other facets leave in.
    (cell, *_) = parsed(update["_pictures"]).iter("td")
    assert words_of(cell) == "0"


def test_what_is_not_in_sight_at_first_unfolds(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsed(page.show()["_results"]).find(".//details") is None
    monkeypatch.setattr("assistant.web.precedents.cases_html.AT_ONCE", 2)
    further = parsed(page.show()["_results"]).find(".//details")
    assert words_of(further[0]) == "Show 3 more"
    assert len(further.findall(".//li")) == 3


def test_a_value_that_there_is_not_costs_one_sentence(page: Page) -> None:
    update = page.show(places=["<b>atlantis"])
    (alert,) = parsed(update["_message"])
    assert alert.get("role") == "alert"
    assert "<b>atlantis" in alert.text_content()
    assert set(update) == {"_message"}


def test_a_case_accepted_since_the_page_was_drawn_can_be_picked(library: Library) -> None:
    now = [library]
    with unserved():
        shortlist = Shortlist(lambda: now[0], gr.HTML())
    later = library.registers.precedents[0].model_copy(update={"id": "later", "title": "Accepted since"})
    now[0] = replace(library, accepted=SeenCases({"later": later}))
    event: Any = SimpleNamespace(action="shortlist", entry="later")
    update = shortlist._act(event, {"ids": [CASE]})
    assert update[shortlist.kept] == {"ids": [CASE, "later"]}
    assert "Accepted since" in update[shortlist.tray]
    now[0] = library  # retired again
    assert "1 on the shortlist" in words_of(parsed(shortlist._draw({"ids": [CASE, "later"]})))


def test_cases_are_picked_and_removed_and_two_to_four_stand_side_by_side(page: Page) -> None:
    picked: list[str] = []
    assert page.shortlist._draw({"ids": []}).strip() == ""
    for entry in EVERY:
        picked = page.act("shortlist", entry, picked)["kept"]["ids"]
    assert picked == EVERY
    assert NOT_COMPARED.format(5) in words_of(parsed(page.act("compare", "", picked)["tray"]))
    removed = page.act("shortlist", CASE, picked)
    picked = removed["kept"]["ids"]
    assert picked == EVERY[1:]
    assert removed["comparison"] == ""
    assert len(picked) == MOST_COMPARED
    assert "comparison" not in page.act("compare", "", [CASE])
    update = page.act("compare", "", picked[:3])
    assert update["view"] == "cases"
    (table,) = parsed(update["comparison"]).iter("table")
    heads = [words_of(head) for head in table.iterfind("thead/tr/th")]
    assert heads == ["What", "Shared ropes in Leith", "A fee for lighthouses", "Oars on loan"]
    rows = {words_of(row[0]): [words_of(cell) for cell in row[1:]] for row in table.iterfind("tbody/tr")}
    assert [cell.rsplit(" ", 1)[1] for cell in rows["Outcome"]] == ["Failed", "Proposed", "Mixed"]
    assert rows["Where"][0] == "Shared ropes in Leith Leith (Scotland); regional level"


def test_a_shortlist_is_copied_and_saved_with_its_references(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (copied,) = parsed(page.act("shortlist", CASE, EVERY[1:2])["tray"]).iter("textarea")
    lines = copied.text.splitlines()
    assert (lines[0], lines.count("The Hull lamp scheme")) == ("Shared ropes in Leith", 1)
    assert "Lesson (our interpretation): Share the cost of what protects everybody." in lines
    references = lines[lines.index("References") + 1 :]
    assert [line.split()[0] for line in references] == [f"[{n}]" for n in range(1, len(references) + 1)]
    saved = page.named(page.shortlist._save({"ids": [CASE]}))
    assert (Path(saved["file"]).name, Path(saved["file"]).read_bytes()[:2]) == ("shortlist.docx", b"PK")
    nothing = page.named(page.shortlist._save({"ids": []}))
    assert nothing["file"] is None


def test_a_full_shortlist_says_so(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(MOST_PICKED) in FULL
    monkeypatch.setattr("assistant.web.precedents.shortlist.MOST_PICKED", 2)
    update = page.act("shortlist", EVERY[2], EVERY[:2])
    assert FULL in words_of(parsed(update["tray"]))
    assert "kept" not in update


def test_cells_and_lines_of_a_comparison_stay_apart_in_the_words_alone(page: Page) -> None:
    (table,) = parsed(page.act("compare", "", EVERY[:3])["comparison"]).iter("table")
    assert "Original source:" in table.text_content()
    assert not re.findall(r"\w[a-z][A-Z]\w+", table.text_content())


def test_the_heat_map_counts_every_case_once(page: Page) -> None:
    (table, *_) = parsed(page.show()["_pictures"]).iter("table")
    rows = [[words_of(cell) for cell in row] for row in table.iterfind("tbody/tr")]
    assert [words_of(head) for head in table.iterfind("thead/tr/th")] == [
        "Theme", "Worked", "Cited as good practice", "Mixed", "Failed", "Proposed", "Under way", "All",
    ]  # fmt: skip
    assert rows[0] == ["safety", "1", "0", "1", "1", "0", "0", "3"]
    assert rows[-1] == ["All", "1", "0", "1", "1", "1", "1", "5"]
    shades = [cell.get("class") for cell in table.find("tbody/tr")[1:7]]
    assert shades == ["shade-4", "shade-0", "shade-4", "shade-4", "shade-0", "shade-0"]


def test_the_timeline_and_its_table_hold_the_same_numbers(page: Page) -> None:
    tree = parsed(page.show()["_pictures"])
    (bars,) = (item for item in tree.iter("div") if item.get("class") == "bars")
    shown = [words_of(item) for item in bars]
    numbers = dict(zip(shown[::2], shown[1::2], strict=True))
    assert numbers == {str(year): "0" for year in range(2012, 2025)} | {
        "2012": "1", "2016": "1", "2019": "1", "2024": "1", "No year": "1",
    }  # fmt: skip
    rows = {words_of(row[0]): words_of(row[-1]) for row in list(tree.iter("table"))[1].iterfind("tbody/tr")}
    assert rows == {year: number for year, number in numbers.items() if number != "0"}


def test_a_long_timeline_begins_with_what_was_before() -> None:
    bars = timeline([(1948, "worked"), (1990, "failed"), (2025, "ongoing")], {})["bars"]
    assert len(bars) == MOST_YEARS
    (period, number), *_ = bars
    assert period == "Before 2007"
    assert number.count == 2
    assert number.line == "began=1948&began=1990"
    assert timeline([(None, "worked")], {}) == {}
    assert heat_map([], {}, {}) == {}


def test_every_number_of_the_pictures_is_that_of_the_cases_which_it_chooses(page: Page) -> None:
    given = {"sectors": ["fishing"]}
    buttons = list(parsed(page.show(**given)["_pictures"]).iter("button"))
    assert len(buttons) >= 10
    for button in buttons:
        chosen = page.pick(button.get("data-id"), **given)
        count = int(words_of(button).split()[-1])
        assert len(titles(page.show(**chosen))) == count
        assert f"{count} case" in button.get("aria-label")
        assert button.get("aria-pressed") == "false"


def test_what_is_chosen_is_said_and_undone(page: Page) -> None:
    chosen = page.pick("themes=safety&polarities=failed")
    assert chosen == {"themes": ["safety"], "polarities": ["failed"]}
    tree = parsed(page.show(**chosen)["_pictures"])
    (pressed,) = (button for button in tree.iter("button") if button.get("aria-pressed") == "true")
    assert pressed.get("aria-label") == "1 case: safety, failed"
    assert "Showing – theme: safety; outcome: Failed." in words_of(tree)
    # The other numbers of the picture stay, since its own choice is no ground to leave them out.
    assert [words_of(cell) for cell in tree.findall(".//tbody/tr")[-1]][-1]
    assert page.pick("themes=safety&polarities=failed", **chosen) == {}
    assert page.pick("themes=safety&polarities=worked", **chosen) == chosen | {"polarities": ["worked"]}
    assert page.pick("", **chosen, sectors=["fishing"]) == {"sectors": ["fishing"]}
    assert page.pick("colour=red&shifts=stewardship") == {}


def test_the_map_counts_each_region_and_leaves_nobody_out(page: Page) -> None:
    tree = parsed(page.show()["_pictures"])
    (tiles,) = (item for item in tree.iter("div") if item.get("class") == "tiles")
    assert [words_of(tile) for tile in tiles] == ["Scotland 1", "Yorkshire and the Humber 3", "London 0"]
    assert [tile.get("style") for tile in tiles][1] == "grid-row: 2; grid-column: 2"
    rows = {words_of(row[0]): words_of(row[-1]) for row in list(tree.iter("table"))[2].iterfind("tbody/tr")}
    assert sum(map(int, rows.values())) == len(EVERY)
    assert {name: number for name, number in rows.items() if number != "0"} == {
        "Scotland": "1", "Yorkshire and the Humber": "3", "England as a whole": "1",
    }  # fmt: skip
    assert region_map((), [], {}) == {}


def test_a_case_has_an_address_and_a_wrong_one_leads_back(page: Page) -> None:
    (card,) = opened(page).iter("article")
    assert card.get("data-address") == f"?tab=precedents&case={CASE}"
    assert card.find(".//a").get("href") == "?tab=precedents"
    wrong = opened(page, "<b>atlantis")
    assert "No case '<b>atlantis'" in wrong.text_content()
    assert "Back to the cases" in words_of(wrong)
    assert list(wrong.iter("article")) == []
    assert "Choose a case to read it here." in words_of(opened(page, ""))


def test_a_quote_of_the_register_leads_to_its_case_and_no_other_quote_does(library: Library) -> None:
    cards = Cards(library.generation, library=library)

    def addresses(text_id: str) -> set[str]:
        document = library.generation.document(text_id)
        source = library.sources[text_id.partition("/")[0]]
        quotes = [
            make_quote(1, chunk, chunk.sentences[0], document, source)
            for chunk in library.generation.text_chunks(text_id)
            if chunk.sentences
        ]
        trees = [parsed(cards.region("Evidence", [quote])) for quote in quotes]
        links = [link for tree in trees for link in tree.iter("a") if words_of(link) == "View the case"]
        return {link.get("href") for link in links}

    register = [text for text, entry in library.generation.manifest.texts.items() if entry.part == "precedents"]
    told = set().union(*map(addresses, register))
    assert told == {f"?tab=precedents&case={case}" for case in cases_of(library).indexed}
    assert addresses("harbour-plan") == set()


def test_a_case_offers_the_first_of_its_questions(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [link for link in opened(page).iter("a") if link.get("data-action") == "ask"] == []
    questions = [f"What is lamp {number} {HOSTILE[0]}?" for number in range(4)]
    monkeypatch.setattr("assistant.web.precedents.cases_html.case_questions", lambda *_: questions)
    links = [link for link in opened(page).iter("a") if link.get("data-action") == "ask"]
    assert [words_of(link) for link in links] == questions[:3]
    assert {link.get("href") for link in links} == {"?tab=ask"}


def test_cases_and_recommendations_lead_to_each_other(page: Page) -> None:
    links = {words_of(link): link.get("href") for link in opened(page).iter("a")}
    assert links["Oars on loan"] == "?tab=precedents&case=oar-lending"
    followed = page.follow(links["Appoint tide wardens"])
    assert (followed["recommendation"], followed["view"]) == ("appoint-tide-wardens", "recommendations")
    assert followed["opened"] == ["appoint-tide-wardens"]
    assert "pane" not in followed
    (other,) = parsed(page.recommend(only="appoint-tide-wardens")["found"]).iter("article")
    assert other.get("data-address") == "?tab=precedents&recommendation=appoint-tide-wardens"
    back = {words_of(link): link.get("href") for link in other.iter("a")}
    followed = page.follow(back["A trial of tide wardens"])
    assert "tide-warden-trial" in followed["pane"]
    assert (followed["view"], followed["comparison"]) == ("cases", "")
    assert "query" not in followed
    every = page.follow("?tab=precedents&view=recommendations")
    assert (every["recommendation"], every["opened"], every["view"]) == ("", [], "recommendations")
    # Closing a case leaves the rest as it is.
    closed = page.follow("?tab=precedents")
    assert set(closed) == {"pane", "view", "comparison"}
    assert "Choose a case" in closed["pane"]
    assert page.follow("?tab=library&case=x") == {"view": gr.skip()}
    assert "No recommendation 'atlantis'" in parsed(page.recommend(only="atlantis")["found"]).text_content()


def test_recommendations_are_counted_shown_and_narrowed_down(page: Page) -> None:
    update = page.recommend()
    card, other = parsed(update["found"]).iter("article")
    words = words_of(card)
    assert "Who should act Harbour masters" in words
    assert "Source: Tide Trust: Tide report" in words
    assert "(independent proposal, February 2025), Wardens" in words
    assert "Related cases (3) : Appoint tide wardens" in words
    assert "A trial of tide wardens ▷ Under way" in words
    assert "told in the same section of the document" in words
    assert "When Within a year" in words_of(other)
    assert update["actor"]["choices"] == [
        ("Harbour masters (2)", "Harbour masters"),
        ("Harbour Office (1)", "Harbour Office"),
    ]
    assert update["section"]["choices"] == [("Wardens (2)", "Wardens")]
    narrow = page.recommend(shift=["Stewardship"])
    assert len(list(parsed(narrow["found"]).iter("article"))) == 1
    assert narrow["theme"]["choices"] == [("Leadership (1)", "Leadership"), ("Licences (0)", "Licences")]
    assert narrow["shift"]["choices"] == [("Collaboration (1)", "Collaboration"), ("Stewardship (1)", "Stewardship")]
    empty = page.recommend(theme=["Licences"], shift=["Stewardship"])
    assert "No recommendations found" in words_of(parsed(empty["found"]))


def test_what_government_documents_say_is_shown_as_found(page: Page) -> None:
    assert FOUND not in page.recommend()["found"]
    tree = parsed(page.recommend(opened=[RECOMMENDATION])["found"])
    assert FOUND in words_of(tree)
    (card,) = (item for item in tree.iter("article") if item.get("class") == "evidence-card")
    assert words_of(card).startswith("[1] Harbour Office: Harbour plan Government policy")
    words = "The office will license 40 boats by 2027. Every licence lasts three years."
    assert card.find(".//p[@class='told']/strong").text == words
    assert [button.get("aria-expanded") for button in tree.iter("button")] == ["false", "true"]
    other = words_of(parsed(page.recommend(opened=["appoint-tide-wardens"])["found"]))
    assert NONE_FOUND in other
    assert FOUND not in other


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_reader_or_the_register_become_markup_or_a_link(words: str, library: Library) -> None:
    url = "javascript:alert(1)"
    hostile = [_poisoned(entry, words, url) for entry in library.registers.precedents]
    asks = [
        item.model_copy(update={"text": words, "actor": words, "theme": words, "timeframe": words})
        for item in library.registers.recommendations
    ]
    source = {name: replace(item, title=words, publisher=words) for name, item in library.sources.items()}
    page = Page(replace(library, registers=Registers(tuple(asks), tuple(hostile)), sources=source))
    update = page.show(words)
    pane, tray = page.cases.opened(CASE), page.act("shortlist", CASE)["tray"]
    found = page.recommend(opened=[RECOMMENDATION])["found"]
    for shown in (update["_results"], update["_pictures"], pane, tray, found):
        assert words in parsed(shown).text_content()
    compared = comparison_html(hostile, Places(page.cases._current()), cases_of(page.cases._current()))
    assert words in parsed(compared).text_content()


def _poisoned(entry: Precedent, words: str, url: str) -> Precedent:
    told = entry.source[0]
    # Unchecked, since the register takes no such address.
    source = PrecedentSource.model_construct(
        document=told.document, section=words, pages=words, publisher=words, title=words, part=words, url=url
    )
    named = dict.fromkeys(("title", "organisation", "place", "country", "period", "theme", "summary", "lesson"), words)
    return entry.model_copy(update=named | {"sectors": (words,), "source": (source,)})
