"""A question that asks for two things is cut into its parts, and each is answered."""

from __future__ import annotations

import pytest

from assistant.answering.question_parts import LONGEST, split_parts


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
