"""The recommendations whose government passages were written down by hand, and how those shown are scored."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.library import Library
from evals.tasks.passages import PassageCase, case_problems, load_passage_cases, passage_scores
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
        (case("license-boats-by-lamp", "no such words"), "'no such words' does not stand once"),
        (case("license-boats-by-lamp", "tide", document="tide-report"), "is not said by government"),
    ],
    ids=["id", "snippet", "document"],
)
def test_a_wrong_case_is_refused(register: Library, wrong: PassageCase, message: str) -> None:
    (problem,) = case_problems([wrong], register)
    assert message in problem


@pytest.mark.parametrize(
    ("right", "shown", "expected"),
    [
        (["license 40 boats"], ["The office will license 40 boats.", "Ropes are cheap."], (1.0, None, 0.5)),
        (["license 40 boats"], [], (0.0, None, None)),
        ([], [], (None, 1.0, None)),
        ([], ["Anything."], (None, 0.0, 0.0)),
    ],
    ids=["one-right", "none-shown", "silent", "not-silent"],
)
def test_right_and_wrong_passages_and_silence_are_scored(
    right: list[str], shown: list[str], expected: tuple[float | None, ...]
) -> None:
    scores = passage_scores(case("a", *right), [passage(words) for words in shown])
    assert tuple(map(scores.get, ("passage_found", "silence_right", "passage_right"))) == expected


def test_a_passage_of_another_document_is_not_right() -> None:
    shown = [passage("license 40 boats", document="tide-report")]
    assert passage_scores(case("a", "license 40 boats"), shown) == {"passage_found": 0.0, "passage_right": 0.0}
