"""Logistic regression for a handful of figures, judged by what was left out of the fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 0.5
FOLDS = 10
SEED = 7


def fit(features: Floats, labels: Floats, *, balanced: bool) -> Floats:
    """Intercept and coefficients, ``(1 + n_features,)``, by Newton's method with a small ridge.

    ``balanced`` lets both classes weigh the same, however many cases each has.
    """
    design = np.column_stack([np.ones(len(features)), features])
    weights = np.ones(len(labels))
    if balanced:
        weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    ridge = np.diag([0.0] + [RIDGE] * features.shape[1])
    fitted = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ fitted))
        gradient = design.T @ (weights * (labels - chance)) - ridge @ fitted
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        fitted = fitted + np.linalg.solve(curvature, gradient)
    return fitted


def probability(features: Floats, fitted: Floats) -> Floats:
    """The chance of each row, ``(n,)``."""
    return np.asarray(1 / (1 + np.exp(-(fitted[0] + features @ fitted[1:]))))


def cross_validated(features: Floats, labels: Floats, groups: Sequence[str], *, balanced: bool) -> Floats:
    """The chance of each row by a fit that saw no row of its group, ``(n,)``."""
    names = sorted(set(groups))
    fold_of = dict(zip(names, np.random.default_rng(SEED).permutation(len(names)) % FOLDS, strict=True))
    fold = np.array([fold_of[group] for group in groups])
    chances = np.empty(len(labels))
    for number in range(FOLDS):
        fitted = fit(features[fold != number], labels[fold != number], balanced=balanced)
        chances[fold == number] = probability(features[fold == number], fitted)
    return chances
