"""The fits of calibration: at their optimum, and judged by what they did not see."""

from __future__ import annotations

import numpy as np
import pytest

from evals.calibration.fitting import RIDGE, cross_validated, fit, folds_of, pasted, probability

RANDOM = np.random.default_rng(1)
FEATURES = RANDOM.normal(size=(200, 3))
LABELS = (FEATURES @ np.array([2.0, -1.0, 0.0]) + RANDOM.normal(size=200) > 0.5).astype(float)


@pytest.mark.parametrize("balanced", [True, False])
def test_a_fit_is_where_the_gradient_is_nothing(balanced: bool) -> None:
    fitted = fit(FEATURES, LABELS, balanced=balanced)
    weights = np.where(LABELS == 1, 0.5 / LABELS.mean(), 0.5 / (1 - LABELS.mean())) if balanced else np.ones(200)
    left = weights * (LABELS - probability(FEATURES, fitted))
    # The ridge holds the coefficients back, not the intercept.
    assert [left.sum(), *(FEATURES.T @ left - RIDGE * fitted[1:])] == pytest.approx([0] * 4, abs=1e-3)


def test_no_row_is_judged_by_a_fit_that_saw_its_group() -> None:
    groups = [f"g{number % 20}" for number in range(200)]
    before = cross_validated(FEATURES, LABELS, groups, balanced=True)
    turned = np.array([1 - label if group == "g3" else label for label, group in zip(LABELS, groups, strict=True)])
    after = cross_validated(FEATURES, turned, groups, balanced=True)
    own = np.array([group == "g3" for group in groups])
    assert after[own] == pytest.approx(before[own])
    assert not np.allclose(after[~own], before[~own])


def test_a_group_is_in_one_fold() -> None:
    folds = folds_of(["a", "b", "a", "c", "b"], 2, 7)
    assert folds[0] == folds[2]
    assert folds[1] == folds[4]
    assert {*folds.tolist()} == {0, 1}


def test_a_fit_is_printed_as_code() -> None:
    expected = "INTERCEPT = -1.00\nCOEFFICIENTS = Signals(words=0.50, near=2.25)"
    assert pasted("Signals", ["words", "near"], np.array([-1.0, 0.5, 2.25])) == expected
