import numpy as np
from made_people import FPS, still

from kinetrace.physics.foot_placement import (
    CLEARANCE_M,
    MOST_SHIFT_M,
    bearing_weights,
    put_on_floor,
    settle_feet,
    speeds,
)
from kinetrace.physics.kinematics import add_tangent, poses


def soles(humanoid, qpos):
    return poses(humanoid, qpos).sites[:, humanoid.sole_ids.ravel()]


def test_a_point_bears_when_it_is_low_and_slow():
    heights = np.array([[0.0, 0.06, 0.0, 0.035, 0.035, 0.02]])  # 3.5 cm: half-way for a sole, too high for a seat
    speed = np.array([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(bearing_weights(heights, speed, 4), [[1.0, 0.0, 0.0, 0.5, 0.0, 0.5]], atol=1e-12)


def test_speeds_are_those_of_the_points():
    points = np.zeros((10, 2, 3))
    points[:, 1, 0] = 3.0 * np.arange(10) / 100.0
    points[:, 1, 1] = 4.0 * np.arange(10) / 100.0
    np.testing.assert_allclose(speeds(points, 100.0), np.tile([0.0, 5.0], (10, 1)), atol=1e-12)


def test_a_body_in_the_air_or_in_the_floor_is_put_on_it(humanoid):
    for height in (0.03, -0.03):
        qpos = still(humanoid)
        qpos[:, 2] += height
        lowest = soles(humanoid, put_on_floor(humanoid, qpos, FPS, 6.0))[..., 2].min(axis=1)
        np.testing.assert_allclose(lowest, 0.0, atol=1e-6)


def test_a_body_in_flight_is_left_alone(humanoid):
    qpos = still(humanoid)
    qpos[:, 2] += 0.3
    assert (put_on_floor(humanoid, qpos, FPS, 6.0) == qpos).all()


def test_a_body_that_sinks_by_more_than_a_laboratory_errs_is_not_put_right(humanoid):
    qpos = still(humanoid)
    qpos[:, 2] -= 0.10
    moved = put_on_floor(humanoid, qpos, FPS, 6.0)[:, 2] - qpos[:, 2]
    np.testing.assert_allclose(moved, MOST_SHIFT_M)


def test_feet_that_stand_flat_stay_as_they_are(humanoid, supports):
    qpos = still(humanoid, 20)
    level = settle_feet(supports, qpos, FPS)
    assert np.abs(soles(humanoid, level)[..., 2]).max() < 0.002
    again = settle_feet(supports, level, FPS)
    assert np.abs(again - level).max() < 0.01


def test_a_tilted_foot_that_stands_is_laid_flat(humanoid, supports):
    qpos = still(humanoid, 20)
    step = np.zeros((20, humanoid.model.nv))
    step[:, humanoid.model.joint("l_ankle_flexion").dofadr[0]] = np.radians(4.0)
    tilted = add_tangent(humanoid, qpos, step)
    before, after = (np.abs(soles(humanoid, q)[:, :6, 2]).max() for q in (tilted, settle_feet(supports, tilted, FPS)))
    assert before > 0.008
    assert after < 0.003


def test_a_swinging_foot_is_lifted_over_the_floor(humanoid, supports):
    qpos = still(humanoid, 20)
    qpos[:, 0] += 2.0 * np.arange(20) / FPS  # slides along at 2 m/s: it swings
    assert soles(humanoid, settle_feet(supports, qpos, FPS))[..., 2].min() > 0.7 * CLEARANCE_M


def test_a_foot_that_swings_toe_down_is_lifted_too(humanoid, supports):
    qpos = still(humanoid, 20)
    step = np.zeros((20, humanoid.model.nv))
    step[:, humanoid.model.joint("l_ankle_flexion").dofadr[0]] = np.radians(-50.0)
    pitched = put_on_floor(humanoid, add_tangent(humanoid, qpos, step), FPS, 6.0)
    pitched[:, 2] -= soles(humanoid, pitched)[0, :6, 2].min() + 0.03  # its tip is 3 cm under the floor, as at toe-off
    pitched[:, 0] += 2.0 * np.arange(20) / FPS
    before, after = (soles(humanoid, q)[:, :6, 2].min() for q in (pitched, settle_feet(supports, pitched, FPS)))
    assert before < -0.025
    assert after > 0.5 * CLEARANCE_M
