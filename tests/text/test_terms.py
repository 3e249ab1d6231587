"""Content words, as wordings are compared by them."""

from __future__ import annotations

import pytest

from assistant.text.terms import content_terms, content_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Who should fund the Mission Councils?", ["fund", "mission", "councils"]),
        ("What did the G7 say of section S114?", ["g7", "section", "s114"]),  # a name with figures is one word
        ("Was £1,200 or 45% spent in 2025?", ["£1,200", "45%", "spent", "2025"]),
        ("R&D and the council's plan", ["r&d", "council", "plan"]),
    ],
)
def test_content_words(text: str, words: list[str]) -> None:
    assert content_words(text) == words


def test_stems_join_forms_of_a_word() -> None:
    assert content_terms("procurement") == content_terms("procuring")
