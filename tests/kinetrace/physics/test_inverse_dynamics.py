import mujoco
import numpy as np
import pytest
from made_people import FPS, HEIGHT, MASS, still, swaying

from kinetrace.physics.inverse_dynamics import required_forces, smooth_motion
from kinetrace.physics.kinematics import poses
from schemas.errors import CaptureError, ParamsError


def test_standing_still_asks_for_one_body_weight_up_and_no_moment_about_the_centre_of_mass(humanoid):
    dynamics = required_forces(humanoid, smooth_motion(humanoid, still(humanoid), FPS, 6.0))
    assert np.allclose(dynamics.force, [0, 0, humanoid.mass * 9.81], atol=1e-6)
    assert np.allclose(dynamics.moment, 0, atol=1e-6)


def test_the_outer_force_is_mass_times_the_acceleration_of_the_centre_of_mass(humanoid):
    """Newton's law, found another way: differentiate the centre of mass of the smooth poses."""
    motion = smooth_motion(humanoid, swaying(humanoid), FPS, 6.0)
    dynamics = required_forces(humanoid, motion)
    com = poses(humanoid, motion.qpos).com
    newton = humanoid.mass * (np.diff(com, 2, axis=0) * FPS**2 + [0, 0, 9.81])
    assert np.abs(dynamics.force[1:-1] - newton)[5:-5].max() < 0.005 * MASS * 9.81


def test_free_fall_asks_for_nothing(humanoid):
    qpos = still(humanoid, 90)
    time = np.arange(90) / FPS
    qpos[:, 2] += 20 - 0.5 * 9.81 * time**2
    dynamics = required_forces(humanoid, smooth_motion(humanoid, qpos, FPS, 6.0))
    assert np.abs(dynamics.force[20:-20]).max() < 0.02 * MASS * 9.81


def test_generalised_forces_are_mujocos_inverse_without_contact(humanoid):
    motion = smooth_motion(humanoid, swaying(humanoid), FPS, 6.0)
    data = mujoco.MjData(humanoid.model)
    humanoid.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT | mujoco.mjtDisableBit.mjDSBL_LIMIT
    try:
        data.qpos, data.qvel, data.qacc = motion.qpos[60], motion.qvel[60], motion.qacc[60]
        mujoco.mj_inverse(humanoid.model, data)
    finally:
        humanoid.model.opt.disableflags = 0
    assert np.allclose(required_forces(humanoid, motion).generalised[60], data.qfrc_inverse, atol=1e-8)


def test_a_full_turn_has_no_jump_in_velocity(humanoid):
    """Half way round a quaternion changes sign; the body does not notice."""
    qpos = still(humanoid, 120)
    yaw = 2 * np.pi * np.arange(120) / 60
    qpos[:, 3], qpos[:, 6] = np.cos(yaw / 2), np.sin(yaw / 2)
    qpos[::2, 3:7] *= -1
    motion = smooth_motion(humanoid, qpos, FPS, 6.0)
    assert np.allclose(motion.qvel[20:-20, 5], 2 * np.pi, rtol=1e-3)


def test_a_cut_off_beyond_half_the_frame_rate_is_refused(humanoid):
    with pytest.raises(ParamsError, match=r"sim_replay: cutoff_hz: expected below half the frame rate \(6 Hz\)"):
        smooth_motion(humanoid, still(humanoid), 12.0, 6.0)


def test_a_recording_too_short_to_filter_is_refused(humanoid):
    with pytest.raises(CaptureError, match="at least 10 frames"):
        smooth_motion(humanoid, still(humanoid, 5), FPS, 6.0)


def test_height_of_the_made_person_is_as_declared(humanoid):
    assert humanoid.stature == pytest.approx(HEIGHT)
