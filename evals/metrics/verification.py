"""How well a verifier tells what a source supports from what it does not; ours and the floors.

A verifier says whether a context supports a claim. Altered quotes are judged by the share that is accepted, kind by
kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.text.terms import content_terms
from evals.claims import AlteredQuote, Claim
from evals.metrics.answers import supports

Verifier = Callable[[str, str], bool]
QUOTE_SCORES = ("accepted_supported", "accepted_altered")


def quote_scores(quote: Claim, accepted: bool) -> dict[str, float]:
    """``accepted_supported`` of a supported claim (higher is better), ``accepted_altered`` of another (lower is)."""
    return {("accepted_supported" if quote.supported else "accepted_altered"): float(accepted)}


def word_overlap(claim: str, context: str) -> float:
    """Share of the claim's content words that stand in the context, in any form; between 0 and 1, 0 for none."""
    said = content_terms(claim)
    held = set(content_terms(context))
    return sum(term in held for term in said) / len(said) if said else 0.0


def best_threshold(quotes: Sequence[AlteredQuote]) -> float:
    """The least word overlap to accept, by balanced accuracy on these quotes; they must not be those reported on."""
    scored = [(word_overlap(quote.claim, quote.context), quote.supported) for quote in quotes]
    positives = sum(supported for _, supported in scored)
    negatives = len(scored) - positives

    def balanced_accuracy(threshold: float) -> float:
        accepted = sum(score >= threshold and supported for score, supported in scored)
        rejected = sum(score < threshold and not supported for score, supported in scored)
        return (accepted / positives + rejected / negatives) / 2

    return max(sorted({score for score, _ in scored}), key=balanced_accuracy)


def build_verifier(name: str, dev: Sequence[AlteredQuote]) -> Verifier:
    """A verifier by its name; ``dev`` are the quotes on which a floor's threshold may be chosen.

    Raises:
        ValueError: there is none of that name; the message lists those there are.
    """
    if name not in VERIFIERS:
        raise ValueError(f"No verifier {name!r}; there are: {', '.join(VERIFIERS)}.")
    return VERIFIERS[name](dev)


def _overlap(dev: Sequence[AlteredQuote]) -> Verifier:
    threshold = best_threshold(dev)
    return lambda claim, context: word_overlap(claim, context) >= threshold


VERIFIERS: Mapping[str, Callable[[Sequence[AlteredQuote]], Verifier]] = {
    "steward": lambda dev: supports,
    "word-overlap": _overlap,
    "accept-all": lambda dev: lambda claim, context: True,
}
"""Ours; the share of words found, with its best threshold on dev; and no check at all."""
