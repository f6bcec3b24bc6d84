import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinetrace.physics.contact_control import hold_points, share_load

UP = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0])


def test_without_a_point_nothing_changes():
    wanted = np.arange(9.0)
    held = hold_points(wanted, np.zeros((0, 3, 9)), np.zeros((0, 3)), np.zeros(0))
    assert (held == wanted).all()


def test_a_held_point_accelerates_as_told_and_the_root_hardly_gives_way():
    rng = np.random.default_rng(0)
    jacobian, wanted = rng.standard_normal((1, 3, 12)), rng.standard_normal(12)
    target = np.array([[0.5, -0.2, 0.1]])
    held = hold_points(wanted, jacobian, target, np.ones(1))
    before, after = (np.linalg.norm(jacobian[0] @ a - target[0]) for a in (wanted, held))
    assert after < 0.3 * before
    assert np.abs(held - wanted)[:6].max() < 1e-2 * np.abs(held - wanted)[6:].max()


def test_an_unsure_point_is_held_less():
    rng = np.random.default_rng(1)
    jacobian, wanted = rng.standard_normal((1, 3, 12)), rng.standard_normal(12)
    missed = [
        np.linalg.norm(jacobian[0] @ hold_points(wanted, jacobian, np.zeros((1, 3)), np.array([sure])))
        for sure in (1.0, 0.5, 0.1)
    ]
    assert missed[0] < missed[1] < missed[2] < np.linalg.norm(jacobian[0] @ wanted)


def test_two_equal_supports_carry_half_a_weight_each():
    edges = np.stack([UP, UP])
    np.testing.assert_allclose(share_load(UP, edges, np.ones(2)), [0.4975, 0.4975], atol=1e-4)  # 1 / (2 + 0.01)


def test_a_dear_support_carries_less():
    forces = share_load(UP, np.stack([UP, UP]), np.array([1.0, 10.0]))
    assert forces[1] < 0.02 * forces[0]


def test_nothing_to_stand_on_gives_nothing():
    assert share_load(UP, np.zeros((0, 6)), np.zeros(0)).shape == (0,)


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, 6, elements=st.floats(-2, 2)), st.integers(0, 99))
def test_a_floor_only_ever_pushes_and_never_makes_the_lack_larger(need, seed):
    edges = np.random.default_rng(seed).standard_normal((8, 6))
    forces = share_load(need, edges, np.ones(8))
    assert (forces >= 0).all()
    assert np.linalg.norm(need - edges.T @ forces) <= np.linalg.norm(need) + 1e-9
