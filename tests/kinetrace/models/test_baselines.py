from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_model import FPS, JOINTS, squat_states

from kinetrace.models.baselines import (
    DAMPING_TIMES_S,
    constant_velocity,
    damped_velocity,
    fit_damping,
    mean_distance,
    ridge_forecast,
)


@given(ahead=st.floats(0, 1), damping=st.floats(0.02, 2))
def test_damping_never_overshoots_the_undamped_forecast(ahead: float, damping: float) -> None:
    states = squat_states(5).astype(np.float64)
    still, plain = states[..., :3], constant_velocity(states, ahead)
    damped = damped_velocity(states, ahead, damping)
    assert (np.abs(damped - still) <= np.abs(plain - still) + 1e-12).all()


def test_forecasts_by_hand() -> None:
    states = np.zeros((1, 1, 9))
    states[..., :6] = [1, 2, 3, 10, 0, -10]
    assert constant_velocity(states, 0.0)[0, 0].tolist() == [1, 2, 3]
    assert constant_velocity(states, 0.1)[0, 0].tolist() == pytest.approx([2, 2, 2])
    half = 10 * 0.1 * (1 - np.exp(-1))
    assert damped_velocity(states, 0.1, 0.1)[0, 0].tolist() == pytest.approx([1 + half, 2, 3 - half])


def test_distance_by_hand() -> None:
    assert mean_distance(np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 1.0]]), np.zeros((2, 3))) == pytest.approx(3.0)


def test_the_right_damping_is_found_again() -> None:
    truth = DAMPING_TIMES_S[12]
    states = np.zeros((40, 1, 9))
    states[:, 0, 0] = 1 - np.exp(-np.arange(40) / FPS / truth)
    states[:, 0, 3] = np.exp(-np.arange(40) / FPS / truth) / truth
    assert fit_damping(states, np.arange(30), 5, FPS) == truth


@pytest.mark.parametrize("frame", ["heading", "world"])
def test_ridge_learns_what_is_linear(frame: Literal["heading", "world"]) -> None:
    states = squat_states(120).astype(np.float64)
    asked = np.arange(90, 110)
    guess = ridge_forecast(states, JOINTS, frame, np.arange(70), asked, 5)
    truth = states[asked + 5, :, :3]
    assert mean_distance(guess, truth) < 0.2 * mean_distance(constant_velocity(states[asked], 5 / FPS), truth)


def test_ridge_asks_nothing_of_the_future() -> None:
    states = squat_states(120).astype(np.float64)
    later = states.copy()
    later[100:] += 1.0
    one, other = (ridge_forecast(s, JOINTS, "heading", np.arange(70), np.arange(90, 100), 5) for s in (states, later))
    assert np.array_equal(one, other)
