"""The questions across cases, and how answers to them are scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.precedents.across_cases import WITH_RESULT
from assistant.precedents.cases import cases_of
from assistant.precedents.proposal_sentences import is_proposal
from assistant.registers.entries import load_registers
from evals.cases import load_splits
from evals.tasks.case_questions import (
    CaseQuestion,
    case_problems,
    load_case_questions,
    load_planned_sentences,
    load_proposals,
    naming_scores,
    sentence_scores,
    sentences_of,
)
from tests.precedents.register_making import make_register

REGISTERS = load_registers(Path("corpus"))
QUESTION = {"id": "x", "split": "test", "question": "What worked?", "groups": ["worked"], "right": [], "also": []}


def question(**changed: object) -> CaseQuestion:
    return CaseQuestion.model_validate_json(json.dumps(QUESTION | changed))


def test_the_shipped_questions_are_whole() -> None:
    questions = load_case_questions()
    assert list(case_problems(questions, REGISTERS, load_splits())) == []
    for split, most in (("dev", 30), ("test", 40)):
        own = [item for item in questions if item.split == split]
        assert len(own) >= most
        assert sum(item.slices["kind"] == "no case" for item in own) >= 10


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"right": ["atlantis"]}, "Question x: found the case 'atlantis'; expected ids of precedents.toml"),
        ({"right": ["carillion-collapse"]}, "Question x: carillion-collapse is failed, which is not asked for"),
        ({"right": ["preston-model"]}, "Question x: found 'test'; preston-model is of 'dev'"),
    ],
)
def test_a_wrong_question_is_refused(changed: dict[str, object], message: str) -> None:
    assert message in "\n".join(case_problems([question(**changed)], REGISTERS, load_splits()))


def test_every_marked_sentence_stands_in_its_case_and_is_known_as_a_proposal() -> None:
    entries = {entry.id: entry for entry in REGISTERS.precedents}
    for item in load_proposals():
        assert item.sentence in sentences_of(entries[item.case].summary)
        assert entries[item.case].polarity in WITH_RESULT
        assert is_proposal(item.sentence)


@pytest.mark.parametrize(
    ("right", "also", "named", "expected"),
    [
        (
            ["hull"],
            ["leith"],
            ["hull", "tides"],
            {"cases_recall": 1.0, "case_named": 1.0, "silent_with_case": 0.0, "cases_precision": 0.5},
        ),
        (
            ["leith", "hull"],
            [],
            ["leith"],
            {"cases_recall": 0.5, "case_named": 1.0, "silent_with_case": 0.0, "cases_precision": 1.0},
        ),
        ([], [], ["hull"], {"answered_without_case": 1.0}),
        (["tides"], [], [], {"cases_recall": 0.0, "case_named": 0.0, "silent_with_case": 1.0}),
    ],
    ids=["one-beside-the-point", "one-missing", "no-case-speaks", "silent"],
)
def test_the_cases_named_are_scored(
    right: list[str], also: list[str], named: list[str], expected: dict[str, float]
) -> None:
    scores = naming_scores(question(right=right, also=also), named)
    assert scores == expected | ({"cases_named": float(len(named))} if named else {})


def test_exact_words_and_proposals_shown_as_results_are_counted(tmp_path: Path) -> None:
    library = make_register(tmp_path)
    hull, leith, tides = library.registers.precedents
    named = [
        (hull.id, "worked", ["Collisions fell by half."]),
        (tides.id, "worked", ["Not its words."]),  # a proposed case
        (leith.id, "failed", ["Nobody paid for the ringers."]),  # a marked sentence
    ]
    marked = {(leith.id, "Nobody paid for the ringers.")}
    scores, counts = sentence_scores(named, cases_of(library).entries, marked)  # type: ignore[arg-type]
    library.generation.close()
    assert scores == pytest.approx({"case_words_exact": 2 / 3, "proposals_as_results": 2 / 3})
    assert counts == {"case_words_exact": 3, "proposals_as_results": 3}
    assert sentence_scores([], {}, set()) == ({}, {})


def test_no_sentence_of_nobodys_case_stands_twice() -> None:
    sentences = load_planned_sentences()
    assert len({item.sentence for item in sentences}) == len(sentences)
    assert {(item.split, item.proposes) for item in sentences} == {
        (split, proposes) for split in ("dev", "test") for proposes in (True, False)
    }
