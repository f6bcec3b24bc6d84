import mujoco
import numpy as np
import pytest
from made_people import FPS, still, swaying

from kinetrace.physics.kinematics import poses
from kinetrace.physics.reference_motion import SINK_M, make_reference, upsample
from schemas.errors import ComputeError


def test_upsampling_keeps_the_given_poses_and_unit_quaternions(humanoid):
    qpos = swaying(humanoid, 31)
    fine = upsample(humanoid, qpos, 50.0, 0.002)
    assert len(fine.qpos) == 301
    np.testing.assert_allclose(fine.qpos[::10], qpos, atol=1e-9)
    for at in (3, *humanoid.model.jnt_qposadr[humanoid.model.jnt_type == mujoco.mjtJoint.mjJNT_BALL]):
        np.testing.assert_allclose(np.linalg.norm(fine.qpos[:, at : at + 4], axis=1), 1.0)


def test_velocity_and_acceleration_of_a_parabola_are_those_of_the_formula(humanoid):
    t = np.arange(21) / 50.0
    qpos = still(humanoid, 21)
    qpos[:, 0] += 0.5 * 3.0 * t**2 + 0.4 * t
    fine = upsample(humanoid, qpos, 50.0, 0.002)
    time = np.arange(len(fine.qpos)) * 0.002
    np.testing.assert_allclose(fine.qvel[1:-1, 0], (3.0 * time + 0.4)[1:-1], atol=1e-6)
    np.testing.assert_allclose(fine.qacc[1:-1, 0], 3.0, atol=1e-4)


def test_a_reference_stands_still_a_hair_under_the_floor(humanoid, supports):
    qpos = still(humanoid, 20)
    qpos[:, 2] += 0.02
    reference = make_reference(supports, qpos, FPS, 6.0)
    lowest = poses(humanoid, reference.motion.qpos[::20]).sites[:, humanoid.sole_ids.ravel(), 2].min()
    assert lowest == pytest.approx(-SINK_M, abs=0.002)
    assert np.abs(reference.motion.qacc).max() < 1e-3
    np.testing.assert_allclose(reference.bearing, 1.0)
    np.testing.assert_allclose(reference.change_m, 0.02, atol=0.002)


def test_the_bearing_points_of_a_reference_move_as_their_pose_does(supports):
    qpos = swaying(supports.humanoid, 60)
    reference = make_reference(supports, qpos, FPS, 6.0)
    way = np.cumsum(reference.velocity, axis=0)[-1] * 0.002
    ends = supports.points(poses(supports.humanoid, reference.motion.qpos[[0, -1]]).sites[:, supports.ids])
    np.testing.assert_allclose(way, ends[1] - ends[0], atol=0.01)


def test_too_few_poses_are_refused_with_what_would_do(humanoid, supports):
    with pytest.raises(ComputeError, match=r"at least 10 steps, found 5.*horizon_frames` to 9 or more"):
        make_reference(supports, still(humanoid, 5), FPS, 6.0)
