"""The two sides of a comparing question, each with its own part of the library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering import ask
from assistant.answering.sides import SideFinder, speakers_of
from assistant.search.retrieval import Filters
from assistant.sources.catalogue import load_catalogue
from assistant.text.speakers import GOVERNMENT
from tests.library_making import index_library, make_library, open_library

SOURCES = {source.id: source for source in load_catalogue(Path(__file__).parents[2] / "corpus") if source.summary}
DEMOS, PLAN, NPPS = "mission-ready-national-missions", "plan-for-change", "national-procurement-policy-statement"
PAPER, SETTLEMENTS = "english-devolution-white-paper", "integrated-settlements"
COMMENTARIES = tuple(f"{name}-commentary" for name in (PAPER, PLAN))
SPEAKERS = {
    "Demos": {DEMOS},
    "Demos, March 2025": {DEMOS},
    "Institute for Government, January 2025; Demos, March 2025": {DEMOS},
    "HM Government": {PLAN},
    "Cabinet Office": {NPPS},
    "Ministry of Housing, Communities and Local Government": {PAPER, SETTLEMENTS},
    "Institute for Government": {COMMENTARIES[1]},
    "National Audit Office": {COMMENTARIES[1]},
    "Local Government Association": {COMMENTARIES[0]},
    "Full Fact": {COMMENTARIES[1]},
    "The Register": {COMMENTARIES[1]},
    "Georgia Gould, Cabinet Office minister": {COMMENTARIES[1]},
    "Steward": set(COMMENTARIES),
}
FINDER = SideFinder(SOURCES, SPEAKERS)

COMPARING = [
    ("How do Demos and the government differ on Mission Councils?", "Demos", "the government", "Mission Councils"),
    ("Compare Demos and the White Paper on neighbourhoods", "Demos", "the White Paper", "neighbourhoods"),
    ("What do the White Paper and the Act say about parish councils?", "the White Paper", "the Act", "parish councils"),
    (
        "What do the Plan for Change and the Devolution White Paper say about new homes?",
        "the Plan for Change",
        "the Devolution White Paper",
        "new homes",
    ),
    ("Demos versus the NPPS on small firms", "Demos", "the NPPS", "small firms"),
    ("demos vs cabinet office on value for money", "demos", "cabinet office", "value for money"),
    (
        "How does Demos’s view of mission boards differ from the government’s?",
        "Demos",
        "the government",
        "mission boards",
    ),
    (
        "Compare what ministers promised on mission boards with what Demos found.",
        "ministers",
        "Demos",
        "mission boards",
    ),
    (
        "Do Full Fact and the Institute for Government agree on waiting lists?",
        "Full Fact",
        "the Institute for Government",
        "waiting lists",
    ),
    (
        "Where do Demos and MHCLG disagree about integrated budgets?",
        "Demos",
        "MHCLG",
        "integrated budgets",
    ),
    (
        "What is the difference between the White Paper and the Plan on planning reform?",
        "the White Paper",
        "the Plan",
        "planning reform",
    ),
    (
        "What do Demos and the Local Government Association have in common on council funding?",
        "Demos",
        "the Local Government Association",
        "council funding",
    ),
    (
        "Is the definition of a mission in the Plan for Change the same as in Demos?",
        "the Plan for Change",
        "Demos",
        "definition of a mission",
    ),
    (
        "What does the procurement policy statement say about social value compared with Demos?",
        "the procurement policy statement",
        "Demos",
        "social value",
    ),
    ("How does the press differ from ministers on knife crime?", "the press", "ministers", "knife crime"),
    (
        "How do think tanks and the government compare on devolution deals?",
        "think tanks",
        "the government",
        "devolution deals",
    ),
    (
        "Contrast Georgia Gould with the NAO on test and learn",
        "Georgia Gould",
        "the NAO",
        "test and learn",
    ),
    (
        "How do Mission-Ready National Missions and the Plan for Change describe partnership with business?",
        "Mission-Ready National Missions",
        "the Plan for Change",
        "partnership with business",
    ),
    (
        "On volunteering, how do Demos and Whitehall differ?",
        "Demos",
        "Whitehall",
        "volunteering",
    ),
    (
        "Compare HM Government and the IfG on the Mission Delivery Unit",
        "HM Government",
        "the IfG",
        "Mission Delivery Unit",
    ),
]
OTHERS = [
    "How do Labour's missions differ from the moon landing?",
    "How does Demos compare public purchasing with the NHS?",
    "Who should fund Mission Councils?",
    "What does Demos ask of the government on Mission Councils?",
    "Does Demos want the government to set up Mission Councils?",
    "How has the government responded to Demos on mission boards?",
    "What is the difference between a foundation and a mayoral authority?",
    "How do foundation and mayoral authorities differ on planning?",
    "What does the White Paper say about the Plan for Change?",
    "How does local government differ from central government in staffing?",
    "Which countries does the Plan for Change compare living standards with?",
    "Compare Demos and the White Paper.",
    "What should civil society and the government do together on volunteering?",
    "What did the government agree with mayors on budgets?",
    "PPN 015 versus PPN 018: what changed for late payers?",
    "What do Demos, the NAO and the Cabinet Office say about procurement?",
    "Does the White Paper replace the earlier bill and the policy papers on mayors?",
    "What do councils and the register of interests say about gifts?",
    "How does Demos think that the government should differ from its predecessors?",
    "What is in both volumes of the settlement?",
]


@pytest.mark.parametrize(("question", "first", "second", "topic"), COMPARING)
def test_a_comparing_question_is_put_to_both_of_its_sides(question: str, first: str, second: str, topic: str) -> None:
    sides = FINDER.find(question)
    assert sides is not None
    assert [side.name for side in sides] == [first, second]
    assert {side.question for side in sides} == {f"What is said about {topic}?"}
    assert len({(side.filters, side.speakers) for side in sides}) == 2


@pytest.mark.parametrize("question", OTHERS)
def test_any_other_question_has_no_sides(question: str) -> None:
    assert FINDER.find(question) is None


def test_the_sets_are_of_twenty_each() -> None:
    assert (len(COMPARING), len(OTHERS)) == (20, 20)


def test_a_document_is_searched_and_a_speaker_is_heard_wherever_they_speak() -> None:
    sides = FINDER.find("Where do Demos and the White Paper differ on mayors?")
    assert sides is not None
    assert (sides[0].filters.documents, sides[0].speakers) == ((DEMOS,), {"Demos", "Demos, March 2025"})
    assert (sides[1].filters.documents, sides[1].speakers) == ((PAPER,), frozenset())


def test_the_government_is_whoever_speaks_with_its_authority() -> None:
    sides = FINDER.find("Where do ministers and Georgia Gould differ on teams?")
    assert sides is not None
    assert {*sides[0].filters.authorities} == GOVERNMENT
    assert (sides[1].filters.documents, sides[1].speakers) == (
        (COMMENTARIES[1],),
        {"Georgia Gould", "Georgia Gould, Cabinet Office minister"},
    )


def test_a_short_title_of_two_documents_names_neither() -> None:
    twin = replace(SOURCES[PAPER], id="twin", title="Housing White Paper")
    finder = SideFinder({**SOURCES, "twin": twin}, SPEAKERS)
    assert finder.find("Compare Demos and the White Paper on mayors") is None
    sides = finder.find("Compare the Housing White Paper and the Devolution White Paper on mayors")
    assert sides is not None
    assert [side.filters.documents for side in sides] == [("twin",), (PAPER,)]


def test_speakers_come_with_the_documents_that_they_speak_in(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    index_library(settings)
    library = open_library(settings)
    try:
        speakers = speakers_of(library)
        sides = SideFinder(library.held, speakers).find("Do the Harbour Office and Tide Trust differ on lamps?")
        answer = ask(library, "How do the Harbour Office and the Tide Trust differ on tide wardens?")
        elsewhere = ask(library, answer.question, Filters(documents=("harbour-plan",)))
    finally:
        library.generation.close()
    assert "harbour-plan" in speakers["Harbour Office"]
    assert sides is not None
    assert [side.filters.documents for side in sides] == [("harbour-plan",), ("tide-report",)]
    assert {quote.speaker.name for quote in answer.citations} == {"Tide Trust"}
    assert (answer.status, answer.gaps) == (
        "partly-answered",
        ("what the Harbour Office says about tide wardens.",),
    )
    assert {quote.document for quote in elsewhere.citations} <= {"harbour-plan"}


def test_a_question_that_is_compared_on_is_put_as_one() -> None:
    sides = FINDER.find("How do Demos and the government differ on who should join mission boards?")
    assert sides is not None
    assert {side.question for side in sides} == {"Who should join mission boards?"}
    assert sides[1].gap == "what the government says about who should join mission boards."
