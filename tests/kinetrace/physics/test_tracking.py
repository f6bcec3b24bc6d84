import mujoco
import numpy as np
import pytest
from made_people import FPS, average, still

from kinetrace.physics.body_tree import Seat
from kinetrace.physics.humanoid import Humanoid, build
from kinetrace.physics.kinematics import poses
from kinetrace.physics.reference_motion import make_reference
from kinetrace.physics.supports import make_supports
from kinetrace.physics.tracking import TrackingParams, track

STEP = 0.002
PARAMS = TrackingParams(stiffness_scale=1.0, max_force_bw=1.0, max_moment_bwh=0.3, assistance_cost=1e5)
CHEAP = TrackingParams(1.0, 1.0, 0.3, 1.0)


def rms(values):
    return float(np.sqrt(np.mean(values**2)))


def followed(humanoid, qpos, params=PARAMS, lift=0.0):
    supports = make_supports(humanoid, STEP)
    reference = make_reference(supports, qpos, FPS, 6.0)
    reference.motion.qpos[:, 2] += lift
    return reference.motion, track(supports, reference, params)


def without_strength(humanoid):
    spec = mujoco.MjSpec.from_string(humanoid.xml)
    for actuator in spec.actuators:
        actuator.ctrlrange = [-1e-9, 1e-9]
    return Humanoid.from_xml(spec.to_xml())


def bend(humanoid, qpos, angles):
    """Flex hips, knees and ankles by angle curves [rad] and put the feet back on the floor."""
    for side in "lr":
        for joint, angle in angles.items():
            qpos[:, humanoid.model.joint(f"{side}_{joint}").qposadr[0]] += angle
    qpos[:, 2] -= poses(humanoid, qpos).sites[:, humanoid.sole_ids.ravel(), 2].min(axis=1)
    return qpos


@pytest.fixture(scope="module")
def stood(humanoid):
    return followed(humanoid, still(humanoid))[1]


def test_a_body_at_rest_stays_up_on_its_own_feet(stood):
    assert rms(stood.root_force) < 1e-4
    assert rms(stood.root_moment) < 1e-4
    assert abs(stood.qpos[-1, 2] - stood.qpos[0, 2]) < 0.003
    assert stood.saturated.max() == 0.0
    assert stood.broke is None


def test_at_rest_the_feet_carry_one_body_weight_and_do_not_slide_or_sink(stood):
    settled = stood.load[100:]
    assert settled.sum(axis=1).mean() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(settled.mean(axis=0), [0.5, 0.5], atol=0.05)
    assert (stood.slip_speed.sum(axis=0) * STEP).max() < 0.005
    assert stood.depth[100:].max() < 0.002


def test_without_muscles_the_body_falls(humanoid):
    _, fallen = followed(without_strength(humanoid), still(humanoid))
    assert fallen.qpos[-1, 2] < 0.7 * fallen.qpos[0, 2]
    assert fallen.saturated.mean() > 0.5


def test_where_muscles_give_nothing_cheap_assistance_gives_something(humanoid):
    dear, cheap = (followed(without_strength(humanoid), still(humanoid, 20), params)[1] for params in (PARAMS, CHEAP))
    assert rms(dear.root_force) < 0.02
    assert rms(cheap.root_force) > 0.1


def test_without_a_floor_dear_assistance_lets_the_body_fall_and_cheap_assistance_carries_it(humanoid):
    motion, dropped = followed(humanoid, still(humanoid, 20), lift=0.5)
    seconds = (len(motion.qpos) - 1) * STEP
    assert motion.qpos[-1, 2] - dropped.qpos[-1, 2] == pytest.approx(0.5 * 9.81 * seconds**2, rel=0.05)
    _, hung = followed(humanoid, still(humanoid, 20), TrackingParams(1.0, 2.0, 0.3, 1e-3), lift=0.5)
    np.testing.assert_allclose(hung.root_force[5:], 1.0, atol=0.01)
    assert hung.load.max() == dropped.load.max() == 0.0


def test_assistance_is_cut_at_its_bound(humanoid):
    motion, weak = followed(humanoid, still(humanoid, 20), TrackingParams(1.0, 0.4, 0.3, 1e-3), lift=0.5)
    assert weak.root_force.max() == pytest.approx(0.4)
    assert weak.qpos[-1, 2] < motion.qpos[-1, 2] - 0.1


def test_a_knee_bend_is_followed_to_the_centimetre_without_help(humanoid):
    part = 0.3 * (1 - np.cos(2 * np.pi * np.arange(90) / 90))
    qpos = bend(humanoid, still(humanoid, 90), {"hip_flexion": part, "knee_flexion": 2 * part, "ankle_flexion": part})
    motion, bent = followed(humanoid, qpos)
    drop = bent.qpos[0, 2] - bent.qpos[:, 2].min()
    assert drop == pytest.approx(motion.qpos[0, 2] - motion.qpos[:, 2].min(), abs=0.01)
    assert drop > 0.1
    assert rms(bent.root_force) < 1e-3


def test_who_sits_still_is_carried_by_the_seat_and_the_feet(humanoid):
    qpos = still(humanoid, 40)
    qpos = bend(humanoid, qpos, {"hip_flexion": 1.5, "knee_flexion": 1.45})
    hips = poses(humanoid, qpos[:1]).sites[0, humanoid.model.site("pelvis").id]
    top = hips[2] - float(humanoid.model.geom("r_thigh").size[0])
    seated = build(average(1.70, "f"), 60.0, "f", seat=Seat((float(hips[0]), 0.0, float(top)), 0.45, 0.45))
    _, sat = followed(seated, qpos)
    assert 0.0 < sat.load[200:].sum(axis=1).mean() < 0.7
    assert abs(sat.qpos[-1, 2] - sat.qpos[0, 2]) < 0.02
    assert rms(sat.root_force) < 0.005


def test_a_simulation_that_leaves_mechanics_ends_there(humanoid):
    supports = make_supports(humanoid, STEP)
    reference = make_reference(supports, still(humanoid, 20), FPS, 6.0)
    reference.motion.qvel[0, 6:] = 400.0
    ended = track(supports, reference, PARAMS)
    assert ended.broke == 1
    assert len(ended.qpos) == len(reference.motion.qpos)
    np.testing.assert_array_equal(ended.qpos[-1], ended.qpos[0])
    assert np.isfinite(ended.qpos).all()


def test_the_humanoid_itself_is_not_changed_and_equal_runs_give_equal_bytes(humanoid, stood):
    xml, step = humanoid.xml, humanoid.model.opt.timestep
    _, again = followed(humanoid, still(humanoid))
    assert (humanoid.xml, humanoid.model.opt.timestep) == (xml, step)
    assert again.qpos.tobytes() == stood.qpos.tobytes()
