"""The questions on the register of precedents, and how they are scored."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.registers.entries import load_registers
from evals.cases import CaseError, load_splits
from evals.precedents import PrecedentCase, check_cases, first_rank, load_precedent_cases, report

REGISTERS = load_registers(Path("corpus"))
CASE = {"id": "x", "split": "test", "kind": "like", "question": "like a but b", "right": ["plymouth-alliance"]}


def case(**changed: object) -> PrecedentCase:
    return PrecedentCase.model_validate_json(json.dumps(CASE | changed))


def test_the_shipped_questions_are_whole_and_no_question_stands_twice() -> None:
    cases = load_precedent_cases()
    check_cases(cases, REGISTERS, load_splits())
    splits = Counter(item.split for item in cases)
    assert splits["test"] >= 60
    assert splits["dev"] >= 40
    assert len({item.question.casefold() for item in cases}) == len(cases)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"right": ["atlantis"]}, "Case x, field right: found 'atlantis'; expected ids of precedents.toml"),
        ({"split": "dev"}, "Case x, field split: found 'dev'; plymouth-alliance is of 'test'"),
    ],
    ids=["id", "split"],
)
def test_a_wrong_case_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(CaseError, match=message):
        check_cases([case(**changed)], REGISTERS, load_splits())


def test_the_rank_is_that_of_the_first_right_case() -> None:
    item = case(right=["b", "c"])
    assert first_rank(item, ["a", "c", "b"]) == 2
    assert first_rank(item, ["a"]) == 2
    assert first_rank(item, ["b"]) == 1


def test_the_report_names_what_was_missed() -> None:
    cases = [case(), case(id="y", kind="place")]
    found = {"Steward": lambda _: ["a", "b", "c", "plymouth-alliance"], "floor": lambda _: ["plymouth-alliance"]}
    lines = list(report(cases, found))
    assert lines[0] == "2 questions after 1 cases"
    assert lines[1].startswith("  Steward: top 3 0.000")
    assert lines[2].startswith("  floor: top 3 1.000")
    assert "    like: 0 of 1 in the top 3" in lines
    assert lines[-1] == "  not in the top 3: x (rank 4), y (rank 4)"
