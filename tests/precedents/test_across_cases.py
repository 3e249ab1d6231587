"""A question across cases: groups by what came of them, exact words, and no proposal among results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents import CaseFilters
from assistant.precedents.across_cases import CaseAnswer, Relevance, ask_cases
from assistant.precedents.across_cases_question import read_case_question
from assistant.precedents.across_cases_text import NO_RESULT_TOLD, NOT_ASKED_FOR, answer_record, lead, lines_of
from assistant.precedents.proposal_sentences import is_proposal
from assistant.registers.entries import Registers

HULL, LEITH, TIDES = "hull-lamp-scheme", "leith-bell-scheme", "tide-school"
NEAR = Relevance(answer=0.6, near=0.5, behind=0.4)
"""With the stand-in embedder similarities are smaller."""


def groups(answer: CaseAnswer) -> dict[str, list[str]]:
    return {group.outcome: [case.entry.id for case in group.cases] for group in answer.groups}


def changed(register: Library, case: str, **fields: Any) -> Library:
    """The register with other words for one case."""
    entries = tuple(
        entry.model_copy(update=fields) if entry.id == case else entry for entry in register.registers.precedents
    )
    return replace(register, registers=replace(register.registers, precedents=entries))


@pytest.mark.parametrize(
    ("question", "outcomes", "subject"),
    [
        ("What has worked to light boats?", ("worked", "cited"), ("light", "boats")),
        ("What hasn't worked to light boats?", ("failed",), ("light", "boats")),
        ("Did sharing the lamps work?", ("worked", "cited"), ("sharing", "lamps")),
        ("What went wrong with the bells?", ("mixed", "failed"), ("bells",)),
        ("What worked and what failed on the quay?", ("worked", "cited", "failed"), ("quay",)),
        ("Which ideas on tides were not carried out?", ("proposed",), ("tides",)),
        ("Is anybody trying to teach tides?", ("ongoing",), ("teach", "tides")),
        ("Whose lamps are there?", (), ("lamps",)),
        ("What has worked?", ("worked", "cited"), ()),
        ("What is held up as good practice with bells?", ("worked", "cited"), ("bells",)),
        ("Whose bells are praised?", ("cited",), ("bells",)),
        ("Show me all that failed", ("failed",), ()),
        ("List every success", ("worked", "cited"), ()),
    ],
)
def test_a_question_says_which_outcomes_it_asks_for(question: str, outcomes: Any, subject: Any) -> None:
    asked = read_case_question(question)
    assert (asked.outcomes, asked.subject) == (outcomes, subject)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ministers should pay the ringers.",
        "The Trust proposes a levy on ropes.",
        "The office plans to hang more bells.",
        "A further year was put to cabinet in March.",
        "The harbour would gain from it.",
        "The plan asked for 40 lamps by 2027.",
        "40 more lamps along the quay.",
        "The board promised lamps for all.",
        "They were expected to pay.",
        "Nobody paid, and the office wants a levy.",
    ],
)
def test_what_is_wanted_or_planned_is_a_proposal(sentence: str) -> None:
    assert is_proposal(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Collisions fell by half.",
        "40 boats carried a lamp in the first year.",
        "Nobody paid for the ringers.",
        "The share rose from 5% to 18.2%, and auditors found no fault.",
        "Pilots can now see the quay.",
    ],
)
def test_what_happened_is_none(sentence: str) -> None:
    assert not is_proposal(sentence)


def test_what_is_asked_for_comes_first_in_exact_words_with_numbers(register: Library) -> None:
    answer = ask_cases(register, "What has worked with lamps shared by boatmen?", relevance=NEAR)
    assert answer.asked == ("worked", "cited")
    first = answer.groups[0]
    assert (first.outcome, first.asked, first.cases[0].entry.id) == ("worked", True, HULL)
    assert first.cases[0].sentences == ("Boatmen shared the cost of lamps.", "Collisions fell by half.")
    assert [case.n for case in answer.cited] == [*range(1, len(answer.cited) + 1)]
    assert not any(group.asked for group in answer.groups[1:])
    assert answer.every == 3


def test_what_is_cited_as_good_practice_answers_what_worked_and_is_told_apart(register: Library) -> None:
    cited = changed(register, LEITH, polarity="cited")
    answer = ask_cases(cited, "What has worked?")
    assert groups(answer) == {"worked": [HULL], "cited": [LEITH]}
    assert lead(answer) == "2 of 3 cases come near this: 1 worked, 1 cited as good practice."
    assert "\nCited as good practice, no measured result told" in [*lines_of(cited, answer)]
    neither = changed(cited, HULL, polarity="mixed")
    said = "1 of 3 cases comes near this: none that worked, 1 cited as good practice."
    assert lead(ask_cases(neither, "What has worked?")) == said


def test_a_case_says_who_tells_it_and_what_kind_of_evidence_that_is(register: Library) -> None:
    words = {"said_by": "Dock auditors, May 2024", "evidence": "audit"}
    told = changed(register, HULL, **words)
    lines = [*lines_of(told, ask_cases(told, "What has worked?"))]
    assert "    Who says so: Dock auditors, May 2024 (audit or evaluation)" in lines
    untold = [*lines_of(register, ask_cases(register, "What has worked?"))]
    assert "    Who says so: Harbour Office (not stated)" in untold


def test_where_only_other_outcomes_are_found_it_says_so(register: Library) -> None:
    answer = ask_cases(register, "What has worked with bells to warn boats?", relevance=NEAR)
    assert "worked" not in groups(answer)
    assert LEITH in groups(answer)["failed"]
    assert lead(answer).startswith("No case that worked or is cited as good practice was found on this; 1 failed")
    words = "\n".join(lines_of(register, answer))
    assert f"{NOT_ASKED_FOR}:\n\nFailed\n- Bells were hung on the quay to warn boats in fog." in words


def test_a_proposal_says_that_it_was_not_carried_out(register: Library) -> None:
    answer = ask_cases(register, "What has worked to teach children to read a table of tides?", relevance=NEAR)
    assert groups(answer) == {"proposed": [TIDES]}
    assert lead(answer).startswith(
        "No case that worked or is cited as good practice was found on this; 1 only proposed. "
        "1 of 3 cases comes near this."
    )
    words = "\n".join(lines_of(register, answer))
    assert "- Proposed, not carried out: Children would learn to read a table of tides. [1]" in words
    assert "    Lesson (the register's own reading): =Begin early." in words
    assert "[1] A school of tides (tide-school): Tide Trust; Not stated, England; No dates given" in words


@pytest.mark.parametrize("polarity", ["worked", "cited", "mixed", "failed"])
def test_a_sentence_that_proposes_is_never_what_came_of_a_case(register: Library, polarity: str) -> None:
    words = "Boatmen should share lamps. Lamps were shared. The guild wants lamps for all."
    own = changed(register, HULL, polarity=polarity, summary=words)
    answer = ask_cases(own, "Whose lamps did boatmen share?", relevance=NEAR)
    assert next(case.sentences for case in answer.cited if case.entry.id == HULL) == ("Lamps were shared.",)
    alone = changed(register, HULL, polarity=polarity, summary="Boatmen should share lamps.")
    answer = ask_cases(alone, "Whose lamps did boatmen share?", relevance=NEAR)
    assert next(case.sentences for case in answer.cited if case.entry.id == HULL) == ()
    assert NO_RESULT_TOLD in "\n".join(lines_of(alone, answer))


def test_the_rarest_word_of_the_question_is_named_if_no_case_has_it(register: Library) -> None:
    answer = ask_cases(register, "What has worked with foghorn bells to warn boats?", relevance=NEAR)
    assert answer.groups
    assert answer.word_missed == "foghorn"
    assert lead(answer).endswith(" No case has the word “foghorn”.")
    assert not ask_cases(register, "What has worked with bells to warn boats?", relevance=NEAR).word_missed


def test_where_no_case_is_near_it_says_so_and_names_the_nearest(register: Library) -> None:
    answer = ask_cases(register, "What has worked against locusts in vineyards?")
    assert (answer.groups, answer.cited, len(answer.nearest)) == ((), (), 3)
    assert lead(answer) == "No case in the register comes near this."
    titles = "; ".join(entry.title for entry in answer.nearest)
    assert list(lines_of(register, answer)) == [f"No case in the register comes near this. Nearest: {titles}."]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("in Hull", ""),
        ("in the UK", ""),
        ("in England", ""),
        ("in May 2019", ""),
        ("in Glasgow", " It does not name Glasgow."),
        ("near the Firth of Forth", " It does not name Firth of Forth."),
    ],
)
def test_a_place_that_the_cases_do_not_name_is_said(register: Library, where: str, said: str) -> None:
    own = register.registers.precedents[0].model_copy(update={"country": "England, United Kingdom"})
    known = replace(register, registers=replace(register.registers, precedents=(own,)))
    answer = ask_cases(known, f"What came of sharing the cost of lamps {where}?")
    assert [case.entry.id for case in answer.cited] == ["hull-lamp-scheme"]
    assert lead(answer) == f"1 of 1 case comes near this: 1 worked.{said}"


def test_only_the_cases_of_the_filters_are_asked(register: Library) -> None:
    filters = CaseFilters(levels=("national",))
    answer = ask_cases(register, "Whose lamps did boatmen share?", filters, NEAR)
    assert (answer.every, answer.cited) == (1, ())
    assert lead(answer, is_filtered=True) == "Nothing in the 1 case that the filters leave in comes near this."
    nothing = ask_cases(register, "Whose lamps?", CaseFilters(levels=("national",), polarities=("failed",)))
    assert lead(nothing) == "The filters leave no case."
    with pytest.raises(AssistantError, match=r"^levels: no case has 'lunar'"):
        ask_cases(register, "lamps", CaseFilters(levels=("lunar",)))


def test_without_a_subject_every_case_of_the_outcome_answers(register: Library) -> None:
    assert groups(ask_cases(register, "What has worked?")) == {"worked": [HULL]}
    assert lead(ask_cases(register, "What has worked?")) == "1 of 3 cases comes near this: 1 worked."


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_refused(register: Library, question: str) -> None:
    with pytest.raises(ValueError, match="The question is empty"):
        ask_cases(register, question)


def test_an_empty_register_answers_nothing(register: Library) -> None:
    answer = ask_cases(replace(register, registers=Registers()), "What has worked?")
    assert (answer.groups, answer.nearest, answer.every) == ((), (), 0)


def test_the_record_has_each_case_with_its_number_words_and_sources(register: Library) -> None:
    record = answer_record(register, ask_cases(register, "What has worked with lamps shared by boatmen?", None, NEAR))
    assert record["asked_for"] == ["worked", "cited"]
    case: Mapping[str, Any] = record["groups"][0]["cases"][0]
    assert (case["n"], case["id"], case["status"]) == (1, HULL, None)
    assert case["lesson_by"] == "the register's own reading"
    assert case["sources"][0]["document"] == "harbour-plan"
    assert record["cases_speaking"] == sum(len(group["cases"]) for group in record["groups"])
