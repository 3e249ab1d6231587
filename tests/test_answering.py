"""Follow-ups made to stand alone, and the check that every final sentence goes through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.follow_ups import Turn, standalone_question
from assistant.grounding import check_sentence
from assistant.records import Document, Quote, Sentence

COUNCILS = Turn("What are Mission Councils?", "Bodies that advise.")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And who pays for them?", "What are Mission Councils? And who pays for them?"),
        ("Why?", "What are Mission Councils? Why?"),
        ("Which authorities have an Integrated Settlement?", "Which authorities have an Integrated Settlement?"),
    ],
    ids=["pronoun", "bare", "new-subject"],
)
def test_a_follow_up_carries_what_it_leaves_unsaid(question: str, expected: str) -> None:
    assert standalone_question(question, [COUNCILS]) == expected


def test_a_chain_of_follow_ups_reaches_back_to_the_subject() -> None:
    conversation = [COUNCILS, Turn("And who pays for them?", "Members do.")]
    assert standalone_question("How often do they meet?", conversation).startswith("What are Mission Councils?")


def test_without_a_conversation_nothing_is_added() -> None:
    assert standalone_question("Who pays for it?", []) == "Who pays for it?"


TEXT = "The harbour has 25 boats. It must not close."
QUOTE = Quote(
    1,
    "harbour",
    "Harbour plan",
    "Harbour Office",
    "2025",
    "guidance",
    "current",
    "briefing",
    "body",
    ("Boats",),
    None,
    None,
    TEXT[:25],
    0,
    25,
    "",
)


def verdict(sentence: str, quote: Quote = QUOTE) -> str:
    return check_sentence(Sentence(sentence, (1,), "unsupported"), [quote], lambda _: Document(TEXT, ())).verdict


def test_a_quoted_sentence_is_supported() -> None:
    assert verdict("The harbour has 25 boats.") == "supported"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The harbour has 35 boats.", QUOTE),
        ("The harbour has 25 ferries.", QUOTE),
        ("The harbour had 25 boats.", QUOTE),
        ("The harbour has 25 boats.", replace(QUOTE, quote="The harbour has 26 boats.")),
        ("The harbour has 25 boats.", replace(QUOTE, start=1, end=26)),
        ("The harbour has 25 boats.", replace(QUOTE, n=2)),
    ],
    ids=["figure", "word", "small-word", "altered-quote", "moved-quote", "uncited"],
)
def test_what_its_quotes_do_not_hold_is_unsupported(sentence: str, quote: Quote) -> None:
    checked = check_sentence(Sentence(sentence, (1,), "supported"), [quote], lambda _: Document(TEXT, ()))
    assert checked.verdict == "unsupported"
    assert checked.reasons


def test_a_table_row_is_supported_behind_its_own_columns_only() -> None:
    text = "Port | Boats\nLeith | 12"
    header = replace(QUOTE, quote=text[:12], start=0, end=12)
    row = replace(QUOTE, n=2, quote=text[13:], start=13, end=len(text))

    def judge(words: str) -> str:
        sentence = Sentence(words, (1, 2), "unsupported")
        return check_sentence(sentence, [header, row], lambda _: Document(text, ())).verdict

    assert judge("Port: Leith; Boats: 12") == "supported"
    assert judge("Port: 12; Boats: Leith") == "unsupported"
