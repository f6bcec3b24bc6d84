"""Laws, hand-computed cases and limits of the offline derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.derivatives import offline_state, run_derivatives


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.floats(10.0, 120.0))
@settings(max_examples=30, deadline=None)
def test_a_parabola_has_its_exact_derivatives_everywhere(c, fps):
    t = np.arange(12) / fps
    p = (c[0] + c[1] * t + c[2] * t**2)[:, None]
    v, a, j = run_derivatives(p, fps)
    assert v[:, 0] == pytest.approx(c[1] + 2 * c[2] * t, abs=1e-8)
    assert a[:, 0] == pytest.approx(np.full(12, 2 * c[2]), abs=1e-6)
    assert j[:, 0] == pytest.approx(np.zeros(12), abs=1e-3)


def test_hand_computed_differences():
    v, a, j = run_derivatives(np.array([[0.0], [1.0], [8.0], [27.0], [64.0]]), 1.0)
    assert v[1:-1, 0].tolist() == [4.0, 13.0, 28.0]
    assert a[:, 0].tolist() == [6.0, 6.0, 12.0, 18.0, 18.0]
    assert j[:, 0].tolist() == [6.0, 6.0, 6.0, 6.0, 6.0]


def test_frame_alternating_jitter_is_seen_by_acceleration_and_jerk():
    p = (0.001 * (-1.0) ** np.arange(20))[:, None]
    _, a, j = run_derivatives(p, 100.0)
    assert np.abs(a).min() == pytest.approx(40.0)
    assert np.abs(j).min() == pytest.approx(8000.0)


def test_the_first_and_last_two_frames_of_every_run_are_flagged():
    validity = np.full((12, 1), 2, dtype=np.uint8)
    validity[6] = 0
    state = offline_state(np.zeros((12, 1, 3)), validity, 60.0)
    assert np.flatnonzero(state.boundary[:, 0]).tolist() == [0, 1, 4, 5, 7, 8, 10, 11]


def test_a_missing_frame_has_no_state_and_lends_none_to_its_neighbours():
    p = np.arange(10.0)[:, None, None].repeat(3, axis=2)
    validity = np.full((10, 1), 2, dtype=np.uint8)
    validity[5] = 0
    p[5] = 0.0
    state = offline_state(p, validity, 1.0).state
    assert np.all(state[5] == 0.0)
    assert state[[4, 6], 0, 3].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("frames", "moving"), [(1, 0.0), (2, 1.0), (3, 1.0)])
def test_runs_of_one_to_three_frames_have_what_their_length_allows(frames, moving):
    v, a, j = run_derivatives(np.arange(float(frames))[:, None], 1.0)
    assert np.all(v == moving)
    assert not a.any()
    assert not j.any()
