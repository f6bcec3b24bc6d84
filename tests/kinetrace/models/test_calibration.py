"""Coverage, miscalibration, sparsification and rank correlation of uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinetrace.models.calibration import (
    by_recording,
    confidence,
    coverage,
    gaussian_confidence,
    miscalibration_area,
    rank_correlation,
    sparsification_error,
)
from schemas.errors import ComputeError

ERRORS = arrays(np.float64, st.integers(2, 40), elements=st.floats(0.01, 100.0))


def test_means_are_taken_within_each_recording_first() -> None:
    values = np.array([1.0, 3.0, 10.0])
    assert by_recording(values, np.array([4, 4, 7])).tolist() == [2.0, 10.0]
    assert coverage(np.array([True, False, True]), np.array([4, 4, 7])) == 0.75


def test_columns_keep_their_place() -> None:
    values = np.arange(12.0).reshape(3, 2, 2)
    assert np.array_equal(by_recording(values, np.array([0, 0, 1]))[1], values[2])


def test_the_interval_of_a_mean_over_recordings_is_that_of_their_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=400)
    low, high = confidence(values, lambda parts: parts.mean(axis=1))
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.08)
    assert low < values.mean() < high


def test_recordings_that_are_all_equal_leave_no_doubt() -> None:
    assert confidence(np.full(10, 3.0), lambda parts: parts.mean(axis=1)) == (3.0, 3.0)


def test_a_gaussian_puts_a_truth_at_164_standard_deviations_into_its_90_percent_region() -> None:
    found = gaussian_confidence(np.array([1.6448536, 0.6744898]), np.ones(2))
    assert found == pytest.approx([0.9, 0.5], abs=1e-6)
    assert gaussian_confidence(np.array([2.5002777]), np.ones(1), 3) == pytest.approx(
        [0.9], abs=1e-6
    )  # chi^2_3: 6.2514


def test_without_spread_only_the_exact_truth_is_believed() -> None:
    assert gaussian_confidence(np.array([0.0, 1e-9]), np.zeros(2)).tolist() == [0.0, 1.0]


def test_right_probabilities_have_no_miscalibration_and_absurd_ones_a_half() -> None:
    assert miscalibration_area((np.arange(1000) + 0.5) / 1000) == pytest.approx(0.00025)
    assert miscalibration_area(np.ones(50)) == pytest.approx(0.5)
    assert miscalibration_area(np.zeros(50)) == pytest.approx(0.5)
    assert miscalibration_area(np.array([0.5])) == pytest.approx(0.25)  # |0 - p| up to 0.5, then |1 - p|


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0.0, 1.0)))
def test_the_area_is_the_integral_over_a_fine_grid(stated: np.ndarray) -> None:
    p = (np.arange(20_000) + 0.5) / 20_000
    share = np.searchsorted(np.sort(stated), p, side="right") / len(stated)
    assert miscalibration_area(stated) == pytest.approx(np.abs(share - p).mean(), abs=2e-3)


def test_sparsification_by_hand() -> None:
    # kept 1, 2, 3: by guess 3, 5/2, 2; by truth 1, 3/2, 2; mean difference 1, over the mean error 2
    assert sparsification_error(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(0.5)


@given(ERRORS, st.randoms(use_true_random=False))
def test_nothing_is_lost_by_the_true_order_and_never_less_than_nothing_by_another(
    errors: np.ndarray, rng: object
) -> None:
    order = np.random.default_rng(0).permutation(len(errors)).astype(float)
    assert sparsification_error(errors, errors) == pytest.approx(0.0, abs=1e-9)
    assert sparsification_error(errors, order) >= -1e-9
    assert sparsification_error(errors, order) == pytest.approx(sparsification_error(7 * errors, np.exp(order / 40)))


def test_no_error_loses_nothing() -> None:
    assert sparsification_error(np.zeros(4), np.arange(4.0)) == 0.0


def test_ranks_alone_decide_the_correlation_and_what_does_not_vary_has_none() -> None:
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3])) == pytest.approx(1.0)
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1.0)
    assert rank_correlation(np.ones(5), np.arange(5.0)) is None


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(ComputeError, match="samples: expected one or more"):
        by_recording(np.zeros(0), np.zeros(0, dtype=int))
    with pytest.raises(ComputeError, match="sparsification"):
        sparsification_error(np.zeros(0), np.zeros(0))
