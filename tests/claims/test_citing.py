"""Who says it, and with what authority."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.claims import check_sentence
from assistant.records import Document, Quote, Sentence, Speaker

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


def checked(words: str, quote: Quote = PROPOSAL) -> Sentence:
    return check_sentence(Sentence(words, (quote.n,), "unsupported"), [quote], lambda _: Document(TEXT, ()))


@pytest.mark.parametrize(
    "words",
    [
        "Government should fund harbour boards.",
        "According to the Reed Institute, government should fund harbour boards.",
        "The Reed Institute recommends that government should fund harbour boards.",
        "The Reed Institute argues that harbour boards should be funded by government.",
        "The report says that boards meet each month.",
        "Reed Institute: boards meet monthly.",
    ],
)
def test_a_proposal_under_its_publishers_name_is_supported(words: str) -> None:
    found = checked(words)
    assert (found.verdict, found.reasons) == ("supported", ())


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
def test_a_proposal_as_anothers_words_is_not(words: str, check: str) -> None:
    found = checked(words)
    assert found.verdict == "unsupported"
    assert check in [reason.check for reason in found.reasons]


def test_the_government_may_speak_for_its_own_policy() -> None:
    assert checked("The government says that boards meet monthly.", POLICY).verdict == "supported"
    assert checked("The Reed Institute says that boards meet monthly.", POLICY).verdict == "unsupported"


def test_a_sentence_of_a_proposal_may_be_quoted_whatever_it_says() -> None:
    text = "The government will fund boards."
    quote = replace(PROPOSAL, quote=text, end=len(text))
    sentence = Sentence(text, (1,), "unsupported")
    assert check_sentence(sentence, [quote], lambda _: Document(text, ())).verdict == "supported"
    other = Sentence("The government will fund each board.", (1,), "unsupported")
    assert check_sentence(other, [quote], lambda _: Document(text, ())).verdict == "unsupported"
