"""Conformal intervals by whole recordings: coverage, the exact quantile, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from kinetrace.models.conformal import calibrate, p_values, split_recordings
from schemas.errors import ComputeError


def test_with_one_frame_a_recording_the_radius_is_the_ceil_n_plus_1_p_th_smallest_score() -> None:
    scores = np.array([5.0, 1.0, 9.0, 3.0, 7.0, 2.0, 8.0, 4.0, 6.0])
    found = calibrate(scores, np.arange(9), (0.5, 0.8, 0.9))
    assert found.radius.tolist() == [5.0, 8.0, 9.0]  # ceil(10 p) = 5, 8, 9
    assert found.recordings == 9


def test_too_few_recordings_for_a_level_give_an_infinite_radius_never_a_narrow_one() -> None:
    found = calibrate(np.arange(8.0), np.arange(8), (0.8, 0.9))
    assert found.at(0.8) == 7.0  # ceil(9 x 0.8) = 8th of 8
    assert np.isinf(found.at(0.9))


def test_a_recording_counts_once_however_many_frames_it_has() -> None:
    scores = np.concatenate((np.full(1000, 1.0), [2.0, 3.0]))
    recording = np.concatenate((np.zeros(1000, dtype=int), [1, 2]))
    assert calibrate(scores, recording, (0.25, 0.5, 0.75)).radius.tolist() == [1.0, 2.0, 3.0]


def test_every_column_is_calibrated_alone() -> None:
    scores = np.stack((np.arange(1.0, 10.0), 10 * np.arange(1.0, 10.0)), axis=1)
    found = calibrate(scores, np.arange(9), (0.5,)).at(0.5)
    assert found.tolist() == [5.0, 50.0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.8, 0.9]))
def test_a_level_that_is_asked_for_is_never_missed_by_the_calibration_recordings_themselves(
    seed: int, level: float
) -> None:
    rng = np.random.default_rng(seed)
    recording = rng.integers(0, 30, size=200)
    scores = rng.exponential(size=200)
    inside = scores <= calibrate(scores, recording, (level,)).at(level)
    shares = [inside[recording == k].mean() for k in np.unique(recording)]
    assert np.sum(shares) / (len(shares) + 1) >= level - 1e-9


def test_a_new_recording_is_covered_as_often_as_stated_within_binomial_bounds() -> None:
    rng = np.random.default_rng(0)
    trials, level, recordings = 1500, 0.9, 49
    hits = 0
    for _ in range(trials):
        size = 2 + 3 * rng.integers(0, 2, size=recordings + 1)  # lengths that have nothing to do with difficulty
        level_of = rng.lognormal(sigma=1.0, size=recordings + 1)  # each recording has a difficulty of its own
        recording = np.repeat(np.arange(recordings + 1), size)
        scores = level_of[recording] * rng.exponential(size=len(recording))
        known = recording < recordings
        hits += scores[~known][0] <= calibrate(scores[known], recording[known], (level,)).at(level)
    assert binom.ppf(0.0005, trials, level) <= hits
    assert hits <= binom.ppf(0.9995, trials, level + 1 / (recordings + 1))


def test_the_same_by_frames_instead_of_recordings_would_not_be_the_same_radius() -> None:
    scores = np.concatenate((np.full(90, 1.0), np.full(10, 5.0)))
    recording = np.concatenate((np.zeros(90, dtype=int), np.arange(1, 11)))
    assert calibrate(scores, recording, (0.5,)).at(0.5) == 5.0
    assert calibrate(scores, np.arange(100), (0.5,)).at(0.5) == 1.0


def test_p_values_of_one_frame_a_recording_are_ranks() -> None:
    known = np.array([1.0, 2.0, 3.0, 4.0])
    found = p_values(known, np.arange(4), np.array([0.0, 2.0, 2.5, 9.0]))
    assert found == pytest.approx([1.0, 0.8, 0.6, 0.2])


def test_p_values_of_exchangeable_recordings_are_small_no_more_often_than_they_say() -> None:
    rng = np.random.default_rng(1)
    trials = 1000
    small = sum(p_values(scores[:-1], np.arange(39), scores[-1:])[0] <= 0.1 for scores in rng.normal(size=(trials, 40)))
    assert binom.ppf(0.0005, trials, 0.1) <= small <= binom.ppf(0.9995, trials, 0.1)


@given(st.integers(2, 200), st.floats(0.05, 0.95), st.integers(0, 100))
def test_every_recording_is_on_exactly_one_side_and_none_is_empty(count: int, part: float, seed: int) -> None:
    first, second = split_recordings(count, part, seed)
    assert sorted([*first, *second]) == list(range(count))
    assert len(first) and len(second)


def test_what_cannot_be_calibrated_is_refused() -> None:
    with pytest.raises(ComputeError, match="finite numbers of 0 or more"):
        calibrate(np.array([1.0, np.nan]), np.arange(2))
    with pytest.raises(ComputeError, match="finite numbers of 0 or more"):
        calibrate(np.array([1.0, -1.0]), np.arange(2))
    with pytest.raises(ComputeError, match="finite numbers of 0 or more"):
        calibrate(np.zeros(0), np.zeros(0, dtype=int))
    with pytest.raises(ComputeError, match="rising probabilities"):
        calibrate(np.ones(3), np.arange(3), (0.9, 0.8))
    with pytest.raises(ComputeError, match=r"one of 0\.8, 0\.9, 0\.95"):
        calibrate(np.ones(30), np.arange(30)).at(0.99)
    with pytest.raises(ComputeError, match="two or more"):
        split_recordings(1, 0.5, 0)
    with pytest.raises(ComputeError, match="one calibration score or more"):
        p_values(np.zeros(0), np.zeros(0, dtype=int), np.ones(1))
