"""How well scores or raters agree with labels. Pure functions; a label is True for *supported*.

What cannot be measured is NaN, never 0: ranking with one label only, or two raters who could not have disagreed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def auc(scores: Sequence[float] | NDArray[np.float64], labels: Sequence[bool] | NDArray[np.bool_]) -> float:
    """The chance that a supported case scores higher than an unsupported one, ties counting half; 0.5 is guessing.

    Between 0 and 1, higher is better; NaN when one of the labels does not occur.

    Source: area under the ROC curve by mean ranks (Hanley and McNeil 1982; the Mann-Whitney U over the pairs).

    >>> auc([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    values, supported = _arrays(scores, labels)
    positives = int(supported.sum())
    negatives = len(supported) - positives
    if not positives or not negatives:
        return math.nan
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(sizes) - (sizes - 1) / 2
    above = float(mean_ranks[group][supported].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def balanced_accuracy(
    predicted: Sequence[bool] | NDArray[np.bool_], labels: Sequence[bool] | NDArray[np.bool_]
) -> float:
    """The mean of the two labels' shares judged rightly; 0.5 for one who always says the same.

    Between 0 and 1, higher is better; NaN when one of the labels does not occur.

    >>> balanced_accuracy([True, True, True, False], [True, True, False, False])
    0.75
    """
    said, supported = _arrays(predicted, labels)
    if not supported.any() or supported.all():
        return math.nan
    return float((np.mean(said[supported] == 1) + np.mean(said[~supported] == 0)) / 2)


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """How far two raters' labels agree beyond chance: 1 always, 0 as often as by chance, below 0 less often.

    Case by case, in the same order; any labels. Not weighted: a near miss is a miss. NaN without cases, or when both
    raters gave one and the same label throughout, so that chance alone would have them agree.

    Source: Cohen 1960.

    Of ten cases both say yes to four and no to three: they agree on 0.7. By chance it would be
    0.6 * 0.5 + 0.4 * 0.5 = 0.5, so kappa is (0.7 - 0.5) / (1 - 0.5).

    >>> round(cohen_kappa("yyyyyynnnn", "yyyynnnnny"), 12)
    0.4

    Raises:
        ValueError: the raters judged different numbers of cases.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} labels of one rater, {len(second)} of the other; give both for each case")
    n = len(first)
    ones, others = Counter(first), Counter(second)
    by_chance = sum(count * others[label] for label, count in ones.items())
    if by_chance == n * n:  # in whole numbers, so that no rounding hides it; true of no cases as well
        return math.nan
    agreed = sum(one == other for one, other in zip(first, second, strict=True))
    return (agreed * n - by_chance) / (n * n - by_chance)


def _arrays(
    values: Sequence[float] | NDArray[np.float64] | NDArray[np.bool_], labels: Sequence[bool] | NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Both as arrays of one length."""
    if len(values) != len(labels):
        raise ValueError(f"{len(values)} values, {len(labels)} labels; give one of each for every case")
    return np.asarray(values, dtype=np.float64), np.asarray(labels, dtype=np.bool_)
