"""A sentence against the quotes that it cites."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.grounding.rules import RuleChecker
from assistant.grounding.verification import Checker
from assistant.records import Document, Quote, Reason, Sentence, Verdict

FindDocument = Callable[[Quote], Document]


def check_sentence(
    sentence: Sentence, quotes: Sequence[Quote], find_document: FindDocument, checker: Checker | None = None
) -> Sentence:
    """The sentence with its verdict: supported only when every quote is exact and together they say it."""
    reasons: list[Reason] = []
    cited = [quote for quote in quotes if quote.n in sentence.citations]
    if not cited:
        reasons.append(Reason("citation", sentence.text, "no quote is cited"))
    for quote in cited:
        found = find_document(quote).text[quote.start : quote.end]
        if found != quote.quote:
            reasons.append(Reason("quote", quote.quote, found))
    if cited:
        verification = (checker or RuleChecker()).verify(sentence.text, "\n".join(quote.quote for quote in cited))
        reasons += verification.reasons
    verdict: Verdict = "unsupported" if reasons else "supported"
    return Sentence(sentence.text, sentence.citations, verdict, tuple(reasons))
