"""Logistic regression for a handful of figures, judged by what was left out of the fit, and printed to be pasted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
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


def boosted(
    features: Floats, labels: Floats, weights: Floats, directions: Sequence[int]
) -> HistGradientBoostingClassifier:
    """Return small boosted trees.

    ``weights``, ``(n,)``, say how much a row counts; ``directions``, ``(n_features,)``, whether a greater figure can
    only raise the chance (1), only lower it (-1), or either (0).
    """
    model = HistGradientBoostingClassifier(
        max_iter=300,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=2.0,
        monotonic_cst=list(directions),
        early_stopping=False,
        random_state=SEED,
    )
    return model.fit(features, labels, sample_weight=weights)


def boosted_cross_validated(
    features: Floats, labels: Floats, weights: Floats, directions: Sequence[int], groups: Sequence[str]
) -> Floats:
    """Return the chance of each row by trees that saw no row of its group, ``(n,)``."""
    folds = folds_of(groups, FOLDS, SEED)
    chances = np.zeros(len(labels))
    for fold in range(FOLDS):
        own = folds == fold
        model = boosted(features[~own], labels[~own], weights[~own], directions)
        chances[own] = model.predict_proba(features[own])[:, 1]
    return chances


def written_trees(model: HistGradientBoostingClassifier, names: Sequence[str]) -> dict[str, object]:
    """Return trees as `assistant.models.trees` reads them: each node's figure, bound, left, right and value."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = []
        for number, node in enumerate(predictor.nodes):
            if node["is_leaf"]:
                nodes.append([0, 0.0, number, number, float(f"{node['value']:.4g}")])
            else:
                bound = float(f"{node['num_threshold']:.6g}")
                nodes.append([int(node["feature_idx"]), bound, int(node["left"]), int(node["right"]), 0.0])
        trees.append(nodes)
    depth = max(int(node["depth"]) for (predictor,) in model._predictors for node in predictor.nodes)
    return {"figures": list(names), "start": float(model._baseline_prediction[0, 0]), "depth": depth, "trees": trees}


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
