import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import FPS, squat_states

from kinetrace.motion.skeletons import BODY21
from schemas.physical_state import FootCalibration
from schemas.planning import PhysicsFilterParams
from stages.s07_planning.physics_filter import rejections, standing_heights

JOINTS = ["pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle"]
BOUNDS = PhysicsFilterParams()
CALM = squat_states(31)[..., :3].astype(np.float64)
NO_GAP = np.zeros(31)


def judge(positions, gap=NO_GAP, joints=JOINTS, soles=None, reference=CALM):
    return rejections(positions, reference, gap, joints, soles or {}, FPS, BOUNDS)


def test_the_recorded_motion_itself_may_pass():
    assert judge(CALM) == ()


def test_a_jump_is_turned_down_for_speed_and_acceleration_at_its_step_with_its_figure():
    jumped = CALM.copy()
    jumped[12:, :, 0] += 0.4
    speed, acceleration = judge(jumped)
    assert (speed.rule, speed.step, speed.units, speed.bound) == ("joint_speed", 12, "m/s", 8.0)
    assert speed.value == pytest.approx(0.4 * FPS + 0.3, abs=0.1)
    assert (acceleration.rule, acceleration.units) == ("joint_acceleration", "m/s2")
    assert acceleration.value == pytest.approx(0.4 * FPS**2, rel=0.01)


def test_a_sole_point_may_sink_4_cm_below_its_standing_height_and_not_5():
    joints = ["pelvis", "l_heel"]
    for depth, rules in ((0.039, []), (0.05, ["ground_penetration"])):
        positions = np.zeros((31, 2, 3))
        positions[:, 0, 1] = 0.9
        positions[:, 1, 1] = 0.06 - depth
        found = judge(positions, joints=joints, soles={"l_heel": 0.06}, reference=positions)
        assert [r.rule for r in found] == rules


def test_a_longer_thigh_is_turned_down():
    longer = CALM.copy()
    longer[:, [1, 4]] += [0.0, 0.06, 0.0]
    (found,) = (r for r in judge(longer) if r.rule == "bone_length")
    assert found.value > 0.1


def test_a_latent_off_the_manifold_is_turned_down():
    gap = NO_GAP.copy()
    gap[7] = 1.4
    (found,) = judge(CALM, gap)
    assert (found.rule, found.value, found.step) == ("reencoding_gap", 1.4, 7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.floats(0.0, 0.2))
def test_nothing_above_a_bound_is_ever_accepted(seed, size):
    rng = np.random.default_rng(seed)
    noisy = CALM + size * rng.standard_normal(CALM.shape)
    gap = rng.random(31) * 2 * size * 10
    if judge(noisy, gap):
        assert all(r.value > r.bound for r in judge(noisy, gap))
        return
    assert np.linalg.norm(np.diff(noisy, axis=0), axis=2).max() * FPS <= BOUNDS.max_joint_speed
    assert np.linalg.norm(np.diff(noisy, n=2, axis=0), axis=2).max() * FPS**2 <= BOUNDS.max_joint_acceleration
    assert -noisy[..., 1].min() <= BOUNDS.max_ground_penetration_m
    assert gap.max() <= BOUNDS.max_reencoding_gap


def test_standing_heights_come_from_the_calibration():
    feet = [
        FootCalibration(side=side, heel_height_m=h, toe_height_m=h + 0.01, frames_used=9)
        for side, h in (("left", 0.03), ("right", 0.05))
    ]
    heights = standing_heights(feet)
    assert heights == {"l_heel": 0.03, "l_toe": 0.04, "r_heel": 0.05, "r_toe": pytest.approx(0.06)}
    assert set(heights) <= set(BODY21)
