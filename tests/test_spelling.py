"""Misspelt words are put right; names, British spellings and words of the library are not."""

from __future__ import annotations

import pytest

from assistant.spelling import correct

HELD = {"mission", "government", "weighting", "sheffield", "growth", "budget", "programme", "mere", "vase", "finishing"}


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("misson goverment", "mission government"),
        ("how is the wieghting set?", "how is the weighting set?"),
        ("sheffeild bugdet", "sheffield budget"),
        ("What is thier local groth plan?", "What is their local growth plan?"),
        ("Goverment's bugdet", "Government's budget"),
    ],
)
def test_a_word_one_edit_from_one_that_is_held_is_put_right(asked: str, searched: str) -> None:
    assert correct(asked, HELD.__contains__) == searched


@pytest.mark.parametrize(
    "asked",
    [
        "What does the VCSE get?",  # capitals throughout
        "Who is Misson of the Missson board?",  # a name within the sentence
        "What rate per square metre is charged, and is it randomised?",  # British
        "programme of fishing labour centres, travelled in colour",  # known, or British
        "the xqzzw of it",  # near to nothing
        "ppn nps",  # short
        "What is a blokholder?",  # the right word is not held
    ],
)
def test_anything_else_is_left_as_it_is(asked: str) -> None:
    first, rest = asked[0], asked[1:]
    assert correct(first + rest, HELD.__contains__) == asked


def test_a_word_of_any_length_costs_nothing() -> None:
    word = "goverment" * 10_000
    assert correct(f"the {word}", lambda _: False) == f"the {word}"
