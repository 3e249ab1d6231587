"""What a context supports by its words, and what it does not."""

from __future__ import annotations

import pytest

from assistant.claims import verify
from tests.claims.judges import FixedJudge

BOARDS = "The unit has 25 staff. Boards must not meet in private, e.g. by phone. They report yearly."


@pytest.mark.parametrize(
    "claim",
    [
        "The unit has 25 staff.",
        "Boards must not meet in private, e.g. by phone.",
        "The unit has 25 staff. They report yearly.",
        "The  unit has 25 staff. ",
    ],
)
def test_whole_sentences_of_the_context_are_supported(claim: str) -> None:
    found = verify(claim, BOARDS)
    assert (found.verdict, found.score, found.reasons) == ("supported", 1.0, ())


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The unit has 35 staff.", "contradicted"),
        ("meet in private, e.g. by phone.", "contradicted"),  # without the "must not" before it
        ("Boards must meet in private, e.g. by phone.", "contradicted"),
        ("The unit has 25 people.", "unjudged"),
        ("The unit cost £3 million.", "unsupported"),
        ("", "unsupported"),
    ],
)
def test_anything_else_is_not(claim: str, verdict: str) -> None:
    found = verify(claim, BOARDS)
    assert found.verdict == verdict
    assert found.score <= 0.5
    assert bool(found.reasons) == (verdict != "unjudged")
    assert found.contradicts == (verdict == "contradicted")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The unit has 25 staff. It cost £3 million.", "partly"),
        ("The unit has 25 staff. It is big.", "unjudged"),
        ("The unit is big. It cost £3 million.", "unsupported"),
        ("The unit has 35 staff. They report yearly.", "contradicted"),
    ],
)
def test_the_worst_sentence_decides(claim: str, verdict: str) -> None:
    assert verify(claim, BOARDS).verdict == verdict


def test_a_judge_decides_what_words_leave_open_and_nothing_else() -> None:
    judge = FixedJudge()
    assert verify("Boards report each year. The unit has 35 staff.", BOARDS, judge=judge).verdict == "contradicted"
    assert [claim.text for (claim,) in judge.asked] == ["Boards report each year."]
    assert verify("Boards report each year.", BOARDS, judge=judge).score == 1.0


def test_a_table_row_is_supported_behind_its_columns_titles() -> None:
    context = "Fund | Department | 2025-26\nAdult skills | Education | £102m"
    assert verify("Fund: Adult skills; Department: Education; 2025-26: £102m", context).verdict == "supported"
    assert verify("Fund: Adult skills; Department: Transport; 2025-26: £102m", context).verdict != "supported"


@pytest.mark.parametrize(
    "marked", ["Boards meet monthly.[1]", "Boards meet monthly [1, 2].", "Boards [3] meet monthly."]
)
def test_a_citation_in_the_claim_is_no_figure(marked: str) -> None:
    assert verify(marked, "The unit is small. Boards meet monthly.").verdict in ("supported", "unjudged")
    assert verify(marked.replace("monthly", "weekly"), "Boards meet monthly.").verdict == "contradicted"
