"""What people's labels say: how far two raters agree, and how the verifier stands against them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.claims import Verification
from assistant.records import Verdict
from evals.labelling.labels import LabelError, LabelItem, Labels, agreed_verdicts
from evals.metrics.agreement import auc, balanced_accuracy, cohen_kappa
from evals.metrics.intervals import SAMPLES, SEED

ENOUGH_LABELS = 150
"""Claims below which a calibration is only a hint; ARES (Saad-Falcon et al. 2024) asks for as many."""
FOLDS = 5
Verify = Callable[[str, str], Verification]
"""Does the context (second) say what the claim (first) says?"""
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A claim on which two raters differ."""

    item: str
    first: Verdict | None
    second: Verdict | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two raters agree on the claims that both marked."""

    n: int
    equal: float
    """Share with the same verdict; NaN when ``n`` is 0."""
    kappa: float
    """Cohen's over the three verdicts, unweighted; NaN where both gave one and the same throughout."""
    low: float
    high: float
    """95 % interval of kappa; NaN where kappa is."""
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a verifier stands against people; *partly* counts as not supported. NaN is what could not be measured."""

    n: int
    supported: int
    """How many of the ``n`` people call supported."""
    disagreed: int
    """Claims that all raters marked, but not alike; not in ``n``."""
    balanced_accuracy: float
    """Of the verifier's verdict, *supported* or not; 0.5 is guessing."""
    auc: float
    """Of its score."""
    threshold: float
    """The least score to accept that has the best balanced accuracy on these labels; of equals the strictest."""
    cross_validated: float
    """Balanced accuracy of such a threshold on claims that it was not chosen by: the one to report."""
    notes: tuple[str, ...]
    """What a reader must know before believing the figures; one sentence each."""


def agreement(one: Labels, other: Labels) -> Agreement:
    """How far two raters agree; the interval is a percentile bootstrap over the claims."""
    both = [(item, one[item].verdict, other[item].verdict) for item in one if item in other]
    ones, others = [first for _, first, _ in both], [second for _, _, second in both]
    equal = sum(first == second for _, first, second in both) / len(both) if both else math.nan
    low, high = _kappa_interval(ones, others)
    return Agreement(
        n=len(both),
        equal=equal,
        kappa=cohen_kappa(ones, others),
        low=low,
        high=high,
        disagreements=tuple(Disagreement(*row) for row in both if row[1] != row[2]),
    )


def calibrate(items: Iterable[LabelItem], raters: Sequence[Labels], verify: Verify) -> Calibration:
    """How the verifier stands against the labels of one rater, or of several where all of them agree.

    ``items`` are the claims that were marked (`evals.labelling.labels.load_items`). The labels are split into five
    folds, each verdict evenly; a fold is judged by the threshold that is best on the other four, and the balanced
    accuracy is taken once over all of them.

    Raises:
        LabelError: a label is on a claim that is not among the items.
    """
    claims = {item.id: item for item in items}
    for item in (item for labels in raters for item in labels if item not in claims):
        raise LabelError(f"A label is on claim {item}, which is not in the set. Give the set that the raters marked.")
    people = agreed_verdicts(raters)
    checked = [verify(claims[item].claim, claims[item].context) for item in people]
    supported = np.array([verdict == "supported" for verdict in people.values()], dtype=np.bool_)
    scores = np.array([check.score for check in checked], dtype=np.float64)
    accepted = np.array([check.verdict == "supported" for check in checked], dtype=np.bool_)
    in_all = set.intersection(*(set(labels) for labels in raters)) if raters else set()
    least = min(int(supported.sum()), int((~supported).sum()))
    return Calibration(
        n=len(people),
        supported=int(supported.sum()),
        disagreed=len(in_all) - len(people),
        balanced_accuracy=balanced_accuracy(accepted, supported),
        auc=auc(scores, supported),
        threshold=_best_threshold(scores, supported) if least else math.nan,
        cross_validated=_cross_validated(scores, supported) if least >= FOLDS else math.nan,
        notes=tuple(_notes(len(people), int(supported.sum()))),
    )


def _notes(n: int, supported: int) -> Iterable[str]:
    if n < ENOUGH_LABELS:
        yield f"Too few labels: {n} claims, at least {ENOUGH_LABELS} are wanted. Take the figures as a hint only."
    if supported in (0, n):
        what = (
            "No claim is marked" if not n else f"Every claim is marked {'supported' if supported else 'not supported'}"
        )
        yield f"{what}: whether the verifier tells the two apart cannot be measured."
    elif min(supported, n - supported) < FOLDS:
        yield f"Fewer than {FOLDS} claims of one verdict: no cross-validation."


def _best_threshold(scores: Floats, supported: Bools) -> float:
    """The score from which on to accept, by balanced accuracy; of equals the highest, which accepts least."""
    candidates: list[float] = sorted(set(scores.tolist()), reverse=True)
    return max(candidates, key=lambda least: balanced_accuracy(scores >= least, supported))


def _cross_validated(scores: Floats, supported: Bools) -> float:
    """Balanced accuracy over all folds, each judged by the threshold of the others."""
    fold = np.empty(len(scores), dtype=np.int64)
    random = np.random.default_rng(SEED)
    for verdict in (True, False):
        members = random.permutation(np.flatnonzero(supported == verdict))
        fold[members] = np.arange(len(members)) % FOLDS
    accepted = np.empty(len(scores), dtype=np.bool_)
    for number in range(FOLDS):
        held_out = fold == number
        accepted[held_out] = scores[held_out] >= _best_threshold(scores[~held_out], supported[~held_out])
    return balanced_accuracy(accepted, supported)


def _kappa_interval(ones: Sequence[Verdict | None], others: Sequence[Verdict | None]) -> tuple[float, float]:
    """Of the samples only those in which chance alone would not have the raters agree."""
    if math.isnan(cohen_kappa(ones, others)):
        return math.nan, math.nan
    drawn = np.random.default_rng(SEED).integers(len(ones), size=(SAMPLES, len(ones)))
    kappas = np.array([cohen_kappa([ones[i] for i in row], [others[i] for i in row]) for row in drawn.tolist()])
    low, high = np.nanquantile(kappas, (0.025, 0.975))
    return float(low), float(high)
