"""Notes as plain words."""

from __future__ import annotations

from dataclasses import replace

from assistant.export.notes import as_plain_text, note_of
from tests.export.notes.answers import DAY, PROPOSAL, QUOTE, abstention, answer_with


def test_the_numbers_of_the_answer_are_those_of_the_references() -> None:
    text = as_plain_text(note_of([answer_with(QUOTE, PROPOSAL)], day=DAY))
    answer, references = text.split("\nReferences\n")
    assert answer.startswith("How many boats will be licensed?\n\nHarbour Office, Harbour plan (government policy")
    assert "“The office will license 40 boats by 2027.” [1]" in answer
    assert answer.count("[2]") == 1
    first, second = references.split("[2] ")
    assert first.startswith("[1] Harbour Office, Harbour plan (government policy, 1 May 2024). Exact words.")
    assert "Printed page xii (page 14 of the file). https://example.org/harbour" in first
    assert "    Note 1 of the source: Harbour Office, Boat register, 2024." in first
    assert "    “Every harbour should have: 1. a tide warden; 2. a lamp.”" in second


def test_several_answers_are_told_apart_and_an_abstention_has_no_references() -> None:
    searched_as = replace(answer_with(QUOTE), standalone_question="What else?", warnings=("Harbour plan is old.",))
    text = as_plain_text(note_of([searched_as, abstention()], day=DAY))
    assert "1. How many boats will be licensed?\nSearched as: What else?\nNote: Harbour plan is old.\n" in text
    assert "\n2. " in text
    alone = as_plain_text(note_of([abstention()], day=DAY))
    assert "References" not in alone
    assert "no claim is made" in alone
