"""Pasted text, whose paragraphs stand on lines of their own."""

from __future__ import annotations

import pytest

from assistant.claims.drafts.claims import draft_sentences
from assistant.claims.drafts.pasted import separate_paragraphs
from assistant.reading import read_bytes

LONG = "The harbour boards of the northern coast meet every month to hear what the wardens of the tide have seen there."


def blocks(text: str) -> list[tuple[str, str]]:
    draft = read_bytes(separate_paragraphs(text).encode())
    return [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks]


def test_each_line_of_a_word_processor_is_a_paragraph_heading_or_item() -> None:
    assert blocks(
        f"Background\r\n{LONG}\r\nNext steps\r\n•\tHull pays.\r\n•\tLeeds pays.\r\nBoards meet.\r\n1.\tFirst."
    ) == [
        ("heading", "Background"),
        ("paragraph", LONG),
        ("heading", "Next steps"),
        ("list-item", "Hull pays."),
        ("list-item", "Leeds pays."),
        ("paragraph", "Boards meet."),
        ("list-item", "1. First."),
    ]


def test_a_greeting_does_not_swallow_the_sentence_that_follows_it() -> None:
    draft = read_bytes(separate_paragraphs("Dear Minister,\n\nHull gets a grant of £13m.").encode())
    said = [(sentence.text, sentence.is_claim) for sentence in draft_sentences(draft)]
    assert said == [("Dear Minister,", False), ("Hull gets a grant of £13m.", True)]


def test_lines_broken_by_hand_stay_one_paragraph() -> None:
    wrapped = (
        "The boards of the northern coast meet every month,\nand the wardens of the tide tell them what they\nsaw."
    )
    assert blocks(wrapped) == [("paragraph", wrapped.replace("\n", " "))]


@pytest.mark.parametrize(
    "text", ["| A | B |\n|---|---|\n| 1 | 2 |", "- one\n  goes on\n- two", "```\nrow,\nrow\n```", "> a\n> b"]
)
def test_what_markdown_itself_keeps_together_is_left_alone(text: str) -> None:
    assert separate_paragraphs(text) == text
