"""The set of cases told anew, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.registers.entries import load_registers
from evals.cases import CaseError, load_splits
from evals.duplicates import ToldCase, check_told_cases, load_told_cases

CORPUS = Path(__file__).parents[2] / "corpus"


def test_the_set_names_cases_that_are_there_in_their_split() -> None:
    cases = load_told_cases()
    check_told_cases(cases, load_registers(CORPUS), load_splits())
    counts = {(case.split, case.of is None) for case in cases}
    assert len(counts) == 4
    for split in ("dev", "test"):
        told = [case.of for case in cases if case.split == split and case.of]
        assert len(told) == len({*told}) == 20


def test_a_case_told_in_the_other_split_is_refused() -> None:
    case = load_told_cases()[0]
    registers, splits = load_registers(CORPUS), load_splits()
    with pytest.raises(CaseError, match=r"field split: found 'test'; .* is of 'dev'"):
        check_told_cases([case.model_copy(update={"split": "test"})], registers, splits)
    with pytest.raises(CaseError, match=r"field of: found 'atlantis'"):
        check_told_cases([case.model_copy(update={"of": "atlantis"})], registers, splits)


def test_what_is_asked_has_only_what_a_contributor_fills_in() -> None:
    assert {*load_told_cases()[0].fields} == {*ToldCase.model_fields} - {"split", "of"}
