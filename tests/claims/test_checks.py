"""What each check sees, on pairs that differ in one thing."""

from __future__ import annotations

import pytest

from assistant.claims import verify
from assistant.claims.lists import in_one_list
from assistant.claims.short_forms import find_short_forms
from assistant.claims.tokens import tokenise
from assistant.text.amounts import read_amount

CONTEXT = (
    "The Cabinet Office should publish a plan by March 2028. At least 40 of the 60 councils must report £5 million a "
    "year. Most mayors may not borrow. The Ferry Trust lends boats to the Harbour Board, and Leith pays the crews."
)


@pytest.mark.parametrize(
    "claim",
    [
        "By March 2028 the Cabinet Office ought to publish a plan.",
        "A plan should be published by the Cabinet Office by March 2028.",
        "The government should publish a plan by March 2028.",
        "At least 40 of the 60 councils have to report £5m annually.",
        "Most mayors may not borrow.",
        "The Ferry Trust lends boats to the Harbour Board.",
        "Boats are lent to the Harbour Board by the Ferry Trust.",
        "The crews are paid by Leith.",
    ],
)
def test_a_restatement_is_supported(claim: str) -> None:
    found = verify(claim, CONTEXT)
    assert (found.verdict, found.reasons) == ("supported", ())
    assert found.score >= 0.5
    assert not found.contradicts


@pytest.mark.parametrize(
    ("claim", "check", "said", "held"),
    [
        ("At least 45 of the 60 councils must report £5 million a year.", "figure", "45", "40"),
        ("At least 40 of the 60 councils must report £5 billion a year.", "figure", "£5 billion", "£5 million"),
        ("At least 40 of the 60 councils must report £5 million a month.", "unit", "a month", "a year"),
        ("The Cabinet Office should publish a plan by March 2029.", "date", "2029", "2028"),
        ("The Cabinet Office should publish a plan after March 2028.", "date", "after", "by"),
        ("The Home Office should publish a plan by March 2028.", "name", "Home Office", "Cabinet"),
        ("The Cabinet Office will publish a plan by March 2028.", "modality", "will", "should"),
        ("At most 40 of the 60 councils must report £5 million a year.", "quantifier", "at most", "at least"),
        ("All mayors may not borrow.", "quantifier", "all", "most"),
        ("Most mayors may borrow.", "negation", "", "not"),
        ("The Harbour Board lends boats to the Ferry Trust.", "role", "", ""),
        ("The Ferry Trust pays the crews.", "role", "", ""),
    ],
)
def test_a_changed_word_is_named_with_what_the_context_has(claim: str, check: str, said: str, held: str) -> None:
    found = verify(claim, CONTEXT)
    assert found.verdict == "unsupported"
    assert found.contradicts
    reasons = {reason.check: reason for reason in found.reasons}
    assert check in reasons
    assert said in reasons[check].claim
    assert held in reasons[check].context


def test_what_the_context_does_not_mention_is_unsupported_and_no_contradiction() -> None:
    found = verify("Schools teach rowing to every child.", CONTEXT)
    assert (found.verdict, found.contradicts) == ("unsupported", False)


def test_a_name_of_another_sentence_does_not_take_a_place() -> None:
    context = "The Reed Institute wrote the report. The Moor Council paid for it."
    assert verify("The Moor Council wrote the report.", context).contradicts
    assert verify("The Reed Institute paid for it.", context).contradicts


def test_a_pronoun_is_read_with_the_sentence_before() -> None:
    context = "The Reed Institute trains judges. It employs 40 people."
    assert verify("The Reed Institute employs 40 people.", context).verdict == "supported"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("£5m", "£5000000"),
        ("five million pounds", "£5000000"),
        ("10 per cent", "10%"),
        ("10%", "10%"),
        ("twenty five years", "25 year"),
        ("a decade later", "10 year"),
        ("two thirds", "2/3"),
        ("nine in ten", "9/10"),
        ("2025/26", "2025-26"),
        ("every three months", "quarter"),
        ("annually", "year"),
        ("one of them", None),
        ("march of the boats", None),
    ],
)
def test_amounts_have_one_form(words: str, key: str | None) -> None:
    found = read_amount(words.split(), 0)
    assert (found.key if found else None) == key


def test_an_acronym_is_its_long_form_with_or_without_brackets() -> None:
    for context in ("The Fair Work Board (FWB) met.", "The Fair Work Board met."):
        assert find_short_forms("The FWB met.", context) == (("FWB", "Fair Work Board"),)
        assert verify("The FWB met.", context).verdict == "supported"


def test_members_of_one_list_may_change_places() -> None:
    tokens = tokenise("Leith sees councils, charities and small firms, and mayors pay.")
    texts = [token.text for token in tokens]
    assert in_one_list(tokens, texts.index("councils"), texts.index("firms"))
    assert not in_one_list(tokens, texts.index("Leith"), texts.index("firms"))
