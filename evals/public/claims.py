"""How often the veto of facts is right on the claims of a public set, and how well a judge ranks and accepts them.

A judge that ranks no better than words in common adds nothing to counting words on such claims.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.claims import Judge, verify
from assistant.claims.verbatim import sentences_of
from assistant.text.terms import content_terms
from evals.metrics.agreement import auc
from evals.metrics.intervals import SAMPLES, SEED, Estimate, Floats, estimate
from evals.public.sets import Claim

JUDGE = "judge"


def word_overlap(claim: str, context: str) -> float:
    """Share of the claim's content terms that stand in the context; 0 for a claim without any.

    >>> word_overlap("The board meets weekly.", "The board meets monthly, in public.")
    0.6666666666666666
    """
    said = set(content_terms(claim))
    return len(said & set(content_terms(context))) / len(said) if said else 0.0


def sentence_overlap(claim: str, context: str) -> float:
    """Word overlap with the one sentence of the context that has most; of the claim's sentences the least counts.

    Sentences are cut, and several of them judged by the weakest, as the product's check does it.

    >>> sentence_overlap("The board meets weekly.", "The board is small. Staff meet weekly.")
    0.6666666666666666
    """
    held = list(sentences_of(context))
    said = [sentence for sentence in sentences_of(claim) if content_terms(sentence)]
    return min((max((word_overlap(one, other) for other in held), default=0.0) for one in said), default=0.0)


FLOORS: Mapping[str, Callable[[str, str], float]] = {
    "words of the passage": word_overlap,
    "words of one sentence": sentence_overlap,
}


@dataclass(frozen=True)
class Judged:
    """Claims of one set as arrays of one length, in the set's order."""

    supported: NDArray[np.bool_]
    vetoed: NDArray[np.bool_]
    """Whether a fact of the claim clashes with its context or is not there."""
    accepted: NDArray[np.bool_]
    """Whether the product's verdict is "supported"; without a judge only of verbatim claims."""
    scores: Mapping[str, Floats]
    """Scores between 0 and 1 of each floor, and of the judge where there is one, by name."""
    groups: Sequence[str]
    """Claims of one group are not independent: a bootstrap draws whole groups."""


def judge(claims: Sequence[Claim], model: Judge | None = None) -> Judged:
    """Every claim checked and scored once."""
    by_words = [verify(claim.claim, claim.context) for claim in claims]
    found = [verify(claim.claim, claim.context, judge=model) for claim in claims] if model else by_words
    scores = {name: np.array([score(one.claim, one.context) for one in claims]) for name, score in FLOORS.items()}
    if model:
        scores[JUDGE] = np.array([item.score for item in found])
    return Judged(
        supported=np.array([claim.label for claim in claims]),
        vetoed=np.array([item.verdict in ("contradicted", "unsupported", "partly") for item in by_words]),
        accepted=np.array([item.verdict == "supported" for item in found]),
        scores=scores,
        groups=[claim.context if claim.group is None else claim.group for claim in claims],
    )


def sampled(claims: Sequence[Claim], at_most: int) -> Sequence[Claim]:
    """So many claims drawn without replacement, in the set's order; all of them when there are no more.

    The seed is `evals.metrics.intervals.SEED`, so the same file gives the same claims.
    """
    if len(claims) <= at_most:
        return claims
    drawn = np.random.default_rng(SEED).choice(len(claims), size=at_most, replace=False)
    return [claims[number] for number in sorted(drawn)]


def ranking(judged: Judged, name: str, beside: str | None = None) -> Estimate:
    """AUC of the scores of that name, or with ``beside`` how much larger it is than the other's.

    Percentile bootstrap over whole groups; a difference is paired: both areas are of the same draw. A draw that happens
    to have one label only cannot be measured and is left out of the interval.
    """
    scores, other = judged.scores[name], judged.scores[beside] if beside else None

    def measure(chosen: NDArray[np.int64]) -> float:
        labels = judged.supported[chosen]
        return auc(scores[chosen], labels) - (0.0 if other is None else auc(other[chosen], labels))

    return _bootstrapped(measure, judged.groups)


def share_of(judged: Judged, values: NDArray[np.bool_], *, supported: bool) -> Estimate:
    """Share of the supported claims, or of the others, for which ``values`` is true."""
    chosen = np.flatnonzero(judged.supported == supported)
    return estimate(values[chosen].astype(float).tolist(), [judged.groups[number] for number in chosen.tolist()])


def _bootstrapped(measure: Callable[[NDArray[np.int64]], float], clusters: Sequence[str]) -> Estimate:
    """A measure of chosen cases, on all of them, and the interval of its values on clusters drawn with replacement."""
    members: dict[str, list[int]] = {}
    for number, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(number)
    groups = [np.array(numbers) for numbers in members.values()]
    drawn = np.random.default_rng(SEED).integers(len(groups), size=(SAMPLES, len(groups)))
    values: Floats = np.array([measure(np.concatenate([groups[i] for i in draw])) for draw in drawn])
    low, high = np.nanquantile(values, (0.025, 0.975))
    return Estimate(measure(np.arange(len(clusters))), float(low), float(high), len(clusters), len(groups))
