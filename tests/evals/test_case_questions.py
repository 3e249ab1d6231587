"""The questions across cases, and how answers to them are scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.library import Library
from assistant.precedents.proposals import is_proposal
from assistant.registers.entries import load_registers
from evals.case_questions import (
    PROPOSALS,
    SENTENCES,
    CaseQuestion,
    Named,
    Proposal,
    Sentence,
    check_questions,
    load_questions,
    report,
    sentences_of,
    sentences_report,
)
from evals.cases import CaseError, load_lines, load_splits
from tests.precedents.register_making import make_register

REGISTERS = load_registers(Path("corpus"))
QUESTION = {"id": "x", "split": "test", "question": "What worked?", "groups": ["worked"], "right": [], "also": []}


def question(**changed: object) -> CaseQuestion:
    return CaseQuestion.model_validate_json(json.dumps(QUESTION | changed))


def test_the_shipped_questions_are_whole() -> None:
    questions = load_questions()
    check_questions(questions, REGISTERS, load_splits())
    for split, most in (("dev", 30), ("test", 40)):
        own = [item for item in questions if item.split == split]
        assert len(own) >= most
        assert sum(not item.has_cases for item in own) >= 10


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"right": ["atlantis"]}, "Question x: found the case 'atlantis'; expected ids of precedents.toml"),
        ({"right": ["carillion-collapse"]}, "Question x: carillion-collapse is failed, which is not asked for"),
        ({"right": ["preston-model"]}, "Question x: found 'test'; preston-model is of 'dev'"),
    ],
)
def test_a_wrong_question_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(CaseError, match=message):
        check_questions([question(**changed)], REGISTERS, load_splits())


def test_every_marked_sentence_stands_in_its_case_and_is_known_as_a_proposal() -> None:
    entries = {entry.id: entry for entry in REGISTERS.precedents}
    for item in load_lines(PROPOSALS, Proposal):
        assert item.sentence in sentences_of(entries[item.case].summary)
        assert entries[item.case].polarity in ("worked", "mixed", "failed")
        assert is_proposal(item.sentence)


def test_a_report_counts_what_is_named_and_what_is_shown_as_a_result(tmp_path: Path) -> None:
    library: Library = make_register(tmp_path)
    hull, leith, tides = library.registers.precedents
    questions = [
        question(id="a", right=[hull.id], also=[leith.id]),
        question(id="b", right=[leith.id, hull.id], groups=[]),
        question(id="c"),
        question(id="d", right=[tides.id], groups=["proposed"]),
    ]
    answers = iter(
        [
            Named([(hull.id, "worked", ["Collisions fell by half."]), (tides.id, "worked", ["Not its words."])]),
            Named([(leith.id, "failed", ["Nobody paid for the ringers."])]),
            Named([(hull.id, "worked", [])]),
            Named([]),
        ]
    )
    marked = [Proposal(case=leith.id, sentence="Nobody paid for the ringers.")]
    lines = "\n".join(report(questions, {"Steward": lambda _: next(answers)}, library, marked))
    library.generation.close()
    assert "4 questions, 1 of them without any case" in lines
    assert "recall of right cases 0.500" in lines  # 1, 1/2 and 0
    assert "precision of cases named where some speak 0.750" in lines  # 1/2 and 1
    assert "answered though no case speaks: 1 of 1" in lines
    assert "silent though cases speak: 1 of 3" in lines
    assert "exact words of their case: 2 of 3" in lines
    assert "proposals shown as results: 2 of 3 sentences" in lines  # a proposed case, and a marked sentence


def test_sentences_of_nobodys_case_are_sorted() -> None:
    sentences = load_lines(SENTENCES, Sentence)
    assert len({item.sentence for item in sentences}) == len(sentences)
    proposals, results = sentences_report([item for item in sentences if item.split == "dev"])
    assert proposals.startswith("  proposals in words of their own, n 54: ")
    assert results.startswith("  results in words of their own, n 54: ")
