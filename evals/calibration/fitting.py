"""Logistic regression for a handful of figures, judged by what was left out of the fit, and printed to be pasted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

Floats = NDArray[np.float64]

RIDGE = 0.5
FOLDS = 10
SEED = 7


def fit(features: Floats, labels: Floats, *, balanced: bool) -> Floats:
    """Return intercept and coefficients, ``(1 + n_features,)``, fitted with a small ridge.

    ``balanced`` lets both classes weigh the same, however many cases each has.
    """
    fitted = _model(balanced).fit(features, labels)
    return np.concatenate([fitted.intercept_, fitted.coef_[0]])


def probability(features: Floats, fitted: Floats) -> Floats:
    """Return the chance of each row, ``(n,)``."""
    return np.asarray(1 / (1 + np.exp(-(fitted[0] + features @ fitted[1:]))))


def cross_validated(features: Floats, labels: Floats, groups: Sequence[str], *, balanced: bool) -> Floats:
    """Return the chance of each row by a fit that saw no row of its group, ``(n,)``."""
    folds = PredefinedSplit(folds_of(groups, FOLDS, SEED))
    found = cross_val_predict(_model(balanced), features, labels, cv=folds, method="predict_proba")
    return np.asarray(found[:, 1])


def folds_of(groups: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """Return the number of each row's fold, ``(n,)``; the rows of a group are in one fold."""
    names = sorted(set(groups))
    fold_of = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % folds, strict=True))
    return np.array([fold_of[group] for group in groups])


def pasted(kind: str, names: Sequence[str], fitted: Floats) -> str:
    """Return the two lines of code that hold a fit; ``kind`` is the class that holds its coefficients."""
    values = ", ".join(f"{name}={value:.2f}" for name, value in zip(names, fitted[1:], strict=True))
    return f"INTERCEPT = {fitted[0]:.2f}\nCOEFFICIENTS = {kind}({values})"


def _model(balanced: bool) -> LogisticRegression:
    weight = "balanced" if balanced else None
    return LogisticRegression(C=1 / RIDGE, class_weight=weight, solver="newton-cholesky", tol=1e-8, max_iter=200)
