"""The recommendations whose government passages were written down by hand, and how those shown are scored."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.library import Library
from evals.cases import CaseError
from evals.passages import PassageCase, check_cases, load_passage_cases, report
from tests.precedents.register_making import make_register


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_register(tmp_path_factory.mktemp("passages"))


def case(recommendation: str, *snippets: str, document: str = "harbour-plan") -> PassageCase:
    right = [{"document": document, "snippet": snippet} for snippet in snippets]
    return PassageCase.model_validate({"id": recommendation, "split": "dev", "right": right})


def passage(words: str, document: str = "harbour-plan") -> Any:
    return SimpleNamespace(quote=words, document=document)


def test_the_shipped_list_has_both_splits_and_some_without_a_passage() -> None:
    cases = load_passage_cases()
    assert Counter(item.split for item in cases) == {"dev": 15, "test": 15}
    assert any(not item.right for item in cases)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (case("atlantis"), "Case atlantis: no recommendation has this id"),
        (case("license-boats-by-lamp", "no such words"), "'no such words' stands 0 times"),
        (case("license-boats-by-lamp", "tide", document="tide-report"), "expected a document of government"),
    ],
    ids=["id", "snippet", "document"],
)
def test_a_wrong_case_is_refused(register: Library, wrong: PassageCase, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        check_cases([wrong], register)


def test_right_and_wrong_passages_and_silence_are_counted() -> None:
    found = {
        "a": [passage("The office will license 40 boats."), passage("Ropes are cheap.")],
        "b": [passage("license 40 boats", document="tide-report")],
        "c": [],
        "d": [passage("Anything.")],
    }
    cases = [case("a", "license 40 boats"), case("b", "license 40 boats"), case("c"), case("d")]
    lines = list(report(cases, lambda name: found[name]))
    assert lines[0] == "4 recommendations, 2 of them with a right passage"
    assert lines[1].startswith("  passages shown that are right: 1 of 4, 0.250")
    assert lines[2].startswith("  recommendations with a right passage that are shown one: 1 of 2, 0.500")
    assert lines[3] == "  recommendations without one that are shown none: 1 of 2"
