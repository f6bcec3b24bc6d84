"""Walking speed over ground and on a belt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinetrace.motion.derivatives import offline_state
from kinetrace.motion.locomotion import progress


def progress_of(made, positions: np.ndarray | None = None):
    p = made.positions if positions is None else positions
    velocity = offline_state(p, made.validity, made.fps).state[..., 3:6]
    return progress(p, velocity, made.validity, made.fps)


@pytest.mark.parametrize("belt", [False, True])
def test_the_walking_speed_is_the_same_over_ground_and_on_a_belt(make_walk, belt):
    found = progress_of(make_walk(speed=1.2, belt=belt))
    assert found.treadmill is belt
    assert found.steady_speed == pytest.approx(1.2, abs=0.01)
    assert found.ground_velocity[0] == pytest.approx(-1.2 if belt else 0.0, abs=0.02)


def test_standing_is_no_treadmill(standing):
    found = progress_of(standing)
    assert not found.treadmill
    assert found.steady_speed == pytest.approx(0.0, abs=1e-12)
    assert found.heading[0] == pytest.approx([1.0, 0.0, 0.0])


def test_starting_and_stopping_do_not_lower_the_speed(make_walk):
    walk = make_walk(speed=1.2, seconds=6.0)
    still = np.concatenate([np.repeat(walk.positions[:1], 200, axis=0), walk.positions])
    made = type(walk)(still, walk.fps, walk.contact, walk.speed)
    assert progress_of(made).steady_speed == pytest.approx(1.2, abs=0.03)


@given(yaw=st.floats(-np.pi, np.pi))
@settings(max_examples=10, deadline=None)
def test_the_direction_of_walking_makes_no_difference(yaw):
    rng = np.random.default_rng(0)
    t = np.arange(200) / 100.0
    p = 0.01 * rng.normal(size=(1, 21, 3)) + np.array([1.0, 0.0, 0.0]) * t[:, None, None]
    p[:, 1, 2] += 0.2
    validity = np.full((200, 21), 2, dtype=np.uint8)
    turned = Rotation.from_euler("y", yaw).apply(p.reshape(-1, 3)).reshape(p.shape)
    speeds = [
        progress(x, offline_state(x, validity, 100.0).state[..., 3:6], validity, 100.0).steady_speed
        for x in (p, turned)
    ]
    assert speeds[1] == pytest.approx(speeds[0], abs=1e-9)
