import numpy as np
import pytest
from made_people import FPS, MASS, still, swaying

from kinetrace.physics.inverse_dynamics import required_forces, smooth_motion
from kinetrace.physics.reaction import react
from kinetrace.physics.roll_over import RADIUS, TRUST, steadied_moment

WEIGHT = MASS * 9.81


def dynamics_of(humanoid, qpos):
    motion = smooth_motion(humanoid, qpos, FPS, 6.0)
    return motion, required_forces(humanoid, motion)


def pressure(dynamics, moment):
    com, force = dynamics.placed.com, dynamics.force
    ahead = (-moment[:, 1] - com[:, 2] * force[:, 0]) / force[:, 2]
    aside = (moment[:, 0] - com[:, 2] * force[:, 1]) / force[:, 2]
    return com[:, :2] + np.column_stack((ahead, aside))


def test_on_one_foot_the_pressure_goes_half_way_to_the_arcs_touch(humanoid):
    _, dynamics = dynamics_of(humanoid, still(humanoid))
    soles = dynamics.placed.sites[:, humanoid.sole_ids]
    weights = np.tile([1.0, 0.0], (60, 1))
    moved = steadied_moment(humanoid, dynamics, weights, soles, WEIGHT)
    ankle, knee = (dynamics.placed.sites[:, humanoid.model.site(f"l_{name}").id] for name in ("ankle", "knee"))
    lean = (knee - ankle)[:, 0] / np.linalg.norm(knee - ankle, axis=1)
    touch = ankle[:, 0] + RADIUS * humanoid.stature * lean
    before, after = pressure(dynamics, dynamics.moment), pressure(dynamics, moved)
    assert after[30, 0] == pytest.approx(before[30, 0] + TRUST * (touch - before[:, 0])[30], abs=1e-6)


def test_shared_equally_between_the_feet_nothing_is_moved(humanoid):
    _, dynamics = dynamics_of(humanoid, swaying(humanoid))
    soles = dynamics.placed.sites[:, humanoid.sole_ids]
    same = steadied_moment(humanoid, dynamics, np.full((120, 2), 0.5), soles, WEIGHT)
    assert np.allclose(same, dynamics.moment)


def test_what_the_steadying_takes_out_of_the_moment_is_reported_as_residual(humanoid):
    motion, dynamics = dynamics_of(humanoid, swaying(humanoid))
    flags = np.tile(np.array([1, 0], dtype=np.uint8), (120, 1))
    none = np.zeros(120)
    rolled = react(humanoid, motion, dynamics, flags, none, 0.8, 1e-4, rolling=True)
    soles = dynamics.placed.sites[:, humanoid.sole_ids]
    arms = rolled.pressure[:, 0] - dynamics.placed.com
    explained = np.cross(arms, rolled.feet[:, 0] * WEIGHT)[:, :2] / (WEIGHT * humanoid.stature)
    needed = dynamics.moment[:, :2] / (WEIGHT * humanoid.stature)
    assert soles.shape[1:] == (2, 6, 3)
    assert np.allclose(explained + rolled.residual[:, 3:5], needed, atol=1e-6)


def test_a_foot_that_does_not_bear_moves_nothing(humanoid):
    _, dynamics = dynamics_of(humanoid, still(humanoid))
    soles = dynamics.placed.sites[:, humanoid.sole_ids]
    assert np.array_equal(steadied_moment(humanoid, dynamics, np.zeros((60, 2)), soles, WEIGHT), dynamics.moment)
