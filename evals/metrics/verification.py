"""How well a verifier tells what a source supports from what it does not; ours and the floors.

A verifier gives a verdict on a claim beside its context. By words alone only a verbatim claim is accepted; the others
are vetoed, which should happen to altered ones alone, or left to a judge of meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.claims.checking import by_words, loose_quote
from assistant.claims.verification import Claim as CitedClaim
from assistant.records import Verdict
from assistant.text.terms import content_terms
from evals.claims import AlteredQuote, Claim

Verifier = Callable[[Claim], Verdict]
CLAIM_SCORES = ("accepted_supported", "accepted_altered", "vetoed_supported", "vetoed_altered")
_VETOES = ("contradicted", "unsupported")


def claim_scores(claim: Claim, verdict: Verdict) -> dict[str, float]:
    """Return what a verdict is worth.

    ``accepted_supported`` of a verbatim quote (higher is better), ``accepted_altered`` of every claim that is not
    supported (lower is). ``vetoed_supported`` of a supported paraphrase (lower is better), ``vetoed_altered`` of every
    claim that is not supported (higher is).
    """
    accepted, vetoed = float(verdict == "supported"), float(verdict in _VETOES)
    if claim.kind == "verbatim":
        return {"accepted_supported": accepted}
    if claim.supported:
        return {"vetoed_supported": vetoed}
    return {"accepted_altered": accepted, "vetoed_altered": vetoed}


def verdict_by_words(claim: Claim) -> Verdict:
    """Return our verdict without a judge."""
    found = by_words(CitedClaim(claim.claim, (loose_quote(claim.context),), claim.around), attributes=False)
    return "unjudged" if found is None else found.verdict


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
    return lambda claim: "supported" if word_overlap(claim.claim, claim.context) >= threshold else "unsupported"


VERIFIERS: Mapping[str, Callable[[Sequence[AlteredQuote]], Verifier]] = {
    "steward": lambda dev: verdict_by_words,
    "word-overlap": _overlap,
    "accept-all": lambda dev: lambda claim: "supported",
}
"""Ours; the share of words found, with its best threshold on dev; and no check at all."""
