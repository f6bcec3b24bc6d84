"""Whether stated uncertainty is true (coverage, miscalibration) and useful (sparsification, rank correlation)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import gammainc
from scipy.stats import spearmanr

from schemas.errors import ComputeError

Array = np.ndarray

DRAWS = 2000
"""Bootstrap resamples of recordings: the ends of a 95 % interval move by less than a tenth of its width."""


def by_recording(
    values: Float[Array, "samples *columns"], recording: Int[Array, "samples"]
) -> Float[Array, "recordings *columns"]:
    """Give the mean over every recording's samples, in the order of their numbers.

    Args:
        values: A value a sample.
        recording: Which recording each is of.

    Raises:
        ComputeError: There are no samples.
    """
    if len(values) == 0:
        raise ComputeError(
            where="calibration", field="samples", expected="one or more", found="none", fix="Add recordings."
        )
    _, member, sizes = np.unique(recording, return_inverse=True, return_counts=True)
    total = np.zeros((len(sizes), *values.shape[1:]))
    np.add.at(total, member, values)
    means: Array = total / sizes.reshape(-1, *(1,) * (values.ndim - 1))
    return means


def confidence(
    parts: Float[Array, "recordings *columns"],
    statistic: Callable[[Float[Array, "draws recordings *columns"]], Float[Array, "draws"]],
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[float, float]:
    """Give the 95 % interval of a statistic by drawing recordings, never frames, with repetition (percentiles).

    Args:
        parts: What each recording contributes.
        statistic: Of many draws at once.
        draws: How many.
        seed: Same seed, same interval.
    """
    chosen = np.random.default_rng(seed).integers(len(parts), size=(draws, len(parts)))
    low, high = np.percentile(statistic(parts[chosen]), (2.5, 97.5))
    return float(low), float(high)


def coverage(inside: Bool[Array, "samples *columns"], recording: Int[Array, "samples"]) -> float:
    """Give the share inside of their intervals (0 to 1); every recording counts the same."""
    return float(by_recording(inside.reshape(len(inside), -1).mean(axis=1), recording).mean())


def gaussian_confidence(
    distance: Float[Array, "*samples"], spread: Float[Array, "*samples"], dimensions: int = 1
) -> Float[Array, "*samples"]:
    """Give the probability of the smallest central region of a Gaussian that holds the truth.

    Args:
        distance: From the centre to the truth.
        spread: Standard deviation along every axis, the distance's unit; where it is 0, so is trust in anything else.
        dimensions: 1 for a coordinate, 3 for a joint.

    Returns:
        Probabilities (0 to 1): uniformly distributed where the Gaussian is right.
    """
    ratio = np.divide(distance, spread, out=np.full(np.shape(distance), np.inf), where=np.asarray(spread) > 0)
    ratio = np.where((np.asarray(spread) == 0) & (np.asarray(distance) == 0), 0.0, ratio)
    found: Array = np.asarray(gammainc(dimensions / 2, np.minimum(ratio, 1e6) ** 2 / 2))
    return found


def miscalibration_area(confidences: Float[Array, "samples"]) -> float:
    """Give the area between the share of truths inside the region of probability p and p itself, p from 0 to 1.

    Args:
        confidences: Probability of the smallest region that holds each truth.

    Returns:
        0 where every stated probability is true, 0.5 where regions hold nothing or everything (Kuleshov 2018,
        arXiv 1807.00263, as an area).
    """
    ends = np.concatenate(([0.0], np.sort(confidences), [1.0]))
    share = np.arange(len(confidences) + 1) / len(confidences)
    low, high = ends[:-1] - share, ends[1:] - share
    crossing = (low < 0) & (high > 0)
    return float(np.where(crossing, (low**2 + high**2) / 2, np.abs(high**2 - low**2) / 2).sum())


def sparsification_error(error: Float[Array, "samples"], uncertainty: Float[Array, "samples"]) -> float:
    """Give AUSE: what is lost when the most uncertain samples are left out instead of the most wrong (Ilg 2018).

    The mean error of what is left, over the mean error of all, as a function of the part left out, less the same with
    the truly worst left out; averaged over the parts 0, 1/n … (n - 1)/n (arXiv 1802.07095).

    Args:
        error: Of each sample, 0 or more.
        uncertainty: Larger where a larger error is expected; samples of equal uncertainty go in their order.

    Returns:
        0 where the order is the true one.

    Raises:
        ComputeError: No samples.
    """
    if len(error) == 0:
        raise ComputeError(
            where="sparsification", field="samples", expected="one or more", found="none", fix="Add recordings."
        )
    if not error.any():
        return 0.0
    kept = np.arange(1, len(error) + 1)
    by_guess = np.cumsum(error[np.argsort(uncertainty, kind="stable")]) / kept
    by_truth = np.cumsum(np.sort(error)) / kept
    return float((by_guess - by_truth).mean() / error.mean())


def rank_correlation(error: Float[Array, "samples"], uncertainty: Float[Array, "samples"]) -> float | None:
    """Give Spearman's correlation of error and uncertainty at one horizon; None where either does not vary.

    Over several horizons it would be large for any uncertainty that grows with the horizon.
    """
    if len(error) < 3 or np.ptp(error) == 0 or np.ptp(uncertainty) == 0:
        return None
    return float(spearmanr(error, uncertainty).statistic)
