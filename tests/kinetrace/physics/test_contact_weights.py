import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.contact_weights import feet_bearing, foot_weights, sole_weights

BEARING = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40).map(
    lambda rows: np.array(rows, dtype=bool)
)


@given(BEARING)
def test_a_foot_has_weight_exactly_where_it_bears(bearing):
    weights = foot_weights(bearing)
    assert np.array_equal(weights > 0, bearing)
    assert weights.max() <= 1.0


def test_a_step_is_handed_over_smoothly_and_only_during_double_support():
    bearing = np.zeros((30, 2), dtype=bool)
    bearing[:18, 0] = bearing[10:, 1] = True
    weights = foot_weights(bearing)
    assert (weights[:10, 0] == 1).all()
    assert (weights[18:, 1] == 1).all()
    assert (np.diff(weights[10:18, 0]) < 0).all()
    assert (np.diff(weights[10:18, 1]) > 0).all()
    assert np.allclose(weights[10:18, 0], weights[10:18, 1][::-1])


def test_standing_on_both_feet_is_not_ramped():
    assert (foot_weights(np.ones((10, 2), dtype=bool)) == 1).all()


def test_a_stance_that_goes_on_past_the_end_is_not_ramped_down():
    bearing = np.ones((20, 2), dtype=bool)
    bearing[:10, 1] = False
    assert (foot_weights(bearing)[:, 0] == 1).all()


def test_an_unknown_contact_is_decided_by_the_soles_height():
    soles = np.zeros((2, 2, 6, 3))
    soles[1, ..., 2] = 0.1
    contacts = np.array([[2, 0], [2, 1]], dtype=np.uint8)
    assert feet_bearing(contacts, soles).tolist() == [[True, False], [False, True]]


def test_a_lifted_heel_bears_nothing():
    soles = np.zeros((1, 2, 6, 3))
    soles[:, :, :2, 2] = 0.06
    weights = sole_weights(np.ones((1, 2), dtype=bool), soles)
    assert (weights[0, :, :2] == 0).all()
    assert (weights[0, :, 2:] == 1).all()
