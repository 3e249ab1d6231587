"""Means with their 95 % intervals, by a bootstrap over clusters: questions on one section are not independent.

Source: percentile bootstrap of whole clusters (Davison and Hinkley 1997, section 3.8), as in ``stderr(cluster=…)`` of
Inspect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2000
SEED = 20261124
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``n`` cases in ``clusters`` clusters, with its 95 % interval; NaN throughout when ``n`` is 0."""

    mean: float
    low: float
    high: float
    n: int
    clusters: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})" if self.n else "–"


def estimate(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean of the values with its interval; ``clusters`` names the cluster of each value.

    >>> str(estimate([1.0, 1.0], ["a", "b"]))
    '1.000 (1.000 to 1.000)'
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values, {len(clusters)} clusters")
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan, 0, 0)
    names, numbers = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.bincount(numbers, weights=np.asarray(values, dtype=np.float64))
    sizes = np.bincount(numbers)
    drawn = np.random.default_rng(SEED).integers(len(names), size=(SAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(float(np.mean(values)), float(low), float(high), len(values), len(names))


def paired_difference(after: Sequence[float], before: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean of ``after - before`` over the same cases, with its interval: above 0 when ``after`` is higher."""
    if len(after) != len(before):
        raise ValueError(f"{len(after)} cases after, {len(before)} before; a paired comparison needs the same cases")
    return estimate([one - other for one, other in zip(after, before, strict=True)], clusters)


def exact_upper_bound(successes: int, n: int) -> float:
    """Upper end of the one-sided 97.5 % Clopper-Pearson interval for a share: 0 of 300 may still be 1.2 %.

    Source: Clopper and Pearson 1934, by bisection on the binomial distribution.

    >>> round(exact_upper_bound(0, 300), 4)
    0.0122
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is no share")
    if successes == n:
        return 1.0
    low, high = successes / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(successes, n, middle) > 0.025:
            low = middle
        else:
            high = middle
    return high


def _at_most(successes: int, n: int, share: float) -> float:
    """Probability of at most so many successes in ``n`` trials."""
    counts = np.arange(successes + 1)
    logs = np.cumsum(np.log(np.concatenate([[1.0], (n - counts[:-1]) / (counts[:-1] + 1)])))
    return float(np.exp(logs + counts * np.log(share) + (n - counts) * np.log1p(-share)).sum())
