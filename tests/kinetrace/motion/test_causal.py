"""The causal state knows nothing of the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.causal import bridge_past, causal_frames, causal_states, causal_weights, without_bridged
from kinetrace.motion.filters import design_low_pass, smooth
from schemas.errors import ComputeError
from schemas.motion import Reason

FPS, CUTOFF, PREFIX = 100.0, 6.0, 0.5


def wander(seed: int, frames: int = 160, joints: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    positions = np.cumsum(rng.normal(scale=0.01, size=(frames, joints, 3)), axis=0) + 3.0
    validity = np.where(rng.random((frames, joints)) < 0.1, 0, 2).astype(np.uint8)
    return positions * (validity > 0)[..., None], validity


@given(st.integers(0, 2**32 - 1), st.integers(0, 150))
@settings(max_examples=25, deadline=None)
def test_moving_everything_after_t_by_a_metre_leaves_x_t_bit_identical(seed, last):
    positions, validity = wander(seed)
    anchors = np.arange(0.0, last / FPS + 1e-12, 1 / 30.0)
    states, there = causal_states(positions, validity, FPS, anchors, CUTOFF, PREFIX)
    positions[last + 1 :] += 1.0
    validity[last + 1 :] = 2
    moved, still_there = causal_states(positions, validity, FPS, anchors, CUTOFF, PREFIX)
    assert np.array_equal(states, moved)
    assert np.array_equal(there, still_there)


def test_each_frame_equals_its_own_prefix_with_its_trend_filtered_alone():
    positions, validity = wander(7)
    validity[:] = 2
    states = causal_frames(positions, validity, FPS, CUTOFF, PREFIX)
    low_pass = design_low_pass(FPS, CUTOFF)
    for t in (60, 100, 159):
        prefix = positions[t - 50 : t + 1].reshape(51, -1)
        trend = np.polyfit(np.arange(-11, 1), prefix[-12:], 2)
        beyond = np.vander(np.arange(1, 2 * low_pass.pad_frames + 1), 3) @ trend
        x = smooth(np.concatenate((prefix, beyond)), low_pass)[48:51].reshape(3, -1, 3)
        assert states[t, :, 0:3] == pytest.approx(x[-1], abs=1e-12)
        assert states[t, :, 3:6] == pytest.approx((3 * x[-1] - 4 * x[-2] + x[-3]) * FPS / 2, abs=1e-9)
        assert states[t, :, 6:9] == pytest.approx((x[-1] - 2 * x[-2] + x[-3]) * FPS**2, abs=1e-7)


def test_steady_acceleration_is_known_without_lag_between_samples():
    t = np.arange(200) / FPS
    positions = np.stack([1.3 * t - 0.7 * t**2, 0 * t + 0.9, -0.2 * t], axis=1)[:, None]
    anchors = np.arange(0.6, 1.9, 1 / 30.0)
    states, there = causal_states(positions, np.full((200, 1), 2, np.uint8), FPS, anchors, CUTOFF, PREFIX)
    assert states[:, 0, 0] == pytest.approx(1.3 * anchors - 0.7 * anchors**2, abs=1e-5)
    assert states[:, 0, 3] == pytest.approx(1.3 - 1.4 * anchors, abs=1e-3)
    assert states[:, 0, 6] == pytest.approx(np.full(len(anchors), -1.4), abs=0.03)
    assert there.all()


@pytest.mark.parametrize("fps", [60.0, 100.0, 120.0])
def test_what_would_alias_on_a_thirty_hertz_grid_is_damped(fps):
    weights = causal_weights(design_low_pass(fps, CUTOFF), round(PREFIX * fps) + 1)
    frequency = np.arange(18.0, fps / 2, 0.5)
    gain = np.abs(np.exp(2j * np.pi * np.outer(frequency, np.arange(weights.shape[1])) / fps) @ weights[0])
    assert gain.max() < 0.8
    assert np.sqrt(np.mean(gain**2)) < 0.6
    assert weights[0].sum() == pytest.approx(1.0)


def test_a_missing_joint_is_held_and_said_to_be_held():
    positions = np.full((100, 1, 3), 2.0)
    validity = np.full((100, 1), 2, np.uint8)
    positions[60:], validity[60:] = 0.0, 0
    states, there = causal_states(positions, validity, FPS, np.array([0.5, 0.8]), CUTOFF, PREFIX)
    assert states[:, 0, 0:3] == pytest.approx(np.full((2, 3), 2.0))
    assert there[:, 0].tolist() == [True, False]


def test_before_its_first_sample_a_joint_has_no_state():
    positions = np.zeros((100, 1, 3))
    validity = np.zeros((100, 1), np.uint8)
    positions[50:], validity[50:] = 1.0, 2
    states = causal_frames(positions, validity, FPS, CUTOFF, PREFIX)
    assert not states[:50].any()
    assert states[50:, 0, 0:3] == pytest.approx(np.ones((50, 3)))
    assert np.abs(states[50:, 0, 3:]).max() < 1e-9


def test_a_gap_is_a_straight_line_between_its_sides():
    values = np.array([9.0, 1.0, 9.0, 9.0, 4.0, 9.0])[:, None, None].repeat(3, axis=2)
    present = np.array([False, True, False, False, True, False])[:, None]
    assert bridge_past(values, present)[:, 0, 0].tolist() == [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]


def test_after_a_gap_in_a_steady_walk_the_speed_is_that_of_the_walk_and_in_it_that_of_before():
    positions = (1.3 * np.arange(200) / FPS)[:, None, None] * np.array([1.0, 0.0, 0.0])
    validity = np.full((200, 1), 2, np.uint8)
    positions[120:135], validity[120:135] = 0.0, 0
    states = causal_frames(positions, validity, FPS, CUTOFF, PREFIX)
    assert states[110:200, 0, 3] == pytest.approx(np.full(90, 1.3), abs=1e-6)
    assert states[120:135, 0, 0] == pytest.approx(np.full(15, states[119, 0, 0]))
    assert not states[120:135, 0, 6:].any()


def test_bridged_samples_count_as_missing_but_geometric_inference_does_not():
    validity = np.array([[2, 1], [1, 1], [1, 1], [2, 1]], np.uint8)
    reasons = np.array([0, Reason.GAP_FILLED, 0, 0], np.uint32)
    assert without_bridged(validity, reasons).tolist() == [[2, 1], [0, 1], [1, 1], [2, 1]]


@pytest.mark.parametrize("anchor", [-0.2, 1.0])
def test_an_anchor_outside_the_recording_is_refused(anchor):
    with pytest.raises(ComputeError, match=r"anchor_times: expected times from 0 to 0.99 s"):
        causal_states(np.zeros((100, 1, 3)), np.full((100, 1), 2, np.uint8), FPS, np.array([anchor]), CUTOFF, PREFIX)
