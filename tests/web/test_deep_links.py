"""Addresses that reproduce a view."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from starlette.datastructures import QueryParams

from assistant import answering
from assistant.library import Library
from assistant.search.retrieval import Filters
from assistant.web.deep_links import View, link_to, link_to_case, link_to_recommendation, link_to_search, view_of
from tests.web.pages import HOSTILE

QUESTION = "How many boats will the office license by 2027?"


def test_an_address_names_everything_that_a_question_is_asked_with() -> None:
    address = (
        "q=+Why%3F&document=a&document=b&authority=statute&from=2024&to=2025-01&as_at=2025-03-07&mode=written&tab=ask"
    )
    view = View("ask", "Why?", ("a", "b"), ("statute",), "2024", "2025-01", "2025-03-07", written=True)
    assert view_of(QueryParams(address)) == view


@pytest.mark.parametrize(("tab", "asked"), [("", "Why?"), ("ask", "Why?"), ("precedents", ""), ("library", "")])
def test_what_another_tab_is_to_look_for_is_not_asked(tab: str, asked: str) -> None:
    view = view_of(QueryParams(f"q=Why%3F&tab={tab}"))
    assert (view.tab, view.question, view.asked) == (tab, "Why?", asked)


@pytest.mark.parametrize(("address", "tab"), [("", ""), ("tab=library", "library"), ("tab=%3Cb%3E", "")])
def test_a_tab_that_there_is_not_is_not_opened(address: str, tab: str) -> None:
    assert view_of(QueryParams(address)) == View(tab)


def test_a_case_and_a_recommendation_are_opened_by_their_links() -> None:
    assert view_of(QueryParams(link_to_case("tide-school")[1:])) == View("precedents", case="tide-school")
    view = view_of(QueryParams(link_to_recommendation("appoint-tide-wardens")[1:]))
    assert view == View("precedents", view="recommendations", recommendation="appoint-tide-wardens")
    # Links made before name the view so.
    assert view_of(QueryParams("tab=precedents&recommendation=all")) == View("precedents", view="recommendations")


@pytest.mark.parametrize("words", HOSTILE)
def test_a_search_of_the_cases_comes_back_from_its_link(words: str) -> None:
    facets = {"themes": [words, "safety"], "places": [], "years": ["2010-2014"]}
    link = link_to_search(words, facets, "newest")
    assert not set(link) & set("<>\"' ")
    view = view_of(QueryParams(f"{link[1:]}&themes=safety&colour=red"))
    assert view == View(
        "precedents", words, facets={"themes": (words, "safety"), "years": ("2010-2014",)}, sort="newest"
    )
    assert link_to_search("", {"themes": ()}, "nearest") == "?tab=precedents"


def test_the_link_of_an_answer_asks_it_again(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    assert view_of(QueryParams(link_to(answer, library)[1:])) == View(question=QUESTION)
    narrow = answering.ask(library, QUESTION, Filters(("harbour-plan",)), as_at="2024-06")
    view = view_of(QueryParams(link_to(narrow, library)[1:]))
    assert view == View(question=QUESTION, documents=("harbour-plan",), as_at="2024-06")
    again = answering.ask(library, view.question, Filters(view.documents), as_at=view.as_at)
    assert again.citations == narrow.citations
    assert answer.as_at == date.today().isoformat()


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_was_asked_comes_back_from_its_link(library: Library, words: str) -> None:
    link = link_to(replace(answering.ask(library, QUESTION), standalone_question=words), library)
    assert not set(link) & set("<>\"' ")
    assert view_of(QueryParams(link[1:])).question == words
