"""The set of broad questions, how a list is judged, and that every dev question is read as it should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.register_lists import REGISTERS
from assistant.answering.register_questions import read_list_question
from assistant.registers.entries import Registers, load_registers
from assistant.registers.field_values import RegisterFields
from assistant.sources.catalogue import load_catalogue
from assistant.text.glossary import collect_glossary
from evals.cases import CaseError
from evals.tasks.register_lists import ListCase, Listed, case_problems, list_scores, load_list_cases

SHIPPED = Path(__file__).parents[2] / "corpus"
NOT_READ = {
    "dev-free-01",  # whom "the department" means is said in another sentence
    "dev-free-03",  # two questions in one
}
"""Broad questions that get an ordinary answer yet."""
CASE: dict[str, Any] = {
    "id": "boats",
    "split": "dev",
    "question": "Which recommendations are there on boats?",
    "part": "recommendations",
    "criterion": "theme",
    "entries": ["a", "b", "c"],
}


@pytest.fixture(scope="module")
def registers() -> Registers:
    return load_registers(SHIPPED)


@pytest.fixture(scope="module")
def read(registers: Registers) -> Callable[[str], list[str] | None]:
    """Ids of the entries that a question asks for; None for one that asks for no list."""
    sources = {source.id: source for source in load_catalogue(SHIPPED)}
    summaries = [
        (SHIPPED / str(source.summary)).read_text(encoding="utf-8") for source in sources.values() if source.summary
    ]
    glossary = collect_glossary(summaries)
    fields = {name: RegisterFields(name, registers, sources, glossary) for name in REGISTERS}

    def ids(question: str) -> list[str] | None:
        asked = read_list_question(question, fields)
        if asked is None:
            return None
        return [entry.id for entry in getattr(registers, asked.register) if asked.asks_for(entry.id)]

    return ids


@pytest.mark.parametrize("case", [case for case in load_list_cases() if case.split == "dev"], ids=lambda case: case.id)
def test_every_dev_question_is_read_as_the_list_that_it_asks_for(
    case: ListCase, read: Callable[[str], list[str] | None]
) -> None:
    expected = list(case.entries) if case.part and case.id not in NOT_READ else None
    assert read(case.question) == expected


def test_the_set_has_enough_of_both_kinds_in_both_splits(registers: Registers) -> None:
    cases = load_list_cases()
    assert list(case_problems(cases, registers)) == []
    for split in ("dev", "test"):
        own = [case for case in cases if case.split == split]
        assert sum(case.part is not None for case in own) >= 40
        assert sum(case.part is None for case in own) >= 20
    assert len({case.question for case in cases}) == len(cases)


def test_entries_that_are_not_in_the_register_are_named(registers: Registers) -> None:
    (problem,) = case_problems([ListCase.model_validate(CASE)], registers)
    assert problem.startswith("Case boats, field entries: found a, b, c; expected ids of recommendations.toml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"part": None}, "a narrow question, and it alone, has no register"),
        ({"entries": []}, "a broad question names its entries"),
        ({"criterion": "none"}, "a broad question names its entries"),
    ],
    ids=["no-register", "no-entries", "entries-of-none"],
)
def test_a_case_that_contradicts_itself_is_refused(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    file = tmp_path / "lists.jsonl"
    file.write_text(json.dumps(CASE | changes) + "\n", encoding="utf-8")
    with pytest.raises(CaseError, match=message):
        load_list_cases(file)


@pytest.mark.parametrize(
    ("shown", "other", "expected"),
    [
        ("abc", True, {"list_exact": 1.0, "list_precision": 1.0, "list_recall": 1.0}),
        ("ab", False, {"list_exact": 0.0, "list_precision": 1.0, "list_recall": 2 / 3}),
        ("abcd", False, {"list_exact": 0.0, "list_precision": 0.75, "list_recall": 1.0}),
        ("", True, {"list_exact": 0.0, "list_recall": 0.0}),
    ],
    ids=["all-beside-others", "too-few", "too-many", "none"],
)
def test_a_list_is_judged_by_its_entries(shown: str, other: bool, expected: dict[str, float]) -> None:
    assert list_scores(ListCase.model_validate(CASE), Listed(frozenset(shown), other)) == pytest.approx(expected)


def test_where_no_entry_is_asked_for_only_an_answer_without_quotes_is_right() -> None:
    case = ListCase.model_validate(CASE | {"criterion": "none", "entries": []})
    assert list_scores(case, Listed(frozenset(), False)) == {"list_exact": 1.0}
    assert list_scores(case, Listed(frozenset(), True)) == {"list_exact": 0.0}
    assert list_scores(case, Listed(frozenset("a"), False)) == {"list_exact": 0.0, "list_precision": 0.0}
