import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.physics.ground_reaction import centre_of_pressure, contact_forces, friction_faces

TWO = np.array([[[0.1, 0.0, -0.5], [-0.1, 0.0, -0.5]]])
UP = np.array([[0.0, 0.0, 1.0]])


def solve(force, moment, arms, weights=None, friction=0.8, eps=1e-6):
    weights = np.ones(arms.shape[:2]) if weights is None else weights
    return contact_forces(np.array(force, float), np.array(moment, float), arms, weights, friction, eps)


def test_a_weight_between_two_points_is_shared_half_and_half():
    found = solve(UP, [[0.0, 0, 0]], TWO)
    assert np.allclose(found.points[0, :, 2], 0.5, atol=1e-4)
    assert np.abs(found.residual_force).max() < 1e-4


def test_a_lever_by_hand():
    """A moment of -0.06 about Y moves the load to x = +0.06: four fifths on the front point."""
    found = solve(UP, [[0.0, -0.06, 0]], TWO)
    assert np.allclose(found.points[0, :, 2], [0.8, 0.2], atol=1e-3)


def test_a_load_in_front_of_the_front_point_leaves_a_moment():
    found = solve(UP, [[0.0, -0.2, 0]], TWO, friction=1e-3)
    assert found.points[0, 1, 2] < 0.02
    assert found.residual_moment[0, 1] == pytest.approx(-0.1, abs=0.01)


def test_the_floor_does_not_pull():
    found = solve([[0.0, 0, -1]], [[0.0, 0, 0]], TWO)
    assert (found.points == 0).all()
    assert np.allclose(found.residual_force, [[0, 0, -1]])


def test_what_friction_cannot_hold_stays_as_residual():
    found = solve([[1.5, 0, 1]], [[0.0, 0, 0]], np.array([[[0.0, 0.0, 0.0]]]), friction=0.5)
    assert found.points[0, 0, 0] <= 0.5 * found.points[0, 0, 2] + 1e-9
    assert found.residual_force[0, 0] > 0.5


def test_a_point_with_less_weight_bears_less_where_the_moment_does_not_say():
    arms = np.zeros((1, 2, 3))
    found = solve(UP, [[0.0, 0, 0]], arms, np.array([[1.0, 0.5]]))
    assert found.points[0, 0, 2] / found.points[0, 1, 2] == pytest.approx(4.0, rel=1e-3)


def test_a_forbidden_point_bears_nothing():
    found = solve(UP, [[0.0, 0, 0]], TWO, np.array([[1.0, 0.0]]))
    assert (found.points[0, 1] == 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1.5))
def test_no_cone_is_ever_violated(seed, friction):
    rng = np.random.default_rng(seed)
    arms = rng.normal(0, 0.2, (3, 12, 3)) - [0, 0, 0.5]
    found = solve(rng.normal(0, 1, (3, 3)), rng.normal(0, 0.3, (3, 3)), arms, rng.uniform(0, 1, (3, 12)), friction)
    along = np.linalg.norm(found.points[..., :2], axis=-1)
    assert (found.points[..., 2] >= 0).all()
    assert (along <= friction * found.points[..., 2] + 1e-9).all()


@settings(max_examples=50, deadline=None)
@given(st.floats(0.1, 1.5), st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_whatever_satisfies_the_faces_is_inside_the_cone(friction, x, y, z):
    if (friction_faces(friction, 1) @ [x, y, z] <= 0).all():
        assert np.hypot(x, y) <= friction * z + 1e-12


def test_rounding_does_not_move_the_answer():
    """Two points under one load have many equal answers but for the regulariser; noise of 1e-15 must not choose."""
    arms = np.tile(np.vstack((TWO[0], TWO[0] + [0, 0.1, 0]))[None], (200, 1, 1))
    force = np.tile([0.0, 0.0, 1.0], (200, 1)) + np.random.default_rng(0).normal(0, 1e-15, (200, 3))
    found = solve(force, np.zeros((200, 3)), arms, eps=1e-4)
    assert np.ptp(found.points, axis=0).max() < 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_centre_of_pressure_is_inside_the_points(seed):
    rng = np.random.default_rng(seed)
    forces, points = rng.uniform(0, 1, (4, 6, 3)), rng.normal(0, 1, (4, 6, 3))
    centre = centre_of_pressure(forces, points)
    assert ((centre >= points.min(axis=1) - 1e-12) & (centre <= points.max(axis=1) + 1e-12)).all()


def test_without_force_there_is_no_centre_of_pressure():
    assert (centre_of_pressure(np.zeros((1, 2, 3)), np.ones((1, 2, 3))) == 0).all()
