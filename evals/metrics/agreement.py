"""How well scores or raters agree with labels. Pure functions; a label is True for *supported*.

What cannot be measured is NaN, never 0: ranking with one label only, or two raters who could not have disagreed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

Scores = Sequence[float] | NDArray[np.float64]
Bools = Sequence[bool] | NDArray[np.bool_]


def auc(scores: Scores, labels: Bools) -> float:
    """Return the chance that a supported case scores higher than an unsupported one, ties counting half.

    Between 0 and 1, higher is better, 0.5 is guessing; NaN when one of the labels does not occur.

    >>> auc([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    if len(scores) != len(labels):
        raise ValueError(f"{len(scores)} values, {len(labels)} labels; give one of each.")
    supported, others = _by_label(scores, labels)
    others.sort()
    below = np.searchsorted(others, supported, "left").sum()
    up_to = np.searchsorted(others, supported, "right").sum()
    return float(below + up_to) / (2 * pairs) if (pairs := len(supported) * len(others)) else math.nan


def balanced_accuracy(predicted: Bools, labels: Bools) -> float:
    """Return the mean of the two labels' shares judged rightly; 0.5 for one who always says the same.

    Between 0 and 1, higher is better; NaN when one of the labels does not occur.

    >>> balanced_accuracy([True, True, True, False], [True, True, False, False])
    0.75
    """
    supported, others = _by_label(predicted, labels)
    return float((supported.mean() + 1 - others.mean()) / 2) if len(supported) and len(others) else math.nan


def cohen_kappa(first: Sequence[object], second: Sequence[object]) -> float:
    """Return how far two raters' labels agree beyond chance: 1 always, 0 as often as by chance, below 0 less often.

    Case by case, in the same order; any labels. Not weighted: a near miss is a miss. NaN without cases, or when both
    raters gave one and the same label throughout, so that chance alone would have them agree.

    Source: Cohen 1960.

    Of ten cases both say yes to four and no to three: they agree on 0.7. By chance it would be
    0.6 * 0.5 + 0.4 * 0.5 = 0.5, so kappa is (0.7 - 0.5) / (1 - 0.5).

    >>> round(cohen_kappa("yyyyyynnnn", "yyyynnnnny"), 12)
    0.4
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} labels of one rater, {len(second)} of the other; give one of each.")
    if len({*first, *second}) < 2:
        return math.nan
    return float(cohen_kappa_score(list(first), list(second)))


def _by_label(values: Scores | Bools, labels: Bools) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values of the supported cases, and of the others."""
    supported, numbers = np.asarray(labels, dtype=bool), np.asarray(values, dtype=float)
    return numbers[supported], numbers[~supported]
