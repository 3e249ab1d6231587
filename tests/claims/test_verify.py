"""What a context supports, and what it does not."""

from __future__ import annotations

import pytest

from assistant.claims import verify

BOARDS = "The unit has 25 staff. Boards must not meet in private, e.g. by phone. They report yearly."


@pytest.mark.parametrize(
    "claim",
    [
        "The unit has 25 staff.",
        "Boards must not meet in private, e.g. by phone.",
        "The unit has 25 staff. They report yearly.",
        "The  unit\nhas 25 staff. ".replace("\n", " "),
    ],
)
def test_whole_sentences_of_the_context_are_supported(claim: str) -> None:
    found = verify(claim, BOARDS)
    assert (found.verdict, found.score, found.reasons) == ("supported", 1.0, ())


@pytest.mark.parametrize(
    "claim",
    [
        "The unit has 35 staff.",
        "meet in private, e.g. by phone.",  # without the "must not" before it
        "Boards must meet in private, e.g. by phone.",
        "The board has 25 staff.",
        "",
    ],
)
def test_anything_else_is_not(claim: str) -> None:
    found = verify(claim, BOARDS)
    assert found.verdict == "unsupported"
    assert found.score < 0.1
    assert found.reasons


def test_a_claim_is_partly_supported_sentence_by_sentence() -> None:
    found = verify("The unit has 25 staff. It has a budget.", BOARDS)
    assert found.verdict == "partly"
    assert found.score < 0.5
    assert [reason.claim for reason in found.reasons] == ["It has a budget."]


def test_a_table_row_is_supported_behind_its_columns_titles() -> None:
    context = "Fund | Department | 2025-26\nAdult skills | Education | £102m"
    assert verify("Fund: Adult skills; Department: Education; 2025-26: £102m", context).verdict == "supported"
    assert verify("Fund: Adult skills; Department: Transport; 2025-26: £102m", context).verdict == "unsupported"


@pytest.mark.parametrize(
    "marked", ["Boards meet monthly.[1]", "Boards meet monthly [1, 2].", "Boards [3] meet monthly."]
)
def test_a_citation_in_the_claim_is_no_figure(marked: str) -> None:
    assert verify(marked, "The unit is small. Boards meet monthly.").verdict == "supported"
    assert verify(marked.replace("monthly", "weekly"), "Boards meet monthly.").verdict == "unsupported"
