import dataclasses

import daqp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.physics.whole_body_control import MOMENT_COST, Equations, command
from schemas.errors import ComputeError

G, HEIGHT = 9.81, 1.7
MU = 0.8


def free_body(**changes):
    """A rigid body of 1 kg (per kilogram) with one weightless hinge: what falls, falls as one."""
    inertia = np.diag([1.0, 1.0, 1.0, 0.2, 0.2, 0.2, 0.01])
    bias = np.array([0.0, 0.0, G, 0.0, 0.0, 0.0, 0.0])
    empty = Equations(
        inertia=inertia, bias=bias, wanted=np.zeros(7), jacobian=np.zeros((0, 3, 7)), target=np.zeros((0, 3)),
        sureness=np.zeros(0), hold=np.zeros(0), touches=np.zeros(0, dtype=bool), torque=np.array([3.0]), gravity=G,
        stature=HEIGHT,
    )  # fmt: skip
    return dataclasses.replace(empty, **changes)


def standing(points, **changes):
    """The same on points under it; each has an arm to the root, 1 m above."""
    points = np.asarray(points, dtype=np.float64)
    jacobian = np.zeros((len(points), 3, 7))
    for row, (x, y) in enumerate(points):
        jacobian[row, :, :3] = np.eye(3)
        arm = np.array([x, y, -1.0])
        jacobian[row, :, 3:6] = -np.array([[0, -arm[2], arm[1]], [arm[2], 0, -arm[0]], [-arm[1], arm[0], 0]])
    count = len(points)
    contacts = {
        "jacobian": jacobian, "target": np.zeros((count, 3)), "sureness": np.ones(count), "hold": np.ones(count),
        "touches": np.ones(count, dtype=bool),
    }  # fmt: skip
    return free_body(**(contacts | changes))


SQUARE = [(0.1, 0.1), (0.1, -0.1), (-0.1, 0.1), (-0.1, -0.1)]


def test_a_body_in_the_air_falls_where_help_is_dear_and_hangs_where_it_is_cheap():
    dear, cheap = (command(free_body(), MU, cost) for cost in (1e6, 1e-6))
    np.testing.assert_allclose(dear.acceleration[:3], [0.0, 0.0, -G], atol=0.01)
    np.testing.assert_allclose(dear.assistance, 0.0, atol=0.01)
    np.testing.assert_allclose(cheap.acceleration, 0.0, atol=1e-3)
    np.testing.assert_allclose(cheap.assistance, [0, 0, G, 0, 0, 0], atol=1e-3)


def test_the_price_of_help_by_hand():
    # one axis: (1 + e) a² + c (1 + a / g)², least at a = -c g / (g² (1 + e) + c)
    cost = 50.0
    found = command(free_body(), MU, cost)
    expected = -cost * G / (G**2 * 1.002 + cost)
    assert found.acceleration[2] == pytest.approx(expected, rel=1e-6)
    assert found.assistance[2] == pytest.approx(G + expected, rel=1e-6)
    assert MOMENT_COST == 4.0


def test_four_corners_share_a_weight_and_no_help_is_asked():
    found = command(standing(SQUARE), MU, 1e5)
    np.testing.assert_allclose(found.forces[:, 2], 0.25, atol=1e-3)
    np.testing.assert_allclose(found.forces[:, :2], 0.0, atol=1e-6)
    np.testing.assert_allclose(found.assistance, 0.0, atol=0.01)
    np.testing.assert_allclose(found.acceleration, 0.0, atol=0.01)


def test_a_point_that_does_not_touch_does_not_push():
    touches = np.array([True, True, False, False])
    found = command(standing(SQUARE, touches=touches, hold=np.zeros(4)), MU, 1e5)
    assert found.forces.shape == (2, 3)
    assert found.acceleration[4] < -0.1  # all support is in front: the body tips backward about its side axis


def test_a_torque_stops_at_its_limit():
    wanted = np.zeros(7)
    wanted[6] = 1e4
    found = command(free_body(wanted=wanted), MU, 1e5)
    assert found.torque[0] == pytest.approx(3.0)
    assert found.acceleration[6] == pytest.approx(300.0, rel=1e-3)


def test_a_held_point_is_accelerated_to_its_target():
    target = np.tile([0.0, 0.0, 0.5], (4, 1))
    found = command(standing(SQUARE, target=target, hold=np.full(4, 1e6)), MU, 1e5)
    np.testing.assert_allclose(found.acceleration[:3], [0.0, 0.0, 0.5], atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-20.0, 20.0), min_size=7, max_size=7), st.floats(1.0, 1e5))
def test_forces_push_inside_the_cone_and_what_is_commanded_obeys_the_equations(wanted, cost):
    body = standing(SQUARE, wanted=np.array(wanted))
    found = command(body, MU, cost)
    assert (found.forces[:, 2] > -1e-5).all()
    assert (np.linalg.norm(found.forces[:, :2], axis=1) <= MU * found.forces[:, 2] + 1e-5).all()
    pushed = G * np.einsum("pc,pcv->v", found.forces, body.jacobian)
    given_ = np.concatenate((found.assistance, found.torque)) + pushed
    np.testing.assert_allclose(body.inertia @ found.acceleration + body.bias, given_, atol=1e-4)


def test_a_problem_that_cannot_be_solved_is_refused_with_the_solvers_word(monkeypatch):
    monkeypatch.setattr(daqp, "solve", lambda *_: (np.zeros(7), 0.0, -1, {}))
    with pytest.raises(ComputeError, match="solver flag -1"):
        command(free_body(), MU, 1e5)
