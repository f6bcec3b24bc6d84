"""Permutation importance: how much of what tells failure from success is lost when one parameter is shuffled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import rankdata

FEWEST: Final = 2
"""Failures, and successes, below which nothing is fitted."""
RESAMPLES: Final = 60
SHUFFLES: Final = 8
INTERVAL: Final = (2.5, 97.5)
"""Percentiles of the bootstrap."""


def failure_auc(values: Float[np.ndarray, "n"], failed: Bool[np.ndarray, "n"]) -> float | None:
    """Give the probability that a failure has a larger value than a success, ties counted half (Mann-Whitney).

    Args:
        values: One a variant.
        failed: Whether it failed.

    Returns:
        0.5: the parameter says nothing; None: all failed or all succeeded.
    """
    bad, good = int(failed.sum()), int((~failed).sum())
    if bad == 0 or good == 0:
        return None
    return float((rankdata(values)[failed].sum() - bad * (bad + 1) / 2.0) / (bad * good))


def permutation_importance(
    values: Float[np.ndarray, "variants parameters"], failed: Bool[np.ndarray, "variants"], seed: int = 0
) -> Float[np.ndarray, "parameters 3"] | None:
    """Give the AUC that a logistic regression of failure loses when a parameter is shuffled, with a 95 % interval.

    Breiman 2001 (Mach. Learn. 45:5) by scikit-learn, on the variants at hand: it says what tells these failures from
    these successes, not what will. The interval is that of a bootstrap over variants, each with at least one of either
    outcome; with eight variants it is wide, and an importance whose interval holds 0 says nothing.

    Args:
        values: A row a variant.
        failed: Whether it failed.
        seed: Of the resampling and the shuffles.

    Returns:
        Importance, lower and upper end for each parameter; None with fewer than two failures or successes.
    """
    if min(int(failed.sum()), int((~failed).sum())) < FEWEST:
        return None
    chance = np.random.default_rng(seed)
    whole = _importance(values, failed, seed)
    again: list[Float[np.ndarray, "parameters"]] = []
    while len(again) < RESAMPLES:
        rows = chance.integers(len(failed), size=len(failed))
        if 0 < failed[rows].sum() < len(rows):
            again.append(_importance(values[rows], failed[rows], int(chance.integers(2**31))))
    low, high = np.percentile(np.array(again), INTERVAL, axis=0)
    return np.column_stack((whole, low, high))


def _importance(
    values: Float[np.ndarray, "variants parameters"], failed: Bool[np.ndarray, "variants"], seed: int
) -> Float[np.ndarray, "parameters"]:
    from sklearn.inspection import permutation_importance as by_shuffling
    from sklearn.linear_model import LogisticRegression

    spread = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    model = LogisticRegression(solver="newton-cholesky").fit(standard, failed)
    found = by_shuffling(model, standard, failed, scoring=_auc, n_repeats=SHUFFLES, random_state=seed)
    return np.asarray(found.importances_mean)


def _auc(model: Any, values: Float[np.ndarray, "n parameters"], failed: Bool[np.ndarray, "n"]) -> float:
    """Give the AUC of a fitted model's log-odds; scikit-learn's own scorer takes a hundred times as long."""
    return failure_auc(values @ model.coef_[0], failed) or 0.0
