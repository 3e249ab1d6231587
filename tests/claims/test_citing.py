"""Sentences with their quotes: place, speaker and authority, facts, and what is left to a judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.claims import Claim, JudgingError, check_claims, check_sentence, verify
from assistant.records import Document, Quote, Sentence, Speaker
from tests.claims.judges import BrokenJudge, FixedJudge

TEXT = "Government should fund harbour boards. Boards meet monthly."
PROPOSAL = Quote(
    1,
    "harbours",
    "Open harbours",
    "Reed Institute",
    "2025",
    Speaker("Reed Institute", "publisher", "independent-proposal", "2025"),
    "current",
    "summary",
    "body",
    ("Boards",),
    None,
    None,
    TEXT,
    0,
    len(TEXT),
    "",
)
POLICY = replace(PROPOSAL, speaker=Speaker("Cabinet Office", "publisher", "government-policy", "2025"))


def document_of(quote: Quote) -> Document:
    return Document(TEXT, ())


def checked(words: str, quote: Quote = PROPOSAL, judge: FixedJudge | None = None) -> Sentence:
    return check_sentence(Sentence(words, (quote.n,), "unsupported"), [quote], document_of, judge)


@pytest.mark.parametrize(
    "words",
    [
        "According to the Reed Institute, government should fund harbour boards.",
        "The Reed Institute recommends that government should fund harbour boards.",
        "The report says that boards meet each month.",
        "Open harbours argues that boards meet each month.",
        "Critics say that boards meet each month.",
    ],
)
def test_a_proposal_under_its_publishers_name_is_left_to_the_judge(words: str) -> None:
    assert checked(words).verdict == "unjudged"
    assert checked(words, judge=FixedJudge()).verdict == "supported"
    assert checked(words, judge=FixedJudge("contradicted")).verdict == "contradicted"


@pytest.mark.parametrize(
    ("words", "check"),
    [
        ("The government will fund harbour boards.", "authority"),
        ("The government has decided to fund harbour boards.", "authority"),
        ("Government policy is to fund harbour boards.", "authority"),
        ("Ministers have agreed to fund harbour boards.", "authority"),
        ("The Moor Council argues that government should fund harbour boards.", "speaker"),
        ("According to ministers, government should fund harbour boards.", "speaker"),
    ],
)
def test_no_judge_gives_a_proposal_to_another(words: str, check: str) -> None:
    found = checked(words, judge=FixedJudge())
    assert found.verdict == "unsupported" or found.reasons[0].check == "name"
    assert check in [reason.check for reason in found.reasons]


def test_the_government_may_speak_for_its_own_policy() -> None:
    assert checked("The government says that boards meet each month.", POLICY, FixedJudge()).verdict == "supported"
    assert checked("The Reed Institute says that boards meet.", POLICY, FixedJudge()).verdict == "unsupported"


def test_a_sentence_of_a_proposal_may_be_quoted_whatever_it_says() -> None:
    text = "The government will fund boards."
    quote = replace(PROPOSAL, quote=text, end=len(text))
    found = check_sentence(Sentence(text, (1,), "unsupported"), [quote], lambda _: Document(text, ()))
    assert (found.verdict, found.reasons) == ("supported", ())


def test_a_quote_that_its_document_lacks_and_no_quote_at_all_are_not_put_before_a_judge() -> None:
    judge = FixedJudge()
    moved = replace(PROPOSAL, start=1)
    claims = [Claim("Boards meet monthly.", (moved,)), Claim("Boards meet monthly.", ())]
    assert [item.verdict for item in check_claims(claims, document_of, judge)] == ["unsupported", "unsupported"]
    assert [item.reasons[0].check for item in check_claims(claims, document_of)] == ["quote", "citation"]
    assert judge.asked == []


def test_the_judge_is_asked_once_for_all_that_words_leave_open() -> None:
    judge = FixedJudge("partly")
    claims = [
        Claim("Boards meet monthly.", (PROPOSAL,)),
        Claim("Boards gather each month.", (PROPOSAL,)),
        Claim("Boards met in 1999.", (PROPOSAL,)),
        Claim("Funding should be the government's.", (PROPOSAL,)),
    ]
    found = [item.verdict for item in check_claims(claims, document_of, judge)]
    assert found == ["supported", "partly", "unsupported", "partly"]
    assert [[claim.text for claim in asked] for asked in judge.asked] == [[claims[1].text, claims[3].text]]


def test_figures_of_the_question_and_the_heading_may_be_repeated() -> None:
    claim = "Of the 40 boards, all meet each month."
    assert check_claims([Claim(claim, (PROPOSAL,))], document_of)[0].verdict == "unsupported"
    assert check_claims([Claim(claim, (PROPOSAL,), "How often do the 40 boards meet?")], document_of)[0].verdict == (
        "unjudged"
    )


def test_a_judge_that_fails_is_an_error_and_not_a_verdict() -> None:
    with pytest.raises(JudgingError, match="wrote nothing"):
        check_claims([Claim("Boards gather.", (PROPOSAL,))], document_of, BrokenJudge())


def test_the_speaker_of_a_loose_context_counts_where_it_is_given() -> None:
    claim, context = "The government will fund boards.", "Fund all the boards."
    assert verify(claim, context).verdict == "unjudged"
    assert verify(claim, context, "Cabinet Office").verdict == "unjudged"
    assert verify(claim, context, "Reed Institute").reasons[0].check == "authority"
