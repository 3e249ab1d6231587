"""Whole lists from the registers: which questions ask for one, what is in it, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from assistant import answering
from assistant.answering.register_lists import REGISTERS
from assistant.answering.register_questions import read_list_question
from assistant.library import Library
from assistant.records import Answer
from assistant.registers.entries import load_registers
from assistant.registers.field_aliases import OTHER_NAMES, Field
from assistant.registers.field_values import Register, RegisterFields
from assistant.search.retrieval import Filters
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from tests.library_making import index_library, make_library, open_library

SHIPPED = Path(__file__).parents[2] / "corpus"
GLOSSARY = {"HO": "Harbour Office"}


def recommendation(identifier: str, actor: str, theme: str, timeframe: str = "") -> str:
    when = f'timeframe = "{timeframe}"\n' if timeframe else ""
    return f"""
[[recommendation]]
id = "{identifier}"
document = "tide-report"
text = "Do what {identifier.replace("-", " ")} means, in every port and at once."
actor = "{actor}"
theme = "{theme}"
section = "wardens"
pages = "3"
shift = ["stewardship"]
{when}"""


def precedent(identifier: str, place: str, period: str, polarity: str) -> str:
    return f"""
[[precedent]]
id = "{identifier}"
title = "The {identifier.replace("-", " ")}"
organisation = "Harbour Office; {place} boatmen"
place = "{place}"
country = "England"
level = "local"
period = "{period}"
sectors = ["fishing"]
shift = ["collaboration"]
theme = "night-safety"
polarity = "{polarity}"
summary = "Boatmen of {place} shared a cost. Collisions changed by half. Nobody had foreseen it."
lesson = "Share the cost of what protects everybody."
source = [{{ document = "harbour-plan", section = "boats" }}]
"""


RECOMMENDATIONS = "".join(
    [
        recommendation("appoint-wardens", "Harbour Office; harbour masters", "leadership"),
        recommendation("light-the-quays", "Harbour masters", "night-safety", "By 2027"),
        recommendation("train-wardens", "HM Treasury; Harbour Office (implied)", "leadership"),
        recommendation("pay-for-lamps", "HM Treasury", "funding"),
        recommendation("ask-the-crews", "Prime Minister", "participation"),
        recommendation("meet-the-crews", "Ministers; local authorities", "participation"),
    ]
)
PRECEDENTS = "".join(
    [
        precedent("lamp-scheme", "Hull", "2019-2021", "worked"),
        precedent("bell-scheme", "Greater Leith", "Since 2024", "failed"),
        precedent("rope-scheme", "Hull and Leith", "2010 to 2012", "failed"),
    ]
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = make_library(tmp_path_factory.mktemp("lists"))
    registers = settings.corpus / "registers"
    (registers / "recommendations.toml").write_text(RECOMMENDATIONS, encoding="utf-8")
    (registers / "precedents.toml").write_text(PRECEDENTS, encoding="utf-8")
    index_library(settings)
    return settings


@pytest.fixture(scope="module")
def library(settings: Settings) -> Iterator[Library]:
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture(scope="module")
def fields(settings: Settings) -> Mapping[Register, RegisterFields]:
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    registers = load_registers(settings.corpus)
    return {name: RegisterFields(name, registers, sources, GLOSSARY) for name in REGISTERS}


@pytest.fixture(scope="module")
def shipped() -> Mapping[Register, RegisterFields]:
    sources = {source.id: source for source in load_catalogue(SHIPPED)}
    return {name: RegisterFields(name, load_registers(SHIPPED), sources, {}) for name in REGISTERS}


def asked(question: str, fields: Mapping[Register, RegisterFields]) -> list[str] | None:
    """Ids of the entries that a question asks for, in no order; None for one that asks for no list."""
    found = read_list_question(question, fields)
    entries = (RECOMMENDATIONS + PRECEDENTS).split('id = "')[1:]
    return found and [name for name in (entry.partition('"')[0] for entry in entries) if found.asks_for(name)]


def titles(answer: Answer) -> list[str]:
    return [item.text for item in answer.sentences if item.text.startswith(("Recommendation: ", "Precedent: "))]


@pytest.mark.parametrize(
    ("question", "entries"),
    [
        ("What does the report ask of the Treasury?", "train-wardens pay-for-lamps"),
        ("Which recommendations are addressed to HMT?", "train-wardens pay-for-lamps"),
        ("Which recommendations are aimed at HO?", "appoint-wardens train-wardens"),
        ("What is the Prime Minister asked to do?", "ask-the-crews"),
        ("What should ministers do, according to the Tide Trust?", "meet-the-crews"),
        ("All recommendations for councils", "meet-the-crews"),
        ("recommendations to the Prime Minister and ministers", "ask-the-crews meet-the-crews"),
        ("Which recommendations on leadership are for the Treasury?", "train-wardens"),
        ("Which leadership recommendations are there?", "appoint-wardens train-wardens"),
        ("Which recommendations have a deadline?", "light-the-quays"),
        ("Which recommendations are for 2027?", "light-the-quays"),
        ("Every recommendation on night safety", "light-the-quays"),
        (
            "I am writing to the Treasury. We would like to see every recommendation on leadership",
            "appoint-wardens train-wardens",
        ),
        ("recomendations on leadership", "appoint-wardens train-wardens"),
        ("Tide Trust asks of ministers", "meet-the-crews"),
        ("What would the Tide Trust have ministers do?", "meet-the-crews"),
        ("What does the report ask of the Prime Minister? And of ministers?", "ask-the-crews meet-the-crews"),
    ],
)
def test_recommendations_are_found_by_their_fields(
    question: str, entries: str, fields: Mapping[Register, RegisterFields]
) -> None:
    assert asked(question, fields) == entries.split()


@pytest.mark.parametrize(
    ("question", "entries"),
    [
        ("Which precedents are from Leith?", "bell-scheme rope-scheme"),
        ("Which precedents failed?", "bell-scheme rope-scheme"),
        ("Which precedents in Hull did not work?", "rope-scheme"),
        ("Which precedents involve the Hull boatmen?", "lamp-scheme"),
        ("precedents from 2011", "rope-scheme"),
        ("precedents since 2020", "lamp-scheme bell-scheme"),
        ("precedents before 2019", "rope-scheme"),
        ("precedents between 2015 and 2019", "lamp-scheme"),
        ("precedents from 2012 to 2018", "rope-scheme"),
        ("How many precedents does the Harbour plan give?", "lamp-scheme bell-scheme rope-scheme"),
        ("List all precedents about fishing from Greater Leith", "bell-scheme"),
    ],
)
def test_precedents_are_found_by_their_fields(
    question: str, entries: str, fields: Mapping[Register, RegisterFields]
) -> None:
    assert asked(question, fields) == entries.split()


@pytest.mark.parametrize(
    ("field", "name"),
    [(field, name) for field in ("addressee", "outcome", "place", "level") for name in OTHER_NAMES[field]],
)
def test_every_other_name_is_read_in_a_question(
    field: Field, name: str, shipped: Mapping[Register, RegisterFields]
) -> None:
    question = {
        "addressee": f"Which recommendations are addressed to {name}?",
        "outcome": f"Which precedents are {name}?",
        "place": f"Which precedents come from {name}?",
        "level": f"Which precedents are {name}?",
    }[field]
    found = read_list_question(question, shipped)
    assert found
    assert [criterion.field for criterion in found.criteria] == [field]


@pytest.mark.parametrize(
    "question",
    [
        "What does the report say about the Treasury?",
        "What does the Treasury recommend to harbour masters?",
        "Which recommendations by the Treasury are there?",
        "What are the Treasury's recommendations on leadership?",
        "Which recommendation on leadership matters most?",
        "Which recommendations on leadership are the cheapest?",
        "Which recommendations are not addressed to the Treasury?",
        "Which recommendations are addressed only to the Treasury?",
        "Why is the Treasury asked to pay for lamps?",
        "Who should act on leadership?",
        "What are the harbour masters asking for?",
        "What should the leadership do?",
        "Which precedents involve the Hull Harbour Office?",
        "Which boatmen are precedents?",
        "Which precedents do boatmen like?",
        "What does the report recommend?",
        "Is there a precedent from Hull?",
        "Compare the precedents with the recommendations on fishing.",
    ],
)
def test_a_question_with_a_word_left_over_or_another_speaker_asks_for_no_list(
    question: str, fields: Mapping[Register, RegisterFields]
) -> None:
    assert asked(question, fields) is None


def test_every_entry_is_listed_once_in_the_register_s_order_with_its_own_quote(library: Library) -> None:
    answer = answering.ask(library, "What does the report ask of the Treasury?")
    lead, _, listed = answer.answer.partition("\n\n")
    assert lead == "2 of the 6 recommendations in the register match (document: Tide report; addressee: HM Treasury)."
    assert listed.startswith("Summary of Tide Trust, Tide report, register of recommendations (independent proposal, ")
    assert titles(answer) == ["Recommendation: train wardens", "Recommendation: pay for lamps"]
    assert [quote.n for quote in answer.citations] == [1, 2]
    assert [quote.section[-1] for quote in answer.citations] == titles(answer)
    assert (
        "- Recommendation: pay for lamps [2]\nDo what pay for lamps means, in every port and at once." in answer.answer
    )
    assert {sentence.verdict for sentence in answer.sentences} == {"supported"}


def test_a_long_list_is_shorter_by_entry_and_still_complete(settings: Settings) -> None:
    def ask(max_words: int) -> Answer:
        limited = settings.answering.model_copy(update={"max_words": max_words})
        with (library := open_library(settings.model_copy(update={"answering": limited}))).generation:
            return answering.ask(library, "List all precedents")

    whole, shorter, shortest = ask(300), ask(100), ask(30)
    assert titles(whole) == titles(shorter) == titles(shortest)
    assert len(titles(whole)) == 3
    assert "Lesson" in whole.answer
    assert "Outcome: failed" in shorter.answer
    assert "Lesson" not in shorter.answer
    assert shortest.answer.startswith("All 3 precedents in the register. Shown by their titles;")
    assert len(shortest.sentences) == 3


def test_a_name_that_no_entry_has_is_said_to_be_missing(library: Library) -> None:
    answer = answering.ask(library, "Which precedents are there from Port Dover?")
    assert answer.answer == "None of the 3 precedents in the register names Port Dover."
    assert answer.refused


def test_a_name_that_an_entry_has_in_its_words_alone_is_left_to_the_search(library: Library) -> None:
    answer = answering.ask(library, "Which recommendations are there for Every Port?")
    assert "None of the" not in answer.answer


def test_criteria_that_nothing_meets_together_are_named(library: Library) -> None:
    answer = answering.ask(library, "Which recommendations on participation are for the Treasury?")
    assert answer.answer == (
        "None of the 6 recommendations in the register match (theme: participation; addressee: HM Treasury)."
    )


def test_without_naming_the_register_nothing_found_is_left_to_the_search(library: Library) -> None:
    answer = answering.ask(library, "What does the report ask of the Treasury on participation?")
    assert "in the register" not in answer.answer


def test_a_filter_leaves_out_the_entries_of_other_documents(library: Library) -> None:
    filtered = answering.ask(library, "List all precedents", Filters(documents=("tide-report",)))
    assert "in the register." not in filtered.answer
    kept = answering.ask(library, "List all precedents", Filters(documents=("harbour-plan",)))
    assert len(titles(kept)) == 3


def test_an_entry_of_several_chunks_has_one_quote(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    (settings.corpus / "registers" / "precedents.toml").write_text(PRECEDENTS, encoding="utf-8")
    settings = settings.model_copy(update={"chunking": settings.chunking.model_copy(update={"chunk_tokens": 32})})
    index_library(settings)
    with (library := open_library(settings)).generation:
        chunks = library.generation.text_chunks("harbour-plan/precedents")
        assert len(chunks) > 3
        answer = answering.ask(library, "List all precedents")
    assert len(answer.citations) == 3
    assert {sentence.verdict for sentence in answer.sentences} == {"supported"}


def test_entries_that_the_index_does_not_hold_are_not_counted(settings: Settings, tmp_path: Path) -> None:
    more = RECOMMENDATIONS + recommendation("came-later", "HM Treasury", "funding")
    corpus = make_library(tmp_path).corpus
    (corpus / "registers" / "recommendations.toml").write_text(more, encoding="utf-8")
    with (library := open_library(settings.model_copy(update={"corpus": corpus}))).generation:
        assert answering.ask(library, "Which recommendations are for the Treasury?").answer.startswith("2 of the 6 ")
