"""Turns a weighted sum into a probability."""

from __future__ import annotations

import math

_FURTHEST = 700.0
"""Beyond it the exponential overflows."""


def logistic(total: float) -> float:
    """Return the probability, between 0 and 1, for a weighted sum of signals.

    >>> logistic(0.0), logistic(-5000.0) < 1e-300
    (0.5, True)
    """
    return 1.0 / (1.0 + math.exp(-max(min(total, _FURTHEST), -_FURTHEST)))
