from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.models.corrector.working_rate import averaged, between, spread_out, working_rate


@pytest.mark.parametrize(
    ("fps", "times", "every"),
    [(60.0, 1, 1), (120.0, 1, 2), (100.0, 1, 2), (30.0, 2, 1), (25.0, 2, 1), (200.0, 1, 3), (50.0, 1, 1), (15.0, 4, 1)],
)
def test_known_rates(fps: float, times: int, every: int) -> None:
    assert working_rate(fps) == (times, every)


@given(st.floats(5, 2000))
def test_the_working_rate_is_never_further_than_a_half_octave_from_60(fps: float) -> None:
    times, every = working_rate(fps)
    assert min(times, every) == 1
    assert abs(math.log2(fps * times / every / 60.0)) <= 0.5 + 1e-9


def test_a_triangle_by_hand_and_missing_neighbours_take_no_part() -> None:
    points = np.array([0.0, 4.0, 0.0, 8.0])[:, None, None] * np.ones(3)
    seen = np.array([[True], [True], [True], [False]])
    found = averaged(points, seen, 2)[:, 0, 0]
    np.testing.assert_allclose(found, [4 / 3, 2.0, 4 / 3, 8.0])
    assert averaged(points, seen, 1) is points


def test_frames_put_in_lie_on_a_smooth_curve_and_only_between_seen_ones() -> None:
    t = np.arange(20) / 10
    points = np.sin(t)[:, None, None] * np.ones(3)
    seen = np.ones((20, 1), dtype=bool)
    seen[7] = False
    more, known = spread_out(points, seen, 2)
    assert len(more) == 39 and not known[13:16].any() and known.sum() == 36
    np.testing.assert_array_equal(more[::2][seen[:, 0]], points[seen[:, 0]])
    assert np.abs(more[1::2, 0, 0] - np.sin(t[:-1] + 0.05))[known[1::2, 0]].max() < 1e-3


def test_between_passes_through_what_is_known() -> None:
    t = np.arange(9.0)
    known = t % 2 == 0
    found = between((t**3)[:, None], known, ~known)
    np.testing.assert_allclose(found[:, 0], t[~known] ** 3, atol=1e-9)
    two = between(np.array([[0.0], [9.0], [4.0]]), np.array([True, False, True]), np.array([False, True, False]))
    assert two[0, 0] == pytest.approx(2.0)


def test_a_rate_of_zero_has_no_meaning() -> None:
    with pytest.raises(ZeroDivisionError, match="division"):
        working_rate(0.0)
