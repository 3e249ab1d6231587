"""What holds for every judge and every text."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.claims import Judge, verify
from evals.claims import load_altered_quotes
from tests.claims.judges import FixedJudge

DEV = [quote for quote in load_altered_quotes() if quote.split == "dev"]
SENTENCES = sorted({quote.original for quote in DEV})
CONTEXTS = {quote.original: quote.context for quote in DEV}
JUDGES = [pytest.param(None, id="no judge"), pytest.param(FixedJudge(), id="eager judge")]


@pytest.mark.parametrize("judge", JUDGES)
@given(sentence=st.sampled_from(SENTENCES))
def test_a_sentence_of_the_context_is_always_supported(judge: Judge | None, sentence: str) -> None:
    found = verify(sentence, CONTEXTS[sentence], judge=judge)
    assert (found.verdict, found.score, found.reasons) == ("supported", 1.0, ())


@pytest.mark.parametrize("judge", JUDGES)
@given(
    said=st.integers(2, 10**6),
    held=st.integers(2, 10**6),
    form=st.sampled_from(["{} boats", "£{} a boat", "{}% of boats", "{} million boats", "{} years of boats"]),
    other=st.sampled_from(["boats sail", "boats have sailed", "of which boats sail"]),
)
def test_another_figure_is_never_supported(judge: Judge | None, said: int, held: int, form: str, other: str) -> None:
    assume(said != held)
    context = f"The harbour counts {form.format(held)}. It opened late."
    for claim in (f"The harbour counts {form.format(said)}.", f"The harbour counts {form.format(said)}, {other}."):
        assert verify(claim, context, judge=judge).verdict in ("contradicted", "unsupported")


@pytest.mark.parametrize("kind", sorted({quote.kind for quote in DEV if not quote.supported}))
def test_no_altered_quote_is_supported_by_words(kind: str) -> None:
    for quote in DEV:
        if quote.kind == kind:
            assert verify(quote.claim, quote.context).verdict != "supported", quote.claim


@pytest.mark.parametrize("kind", ["unit", "negation"])
def test_no_judge_overrules_a_changed_unit_or_negation(kind: str) -> None:
    for quote in DEV:
        if quote.kind == kind:
            assert verify(quote.claim, quote.context, judge=FixedJudge()).verdict != "supported", quote.claim


@given(claim=st.text(max_size=80), context=st.text(max_size=200))
def test_any_text_gets_a_verdict(claim: str, context: str) -> None:
    found = verify(claim, context)
    assert 0 <= found.score <= 1
    assert (found.verdict in ("supported", "unjudged")) == (not found.reasons)
    assert found == verify(claim, context)


@given(sentence=st.sampled_from(SENTENCES), other=st.sampled_from(SENTENCES))
def test_more_context_before_and_behind_takes_nothing_away_from_a_quote(sentence: str, other: str) -> None:
    assert verify(sentence, f"{other}\n{CONTEXTS[sentence]}\n{other}").verdict == "supported"
