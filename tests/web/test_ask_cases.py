"""The view "Ask the cases": what its event gives, and its HTML as a browser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.library import Library
from assistant.registers.entries import Registers
from assistant.web.precedents.across_cases_view import NO_QUESTION, AskCasesView
from tests.library_making import add_cases, index_library, make_library, open_library
from tests.web.pages import HOSTILE, parsed, unserved, words_of

LAMPS = "What has worked when boatmen shared the cost of lamps?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small library with five cases."""
    settings = make_library(tmp_path_factory.mktemp("cases"))
    add_cases(settings)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.accepted.close()
    opened.generation.close()


def ask(library: Library, question: str, **facets: Any) -> dict[str, Any]:
    """The event's changes by the names of the components."""
    with unserved():
        view = AskCasesView(lambda: library)
    names = {component: name for name, component in view._facets.items()}
    names |= {view.results: "results", view._message: "message", view.drawn: "address"}
    values = [facets.get(name, "" if name == "years" else []) for name in view._facets]
    return {names[component]: value for component, value in view._ask(question, *values).items()}


def test_an_answer_has_groups_and_each_case_its_words_number_and_sources(library: Library) -> None:
    update = ask(library, LAMPS)
    tree = parsed(update["results"])
    assert update["message"] == ""
    assert words_of(next(tree.iter("h2"))) == "1 of 5 cases comes near this: 1 worked."
    assert words_of(next(tree.iter("h3"))) == "Worked (1 case)"
    card = next(tree.iter("article"))
    assert words_of(card.find("h4")) == "[1] The Hull lamp scheme"
    assert "Boatmen shared the cost of lamps, and collisions fell by half. [1]" in map(words_of, card.iter("p"))
    assert not [*card.iter("blockquote")]
    assert "Lesson (our interpretation): Share the cost of what protects everybody." in words_of(card)
    facts = {words_of(term): words_of(term.getnext()) for term in card.iter("dt")}
    assert facts == {
        "Who did it": "Hull boatmen",
        "Where": "Hull (England)",
        "When": "2019-2021",
        "Who says so": "Harbour Office",
    }
    assert "Harbour Office: Harbour plan" in words_of(card.find("details"))
    assert {link.get("href") for link in card.iter("a") if link.get("href").startswith("?")} == {
        "?tab=precedents&case=hull-lamp-scheme"
    }


def test_a_proposal_stands_apart_and_says_that_nothing_was_done(library: Library) -> None:
    tree = parsed(ask(library, "What has worked to have ships pay for the light of lighthouses?")["results"])
    words = words_of(tree)
    assert "No case that worked or is cited as good practice was found on this" in words
    card = next(item for item in tree.iter("article") if "A fee for lighthouses" in words_of(item))
    assert "Proposed, not carried out." in words_of(card)
    assert words.index("though not what was asked for") < words.index("A fee for lighthouses")


def test_where_no_case_speaks_the_nearest_are_links(library: Library) -> None:
    tree = parsed(ask(library, "What has worked against locusts in vineyards?")["results"])
    assert words_of(next(tree.iter("h2"))) == "No case in the register comes near this."
    assert len(list(tree.iter("li"))) == 3
    assert not list(tree.iter("article"))


def test_only_some_cases_are_asked(library: Library) -> None:
    update = ask(library, LAMPS, levels=["national"])
    assert "1 case that the filters leave in" in words_of(parsed(update["results"]))
    assert ("Local (3)", "local") in update["levels"]["choices"]
    wrong = ask(library, LAMPS, levels=["lunar"])
    assert "levels: no case has" in wrong["message"]


def test_an_empty_question_asks_for_one(library: Library) -> None:
    assert NO_QUESTION in ask(library, "   ")["message"]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_reader_or_the_register_become_markup(words: str, library: Library) -> None:
    named = dict.fromkeys(("title", "organisation", "place", "country", "period", "theme", "summary", "lesson"), words)
    hostile = tuple(entry.model_copy(update=named) for entry in library.registers.precedents)
    poisoned = replace(library, registers=Registers(library.registers.recommendations, hostile))
    for question in (f"What has worked? {words}", "What has worked?"):
        assert parsed(ask(poisoned, question)["results"]) is not None
    shown = parsed(ask(poisoned, "What has worked?")["results"]).text_content()
    assert words in shown
