"""The questions on the register of precedents and the cases told anew, and how they are scored."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.registers.entries import load_registers
from evals.cases import load_splits
from evals.tasks.precedents import (
    PrecedentCase,
    ToldCase,
    case_problems,
    first_rank,
    load_precedent_cases,
    load_told_cases,
)

REGISTERS = load_registers(Path("corpus"))
CASE = {"id": "x", "split": "test", "kind": "like", "question": "like a but b", "right": ["plymouth-alliance"]}


def case(**changed: object) -> PrecedentCase:
    return PrecedentCase.model_validate_json(json.dumps(CASE | changed))


def test_the_shipped_sets_are_whole_and_no_question_stands_twice() -> None:
    cases, told = load_precedent_cases(), load_told_cases()
    assert list(case_problems(cases, told, REGISTERS, load_splits())) == []
    parts = Counter(item.part for item in cases)
    assert parts["test"] >= 60
    assert parts["dev"] >= 40
    assert len({item.question.casefold() for item in cases}) == len(cases)
    for split in ("dev", "test"):
        anew = [item.of for item in told if item.split == split and item.of]
        assert len(anew) == len({*anew}) == 20
        assert any(item.of is None for item in told if item.split == split)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"right": ["atlantis"]}, "Case x, field right: found 'atlantis'; expected ids of precedents.toml."),
        ({"split": "dev"}, "Case x, field split: found 'dev'; plymouth-alliance is of 'test'."),
        ({"split": "probe"}, None),
    ],
    ids=["id", "split", "probe"],
)
def test_a_wrong_case_is_named(changed: dict[str, object], problem: str | None) -> None:
    assert list(case_problems([case(**changed)], [], REGISTERS, load_splits())) == ([problem] if problem else [])


def test_a_case_told_in_the_other_split_is_named() -> None:
    told = load_told_cases()[0]
    wrong = [told.model_copy(update={"split": "test"}), told.model_copy(update={"of": "atlantis"})]
    first, second = case_problems([], wrong, REGISTERS, load_splits())
    assert first.endswith("is of 'dev'.")
    assert "field of: found 'atlantis'" in second


def test_what_is_asked_of_a_double_has_only_what_a_contributor_fills_in() -> None:
    assert {*load_told_cases()[0].fields} == {*ToldCase.model_fields} - {"split", "of"}


def test_the_rank_is_that_of_the_first_right_case() -> None:
    assert first_rank(["b", "c"], ["a", "c", "b"]) == 2
    assert first_rank(["b", "c"], ["a"]) == 2
    assert first_rank(["b", "c"], ["b"]) == 1
