import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_latent import BrokenModel, PoseModel
from made_model import FPS, JOINTS, squat_states, tiny_trained

from kinetrace.models.inference import loaded_model
from schemas.errors import ComputeError
from stages.s07_planning.rollouts import blend, blend_steps, roll_out

STATES = squat_states(90)


def test_no_change_gives_back_the_recording_whatever_the_model():
    trained = tiny_trained()
    for model in (PoseModel(), loaded_model(trained.model, trained.config)):
        none = np.zeros((2, len(model.latent_std)))
        rollout = roll_out(model, STATES, np.array([0, 40]), none, 20)
        np.testing.assert_array_equal(rollout.positions, rollout.reference)
        np.testing.assert_array_equal(rollout.reference[1], STATES[40:61, :, :3])
        assert (rollout.latent_change == 0).all()


def test_a_latent_that_is_the_pose_moves_the_pose_by_what_is_added():
    change = np.zeros((1, 3 * len(JOINTS)))
    change[0, 3 * JOINTS.index("r_knee") + 1] = 0.1
    rollout = roll_out(PoseModel(), STATES, np.array([10]), change, 20)
    moved = rollout.positions[0] - rollout.reference[0]
    np.testing.assert_allclose(moved[9:, JOINTS.index("r_knee"), 1], 0.1, atol=1e-6)
    np.testing.assert_allclose(rollout.latent_change, 0.1, atol=1e-6)
    moved[:, JOINTS.index("r_knee"), 1] = 0
    assert np.abs(moved).max() < 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.floats(0.1, 3.0))
def test_step_0_is_exactly_the_recorded_pose(seed, size):
    change = size * np.random.default_rng(seed).standard_normal((3, 3 * len(JOINTS)))
    rollout = roll_out(PoseModel(), STATES, np.array([0, 7, 60]), change, 12)
    np.testing.assert_array_equal(rollout.positions[:, 0], STATES[[0, 7, 60], :, :3])


def test_the_blend_rises_from_0_to_1_in_0_3_s_with_a_half_in_the_middle():
    rise = blend(30, 30.0)
    assert blend_steps(30, 30.0) == 9
    np.testing.assert_allclose(rise[[0, 9, 30]], [0, 1, 1])
    np.testing.assert_allclose(blend(40, 40.0)[6], 0.5)
    assert (np.diff(rise) >= 0).all()
    assert rise[1] < 0.02


def test_a_short_horizon_blends_over_half_of_itself():
    assert blend_steps(6, FPS) == 3
    assert blend_steps(2, FPS) == 1


def test_a_model_that_diverged_is_refused():
    with pytest.raises(ComputeError, match=r"finite predictions, found NaN.*learning_rate"):
        roll_out(BrokenModel(), STATES, np.array([0]), np.zeros((1, 21)), 5)
