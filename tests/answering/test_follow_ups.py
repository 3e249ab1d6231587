"""Follow-ups made to stand alone by rules."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.answering.capitals import library_names, with_capitals
from assistant.answering.follow_ups import Turn, standalone_question
from assistant.answering.pronouns import names_in, people_in, points_back, subject_of
from tests.library_making import index_library, make_library, open_library

COUNCILS = Turn("What are Mission Councils?", "Bodies that advise.")
TYPES = Turn(
    "Which types of mobilisation are there?",
    "Demos (independent proposal):\n1. “Awareness: people know of it.” [1]\n2. “Passive support: nobody objects.” [1]",
)


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (COUNCILS, "And who pays for them?", "Who pays for Mission Councils?"),
        (COUNCILS, "What are their duties?", "What are Mission Councils' duties?"),
        (Turn("What is the LIO role?", "…"), "What does it mean for Wales?", "What does the LIO role mean for Wales?"),
        (
            Turn("What is the LIO role?", "…"),
            "What does Demos say of its cost?",
            "What does Demos say of the LIO role's cost?",
        ),
        (
            Turn("When was the Plan for Change launched?", "In December."),
            "Who presented it?",
            "Who presented the Plan for Change?",
        ),
        (
            Turn("What does Demos say about the Better Business Act?", "It would help."),
            "Which law would it amend?",
            "Which law would the Better Business Act amend?",
        ),
        (
            Turn("What does the neighbourhood policing milestone promise?", "13,000 officers."),
            "Who pays for it?",
            "Who pays for the neighbourhood policing milestone?",
        ),
        (
            Turn("Who led the team?", "Clara Swinson led the Mission Delivery Unit."),
            "Where did she work before?",
            "Where did Clara Swinson work before?",
        ),
        (
            Turn("Where does the Mission Delivery Unit sit?", "In the centre."),
            "How big is the unit?",
            "How big is the Mission Delivery Unit?",
        ),
        (TYPES, "What does the second one mean?", "What does “Passive support” mean?"),
        (TYPES, "And the last?", "“Passive support”?"),
    ],
    ids=[
        "them",
        "their",
        "mean",
        "its-after-a-speaker",
        "it",
        "said-about",
        "lower-case",
        "she",
        "short-name",
        "second",
        "last",
    ],
)
def test_what_points_back_is_spelt_out(before: Turn, question: str, expected: str) -> None:
    assert standalone_question(question, [before]) == expected


@pytest.mark.parametrize(
    ("parent", "question", "expected"),
    [
        ("Do Scottish bodies follow the rule?", "What about Wales?", "Do Welsh bodies follow the rule?"),
        ("How much was retained in Preston?", "And Lancashire?", "How much was retained in Lancashire?"),
        (
            "What did the OBR expect in March 2026?",
            "And in November 2025?",
            "What did the OBR expect in November 2025?",
        ),
        ("How many homes were built in 2024?", "What about 2025?", "How many homes were built in 2025?"),
        (
            "What does Demos ask of the Mission Delivery Unit?",
            "How about the Partnerships Unit?",
            "What does Demos ask of the Partnerships Unit?",
        ),
        ("What pays for homes?", "What about their roads?", "What pays for homes? What about their roads?"),
    ],
    ids=["nation", "place", "preposition", "year", "like-name", "no-counterpart"],
)
def test_what_about_asks_the_same_of_another(parent: str, question: str, expected: str) -> None:
    assert standalone_question(question, [Turn(parent, "…")]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Which authorities have an Integrated Settlement?",
        "What should be done for bodies that speak for those who rent?",
        "How many councils are there and how many will be left once they are reorganised?",
        "Is it true that the Treasury funds every mission?",
        "Does the board think that it can meet the target for homes?",
        "How much would the mayor's network save if fares covered more of its costs?",
        "DVLA IT insourcing savings",
        "What was promised for this Parliament?",
        "When did the last review of procurement end?",
        "And what does the National Audit Office say about frameworks for common goods?",
        "When did West Yorkshire get its settlement?",
        "What is HMT?",
    ],
    ids=[
        "plain",
        "relative",
        "own-antecedent",
        "expletive",
        "own-it",
        "own-its",
        "it-as-a-name",
        "time",
        "ordinal",
        "and-with-a-name",
        "its-owner",
        "one-name",
    ],
)
def test_a_new_subject_is_left_alone(question: str) -> None:
    assert standalone_question(question, [COUNCILS, TYPES]) == question


@pytest.mark.parametrize("question", ["Why?", "How many?", "On which grounds?"])
def test_a_question_that_says_too_little_stands_behind_the_last(question: str) -> None:
    assert standalone_question(question, [COUNCILS]) == f"What are Mission Councils? {question}"


@pytest.mark.parametrize(
    ("parents", "question", "expected"),
    [
        (["Has the vote in Essex been put back?"], "why?", "Why has the vote in Essex been put back?"),
        (["Did the NHS hit its target"], "by how much?", "By how much did the NHS hit its target"),
        (["Do Welsh bodies follow the rule?"], "and in Scotland?", "Do Scottish bodies follow the rule?"),
        (["How much do boards get?"], "and in Wales?", "How much do boards get in Wales?"),
        (["How did the SNP react to the plan"], "and the tories?", "How did the tories react to the plan"),
        (["What are Mission Councils?"], "is that government policy?", "Are Mission Councils government policy?"),
        (["What did the panel conclude?"], "when was that published?", "When was the panel published?"),
        (
            ["which areas have moved powers to the mayor"],
            "which one was last?",
            "Which of the areas that have moved powers to the mayor was last?",
        ),
        (["Which areas are in the scheme?"], "What do they get?", "What do the areas that are in the scheme get?"),
        (["How many homes does Hull promise?"], "are they on track?", "Are the homes on track (Hull)?"),
        (
            ["When did the old act come into force?"],
            "sorry, I meant the new act",
            "When did the new act come into force?",
        ),
        (["What did Hull get for boats?"], "no, i meant the harbour", "What did Hull get for the harbour?"),
        (["Which bodies get grants?"], "just the ones in the north", "Which bodies get grants in the north?"),
        (["What do boards ask?"], "only the health one please", "What do boards ask, only the health one?"),
        (["What does the rule make buyers do?"], "is the NHS caught by it?", "Is the NHS caught by the rule?"),
        (["Who sits on the harbour board?"], "When do they meet?", "When do the harbour board meet?"),
        (["What is test and learn?", "Which places came first?"], "has it worked?", "Has test and learn worked?"),
        (["what is the alliance", "how much is it worth"], "who runs it", "Who runs the alliance"),
    ],
)
def test_what_is_left_out_is_filled_in(parents: list[str], question: str, expected: str) -> None:
    assert standalone_question(question, [Turn(parent, "…") for parent in parents]) == expected


def test_an_older_subject_does_not_come_back_after_another_was_named() -> None:
    before = [Turn("What is test and learn?", "…"), Turn("Who in Hull paid for the boats that Goole lent?", "…")]
    assert "test and learn" not in standalone_question("has it worked?", before)


def test_what_one_meant_to_ask_is_no_correction() -> None:
    asked = "I meant to ask how many homes the council built in 2024"
    assert standalone_question(asked, [COUNCILS]) == asked


def test_a_long_question_keeps_its_end() -> None:
    asked = f"Is that government policy {'and ' * 400}law?"
    assert standalone_question(asked, [COUNCILS]).endswith("and law?")


def test_names_typed_in_lower_case_are_names_too() -> None:
    asked = "and south yorkshire?"
    before = [Turn("how much does west yorkshire get", "The Bee Network: West Yorkshire gets £3m.")]
    names = {"south yorkshire": "South Yorkshire"}
    assert standalone_question(asked, before, names) == "how much does South Yorkshire get"
    assert standalone_question(asked, before) == "how much does west yorkshire get. and south yorkshire?"
    assert (
        with_capitals("when did the bee network start?", names, before[0].answer) == "when did the Bee Network start?"
    )
    assert (
        with_capitals("Who pays for south yorkshire and the NHS?", names) == "Who pays for south yorkshire and the NHS?"
    )


def test_names_of_the_library_are_its_titles_publishers_and_places(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    index_library(settings)
    names = library_names(open_library(settings))
    assert names["harbour plan"] == "Harbour plan"
    assert names["scotland"] == "Scotland"
    assert "the" not in names


def test_where_no_rule_fits_nothing_of_either_question_is_lost() -> None:
    parent = "How much did the council spend on roads"
    assert standalone_question("How much of that came from grants?", [Turn(parent, "£3m.")]) == (
        f"{parent}. How much of that came from grants?"
    )


def test_a_chain_of_follow_ups_reaches_back_to_the_subject() -> None:
    conversation = [COUNCILS, Turn("And who pays for them?", "Members do.")]
    assert "Mission Councils" in standalone_question("How often do they meet?", conversation)


def test_after_a_change_of_subject_the_first_one_is_forgotten() -> None:
    conversation = [COUNCILS, Turn("When was the Plan for Change launched?", "In December.")]
    assert standalone_question("Who presented it?", conversation) == "Who presented the Plan for Change?"


def test_without_a_conversation_nothing_is_added() -> None:
    assert standalone_question("Who pays for it?", []) == "Who pays for it?"


@pytest.mark.parametrize(
    "words",
    ["it and councils, ", "the first ", "Xx Of ", "who is about ", "1. - “", "that ", "mayors and councils, it "],
)
def test_a_hostile_conversation_costs_no_time(words: str) -> None:
    long = words * 3000
    started = time.process_time()
    standalone_question(f"And what about {long} of it?", [Turn(long, long), Turn(f"What is {long}?", long)])
    standalone_question(long, [Turn(long, long)])
    assert time.process_time() - started < 5


def test_names_people_and_subjects() -> None:
    assert names_in("Did the Council of the Nations and Regions meet No. 10 in 2024?")[0] == (
        "Council of the Nations and Regions"
    )
    assert names_in("Since when do Members sit?") == ["Members"]
    assert people_in("The Low Pay Commission met Will Hutton and Torsten Bell.") == ["Will Hutton", "Torsten Bell"]
    assert subject_of("Who should act, and when?") is None
    assert not points_back("Does it matter whether councils agree?")
