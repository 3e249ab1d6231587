"""The checks of the data sets: what dangles, stands twice, or mixes what is for tuning with what is for reporting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.library import Library
from evals.cases import Question, Sections, Splits, load_questions
from evals.checks import (
    count_problems,
    load_tuned_on,
    question_problems,
    quote_problems,
    share_few_words,
    shared_words,
    tuning_problems,
)
from evals.claims import AlteredQuote
from tests.library_making import TIDE, index_library, make_library, open_library

TOLLS = """
## Tolls {#tolls}

The toll of 5 pence falls due at noon. The toll of 5 pence falls due at dusk.
"""
LISTED = {
    "harbour-plan": Sections(dev=("boats",), test=("money",)),
    "harbour-plan/precedents": Sections(dev=("hull-lamp-scheme",), test=()),
    "tide-report": Sections(dev=("tolls",), test=("wardens",)),
    "tide-report/recommendations": Sections(dev=(), test=("appoint-tide-wardens",)),
}
SPLITS = Splits(LISTED)
BOATS = {"document": "harbour-plan", "section": "boats", "snippet": "will license 40 boats"}
WARDENS = {"document": "tide-report", "section": "wardens", "snippet": "every harbour appoint a tide warden"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    (settings.corpus / "summaries" / "tide-report.md").write_text(TIDE + TOLLS, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def case(**changes: Any) -> Question:
    values = {
        "id": "boats",
        "split": "dev",
        "type": "fact",
        "question": "What number of boats will the office license?",
        "status": "answered",
        "answer": "40 by 2027.",
        "key_facts": [["40 boats"]],
        "spans": [BOATS],
    }
    return Question.model_validate(values | changes)


def unanswerable(**changes: Any) -> Question:
    refused = {"id": "whales", "type": "unanswerable", "status": "not-in-library", "key_facts": [], "spans": []}
    return case(**(refused | {"question": "Who counts the whales?"} | changes))


def follow_up(**changes: Any) -> Question:
    return case(**({"id": "how-long", "type": "follow-up", "followup_of": "boats", "question": "How long?"} | changes))


def found(library: Library, *cases: Question) -> list[str]:
    return list(question_problems(cases, SPLITS, library))


def test_a_sound_set_has_no_problems(library: Library) -> None:
    elsewhere = {"document": "harbour-plan/precedents", "section": "hull-lamp-scheme", "snippet": "shared the cost"}
    cases = [
        case(),
        follow_up(key_facts=[["three years"]]),
        case(id="lamps", question="What did lamps do to collisions?", key_facts=[["fell by half"]], spans=[elsewhere]),
        case(
            id="tide", split="test", question="Whom should harbours appoint?", key_facts=[["warden"]], spans=[WARDENS]
        ),
        unanswerable(near="harbour-plan#boats"),
    ]
    assert found(library, *cases) == []


PLACES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "not-in-the-text": (
        BOATS | {"snippet": "will license 41 boats"},
        "Case boats: harbour-plan#boats: the snippet 'will license 41 boats' does not stand in that section.",
    ),
    "in-the-next-section": (
        BOATS | {"snippet": "Leith | £12m"},
        "Case boats: harbour-plan#boats: the snippet 'Leith | £12m' does not stand in that section.",
    ),
    "across-two-sections": (
        BOATS | {"snippet": "seasoned ash.\n\nMoney"},
        "Case boats: harbour-plan#boats: the snippet 'seasoned ash.\\n\\nMoney' does not stand in that section.",
    ),
    "twice": (
        {"document": "tide-report", "section": "tolls", "snippet": "toll of 5 pence falls due"},
        "Case boats: tide-report#tolls: the snippet 'toll of 5 pence falls due' stands there more than once; "
        "make it longer.",
    ),
    "unknown-text": (
        BOATS | {"document": "river-plan"},
        "Case boats: river-plan#boats: the library holds no such text; it holds: harbour-plan, "
        "harbour-plan/precedents, tide-report, tide-report/recommendations.",
    ),
    "unknown-section": (
        BOATS | {"section": "ships"},
        "Case boats: harbour-plan#ships: the text has no section of that id.",
    ),
}


@pytest.mark.parametrize(("place", "problem"), PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("first", [True, False], ids=["needed", "would-do"])
def test_a_place_that_is_not_there_or_there_twice_is_named(
    place: Mapping[str, str], problem: str, first: bool, library: Library
) -> None:
    span = place if first else {**BOATS, "also": [place]}
    assert problem in found(library, case(key_facts=[["5 pence", "40 boats"]], spans=[span]))


SPLIT_PROBLEMS: Mapping[str, tuple[Question, str]] = {
    "needed": (case(split="test"), "Case boats is test, but harbour-plan#boats is dev."),
    "would-do": (
        case(spans=[{**BOATS, "also": [WARDENS]}]),
        "Case boats is dev, but tide-report#wardens is test.",
    ),
    "near": (unanswerable(near="harbour-plan#money"), "Case whales is dev, but harbour-plan#money is test."),
    "near-nothing": (
        unanswerable(near="harbour-plan#whales"),
        "Case whales: sections.toml does not list harbour-plan#whales.",
    ),
}


@pytest.mark.parametrize(("wrong", "problem"), SPLIT_PROBLEMS.values(), ids=SPLIT_PROBLEMS.keys())
def test_a_case_belongs_to_the_split_of_its_sections(wrong: Question, problem: str, library: Library) -> None:
    assert found(library, wrong) == [problem]


def test_every_section_has_a_split_and_every_split_section_exists(library: Library) -> None:
    listed = LISTED | {"harbour-plan": Sections(dev=("boats",), test=("ships",))}
    assert list(question_problems([], Splits(listed), library)) == [
        "sections.toml does not list harbour-plan#money; run `python -m evals.making.sections`.",
        "sections.toml lists harbour-plan#ships, which the library does not hold.",
    ]


def test_a_fact_that_no_supporting_section_states_cannot_be_asked_for(library: Library) -> None:
    wrong = case(key_facts=[["40 boats"], ["£30m", "30 million pounds"]])
    assert found(library, wrong) == ["Case boats: no supporting section states the fact ['£30m', '30 million pounds']."]


@pytest.mark.parametrize(
    "fact",
    ["Harbour Office", "the harbour plan", "2024-05-01", "government policy", "tide warden"],
    ids=["publisher", "title", "date", "authority", "other-place"],
)
def test_a_fact_may_stand_in_the_catalogue_or_in_a_place_that_would_do(fact: str, library: Library) -> None:
    wardens = case(key_facts=[[fact.removeprefix("the ")]], spans=[{**BOATS, "also": [WARDENS]}])
    assert not [problem for problem in found(library, wardens) if "states the fact" in problem]


@pytest.mark.parametrize(
    ("question", "what"),
    [
        (
            "What number of boats does the office license?",
            "case boats, 'What number of boats will the office license?'",
        ),
        ("The office licenses what number of boats?", "case boats, 'What number of boats will the office license?'"),
        ("How many vessels get permits?", "the authored question 'How many vessels get a permit?'"),
    ],
    ids=["tense", "order", "authored"],
)
def test_a_question_is_asked_once(question: str, what: str, library: Library) -> None:
    again = case(id="again", question=question)
    assert found(library, case(), again) == [f"Case again asks {question!r}, which is {what}."]


def test_questions_that_share_some_words_are_two_questions(library: Library) -> None:
    # number, boats, office, license against boats, office, sink: 2 of 5 words in common.
    other = case(id="sink", question="When do boats of the office sink?")
    assert found(library, case(), other) == []


FOLLOW_UPS: Mapping[str, tuple[tuple[Question, ...], str]] = {
    "before-its-parent": (
        (follow_up(), case()),
        "Case how-long: followup_of names 'boats', which no earlier line has.",
    ),
    "of-nothing": ((follow_up(),), "Case how-long: followup_of names 'boats', which no earlier line has."),
    "in-the-other-split": (
        (case(), follow_up(split="test", key_facts=[["warden"]], spans=[WARDENS])),
        "Case how-long is test, its parent boats is dev.",
    ),
}


@pytest.mark.parametrize(("cases", "problem"), FOLLOW_UPS.values(), ids=FOLLOW_UPS.keys())
def test_a_follow_up_comes_after_its_parent_and_in_its_split(
    cases: tuple[Question, ...], problem: str, library: Library
) -> None:
    assert found(library, *cases) == [problem]


def quote(**changes: Any) -> AlteredQuote:
    values = {
        "id": "figure-1",
        "split": "dev",
        "kind": "figure",
        "supported": False,
        "claim": "The office will license 50 boats by 2027.",
        "context": "The office will license 40 boats by 2027. Every licence lasts three years.",
        "document": "harbour-plan",
        "section": "boats",
        "original": "The office will license 40 boats by 2027.",
        "altered": "40 → 50",
    }
    return AlteredQuote.model_validate(values | changes)


QUOTES: Mapping[str, tuple[tuple[AlteredQuote, ...], tuple[str, ...]]] = {
    "sound": ((quote(), quote(id="figure-2", claim="The office will license 60 boats by 2027.")), ()),
    "other-split": ((quote(split="test"),), ("Quote figure-1 is test, but harbour-plan#boats is dev.",)),
    "unlisted-section": (
        (quote(section="ships"),),
        ("Quote figure-1 is dev, but harbour-plan#ships is not listed.",),
    ),
    "unknown-text": (
        (quote(document="river-plan"),),
        (
            "Quote figure-1 is dev, but river-plan#boats is not listed.",
            "Quote figure-1: the library holds no text 'river-plan'.",
        ),
    ),
    "other-context": (
        (quote(context="Now the office will license 40 boats by 2027.", original="license 40 boats by 2027."),),
        ("Quote figure-1: its context does not stand in harbour-plan; make the set again.",),
    ),
    "twice": (
        (quote(), quote(id="figure-2")),
        ("Quote figure-2: the same claim stands with the same context twice.",),
    ),
}


@pytest.mark.parametrize(("quotes", "problems"), QUOTES.values(), ids=QUOTES.keys())
def test_altered_quotes_rest_on_the_library(
    quotes: tuple[AlteredQuote, ...], problems: tuple[str, ...], library: Library
) -> None:
    assert tuple(quote_problems(quotes, SPLITS, library)) == problems


def test_what_was_tuned_on_a_section_for_reporting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tuned_on.json"
    record = {
        "retrieval": ["harbour-plan#boats", "harbour-plan#money"],
        "abstention": ["harbour-plan/precedents#hull-lamp-scheme", "harbour-plan#whales"],
    }
    path.write_text(json.dumps(record), encoding="utf-8")
    assert list(tuning_problems(SPLITS, path)) == [
        "tuned_on.json: retrieval was tuned on harbour-plan#money, which is no dev section.",
        "tuned_on.json: abstention was tuned on harbour-plan#whales, which is no dev section.",
    ]


def test_without_a_record_nothing_was_tuned(tmp_path: Path) -> None:
    assert load_tuned_on(tmp_path / "tuned_on.json") == {}
    assert list(tuning_problems(SPLITS, tmp_path / "tuned_on.json")) == []


def test_too_few_questions_of_a_kind_are_counted() -> None:
    assert list(count_problems([unanswerable()])) == [
        "1 questions of type unanswerable; at least 40 are wanted.",
        "0 questions of type false-premise; at least 15 are wanted.",
        "0 questions of type authority; at least 20 are wanted.",
        "0 questions of type date; at least 10 are wanted.",
        "1 questions; at least 240 are wanted.",
    ]


def test_words_shared_with_the_passage_are_counted_in_any_form(library: Library) -> None:
    # Of "boats" and "licensed" both stand in the paragraph, of "ships" and "licensed" one, of "ships" and "crew" none.
    cases = [
        case(question=question)
        for question in ("How many boats are licensed?", "How many ships are licensed?", "What of ships and crew?")
    ]
    assert [shared_words(one, library) for one in cases] == [1.0, 0.5, 0.0]
    assert share_few_words([*cases, unanswerable()], library) == pytest.approx(1 / 3)
    assert share_few_words([unanswerable()], library) == 0.0


def test_there_are_enough_questions_of_each_kind() -> None:
    assert list(count_problems(load_questions())) == []
