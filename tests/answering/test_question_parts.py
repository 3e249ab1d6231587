"""A question that asks for two things is cut into its parts, and each is answered."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answering.question_parts import LONGEST, Part, answered_apart, split_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How many boats are licensed, and what does a licence cost?",
            ("How many boats are licensed", "what does a licence cost?"),
        ),
        (
            "What is the harbour office for? How many wardens does it employ?",
            ("What is the harbour office for?", "How many wardens does it employ?"),
        ),
        (
            "Which ports got grants and by how much did landings rise?",
            ("Which ports got grants", "by how much did landings rise?"),
        ),
        (
            "Who owns the harbour plan, and does the county sign it?",
            ("Who owns the harbour plan", "does the county sign it?"),
        ),
    ],
)
def test_two_questions_are_told_apart(question: str, parts: tuple[str, str]) -> None:
    assert split_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How many boats are licensed?",
        "When and where does the harbour board meet?",
        "When was the plan laid, and in which year?",
        "Which wardens and masters are paid from fees?",
        "Who pays the wardens, who lights the lamps, and who licenses boats?",
        "Wardens and what they do",
        f"{'Background. ' * LONGEST}Who pays the wardens, and who lights the harbour lamps?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert split_parts(question) == ()


def part(words: str, chance: float) -> Part:
    return Part(words, words, np.zeros(2, dtype=np.float32), (), chance)


@pytest.mark.parametrize(
    ("chances", "apart"), [((0.9, 0.9), True), ((0.9, 0.05), False), ((0.05, 0.9), False), ((0.05, 0.05), True)]
)
def test_parts_are_answered_apart_unless_one_is_unlikely(chances: tuple[float, float], apart: bool) -> None:
    parts = [part("first", chances[0]), part("second", chances[1])]
    assert bool(answered_apart(parts)) is apart
