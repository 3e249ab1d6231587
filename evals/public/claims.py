"""How well the product's check ranks and accepts the claims of a public set, beside words in common.

A floor that ranks as well as the check does means that the check adds nothing to counting words on such claims.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.claims import verify
from assistant.claims.sentencewise import sentences_of
from assistant.text.terms import content_terms
from evals.metrics.agreement import auc, balanced_accuracy
from evals.metrics.intervals import SAMPLES, SEED, Estimate, Floats, estimate
from evals.public.sets import Claim

OURS = "Steward"


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
    accepted: NDArray[np.bool_]
    """Whether the product's verdict is "supported"; "partly" is not."""
    scores: Mapping[str, Floats]
    """Scores between 0 and 1 of our check and of each floor, by name."""
    groups: Sequence[str]
    """Claims of one group are not independent: a bootstrap draws whole groups."""


def judge(claims: Sequence[Claim]) -> Judged:
    """Every claim checked and scored once."""
    verdicts = [verify(claim.claim, claim.context) for claim in claims]
    floors = {name: np.array([score(one.claim, one.context) for one in claims]) for name, score in FLOORS.items()}
    return Judged(
        supported=np.array([claim.label for claim in claims]),
        accepted=np.array([found.verdict == "supported" for found in verdicts]),
        scores={OURS: np.array([found.score for found in verdicts]), **floors},
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


def verdict_accuracy(judged: Judged) -> Estimate:
    """Share of claims that are accepted when supported and not accepted otherwise."""
    return estimate((judged.accepted == judged.supported).astype(float).tolist(), judged.groups)


def verdict_balanced_accuracy(judged: Judged) -> Estimate:
    """Mean of both labels' shares judged rightly; 0.5 for always the same verdict."""
    return _bootstrapped(
        lambda chosen: balanced_accuracy(judged.accepted[chosen], judged.supported[chosen]), judged.groups
    )


def accepted_share(judged: Judged, *, supported: bool) -> Estimate:
    """Share accepted of the supported claims (higher is better) or of the others (lower is)."""
    chosen = np.flatnonzero(judged.supported == supported)
    return estimate(
        judged.accepted[chosen].astype(float).tolist(), [judged.groups[number] for number in chosen.tolist()]
    )


def gain_at_verdict(judged: Judged, floor: str) -> Estimate:
    """What our verdict accepts of the supported claims beyond a floor that accepts as many of the others, paired.

    Between -1 and 1, above 0 when the verdict is the better one to act on. The floor's share is read off its ROC curve,
    straight lines between its thresholds, so the floor has the best threshold for this very set.
    """

    def measure(chosen: NDArray[np.int64]) -> float:
        labels, accepted = judged.supported[chosen], judged.accepted[chosen]
        if labels.all() or not labels.any():
            return np.nan
        wrongly, rightly = roc(judged.scores[floor][chosen], labels)
        return float(accepted[labels].mean() - np.interp(accepted[~labels].mean(), wrongly, rightly))

    return _bootstrapped(measure, judged.groups)


def roc(scores: Floats, labels: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Shares accepted of the unsupported and of the supported, for each threshold from the highest score down.

    Both begin at 0 and end at 1; both labels must occur.
    """
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    ranked = labels[order]
    wrongly, rightly = (np.cumsum(chosen)[last] / chosen.sum() for chosen in (~ranked, ranked))
    return np.append(0.0, wrongly), np.append(0.0, rightly)


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
