import mujoco
import numpy as np
import pytest
from made_people import FPS, still

from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import poses
from kinetrace.physics.reference_motion import make_reference
from kinetrace.physics.tracking import TrackingParams, track

STEP = 0.002
PARAMS = TrackingParams(stiffness_scale=1.0, max_force_bw=1.0, max_moment_bwh=0.3)


def rms(values):
    return float(np.sqrt(np.mean(values**2)))


def standing(humanoid, frames=60):
    return make_reference(humanoid, still(humanoid, frames), FPS, 6.0, STEP)


def without_strength(humanoid):
    spec = mujoco.MjSpec.from_string(humanoid.xml)
    for actuator in spec.actuators:
        actuator.ctrlrange = [-1e-9, 1e-9]
    return Humanoid.from_xml(spec.to_xml())


@pytest.fixture(scope="module")
def stood(humanoid):
    return track(humanoid, standing(humanoid), STEP, PARAMS)


def test_a_body_at_rest_stays_up_on_its_own_feet(humanoid, stood):
    assert rms(stood.root_force) < 0.005
    assert rms(stood.root_moment) < 0.005
    assert abs(stood.qpos[-1, 2] - stood.qpos[0, 2]) < 0.005
    assert stood.saturated.max() == 0.0


def test_at_rest_the_feet_carry_one_body_weight_and_do_not_slide(stood):
    settled = stood.load[100:]
    assert settled.sum(axis=1).mean() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(settled.mean(axis=0), [0.5, 0.5], atol=0.05)
    assert (stood.slip_speed.sum(axis=0) * STEP).max() < 0.01


def test_without_muscles_the_body_falls(humanoid):
    fallen = track(without_strength(humanoid), standing(humanoid), STEP, PARAMS)
    assert fallen.qpos[-1, 2] < 0.7 * fallen.qpos[0, 2]
    assert fallen.saturated.mean() > 0.5


def test_without_a_floor_the_assistance_has_to_carry_the_whole_body(humanoid):
    motion = standing(humanoid, 20)
    motion.qpos[:, 2] += 0.5
    hung = track(humanoid, motion, STEP, PARAMS)
    np.testing.assert_allclose(hung.root_force, 1.0, atol=1e-3)
    assert hung.load.max() == 0.0


def test_assistance_is_cut_at_its_bound(humanoid):
    motion = standing(humanoid, 20)
    motion.qpos[:, 2] += 0.5
    weak = track(humanoid, motion, STEP, TrackingParams(1.0, 0.4, 0.3))
    assert weak.root_force.max() == pytest.approx(0.4)
    assert weak.qpos[-1, 2] < motion.qpos[-1, 2] - 0.1


def test_a_knee_bend_is_followed_to_the_centimetre(humanoid):
    qpos = still(humanoid, 90)
    bend = 0.3 * (1 - np.cos(2 * np.pi * np.arange(90) / 90))
    for side in "lr":
        for joint, part in (("hip_flexion", 1.0), ("knee_flexion", 2.0), ("ankle_flexion", 1.0)):
            qpos[:, humanoid.model.joint(f"{side}_{joint}").qposadr[0]] += part * bend
    qpos[:, 2] -= poses(humanoid, qpos).sites[:, humanoid.sole_ids.ravel(), 2].min(axis=1)
    motion = make_reference(humanoid, qpos, FPS, 6.0, STEP)
    bent = track(humanoid, motion, STEP, PARAMS)
    drop = bent.qpos[0, 2] - bent.qpos[:, 2].min()
    assert drop == pytest.approx(motion.qpos[0, 2] - motion.qpos[:, 2].min(), abs=0.02)
    assert drop > 0.1
    assert rms(bent.root_force) < 0.05


def test_the_humanoid_itself_is_not_changed_and_equal_runs_give_equal_bytes(humanoid, stood):
    step = humanoid.model.opt.timestep
    again = track(humanoid, standing(humanoid), 0.002, PARAMS)
    assert humanoid.model.opt.timestep == step
    assert again.qpos.tobytes() == stood.qpos.tobytes()
