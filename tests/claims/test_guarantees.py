"""What holds for every checker and every text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.claims import Checker, RuleChecker, verify
from assistant.claims.entailment import InferenceChecker
from evals.claims import load_altered_quotes

DEV = [quote for quote in load_altered_quotes() if quote.split == "dev"]
SENTENCES = sorted({quote.original for quote in DEV})
CONTEXTS = {quote.original: quote.context for quote in DEV}


class EagerModel:
    """Finds that everything follows from everything."""

    def infer(self, premise: str, hypothesis: str) -> Mapping[str, float]:
        return {"entailment": 0.98, "contradiction": 0.01, "neutral": 0.01}


CHECKERS = [
    pytest.param(RuleChecker(), id="rules"),
    pytest.param(InferenceChecker(EagerModel()), id="inference"),
]


@pytest.mark.parametrize("checker", CHECKERS)
@given(sentence=st.sampled_from(SENTENCES))
def test_a_sentence_of_the_context_is_always_supported(checker: Checker, sentence: str) -> None:
    found = checker.verify(sentence, CONTEXTS[sentence])
    assert (found.verdict, found.score, found.reasons) == ("supported", 1.0, ())


@pytest.mark.parametrize("checker", CHECKERS)
@given(
    said=st.integers(2, 10**6),
    held=st.integers(2, 10**6),
    form=st.sampled_from(["{} boats", "£{} a boat", "{}% of boats", "{} million boats", "{} years of boats"]),
    other=st.sampled_from(["boats sail", "boats have sailed", "of which boats sail"]),
)
def test_another_figure_is_never_supported(checker: Checker, said: int, held: int, form: str, other: str) -> None:
    assume(said != held)
    context = f"The harbour counts {form.format(held)}. It opened late."
    for claim in (f"The harbour counts {form.format(said)}.", f"The harbour counts {form.format(said)}, {other}."):
        found = checker.verify(claim, context)
        assert found.verdict == "unsupported"
        assert found.score < 0.5


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("kind", ["figure", "date", "unit", "negation"])
def test_no_altered_quote_is_supported(checker: Checker, kind: str) -> None:
    for quote in DEV:
        if quote.kind == kind:
            assert checker.verify(quote.claim, quote.context).verdict == "unsupported", quote.claim


@pytest.mark.parametrize("checker", CHECKERS)
@given(claim=st.text(max_size=80), context=st.text(max_size=200))
def test_any_text_gets_a_verdict_with_its_reasons(checker: Checker, claim: str, context: str) -> None:
    found = checker.verify(claim, context)
    assert 0 <= found.score <= 1
    assert (found.verdict == "supported") == (not found.reasons)
    assert found == checker.verify(claim, context)


@given(sentence=st.sampled_from(SENTENCES), other=st.sampled_from(SENTENCES))
def test_more_context_before_and_behind_takes_nothing_away_from_a_quote(sentence: str, other: str) -> None:
    assert verify(sentence, f"{other}\n{CONTEXTS[sentence]}\n{other}").verdict == "supported"
