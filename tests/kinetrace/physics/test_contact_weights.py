import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.contact_weights import foot_weights, sole_weights

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


def test_a_lifted_heel_bears_nothing():
    soles = np.zeros((1, 2, 6, 3))
    soles[:, :, :2, 2] = 0.06
    weights = sole_weights(np.ones((1, 2), dtype=bool), soles)
    assert (weights[0, :, :2] == 0).all()
    assert (weights[0, :, 2:] == 1).all()


def test_the_share_is_linear_in_time():
    bearing = np.zeros((40, 2), dtype=bool)
    bearing[:25, 0] = bearing[16:, 1] = True
    weights = foot_weights(bearing)
    assert np.allclose(weights[16:25].sum(axis=1), 1.0)
    assert np.allclose(np.diff(weights[16:25, 1]), 0.1)


def test_a_double_support_cut_by_the_recordings_start_is_taken_up_where_it_would_be():
    bearing = np.zeros((60, 2), dtype=bool)
    bearing[:5, 0] = bearing[:30, 1] = bearing[20:50, 0] = bearing[41:, 1] = True
    weights = foot_weights(bearing)
    assert np.allclose(weights[:5, 0], [5 / 11, 4 / 11, 3 / 11, 2 / 11, 1 / 11], atol=0.05)
    assert (np.diff(weights[:5, 1]) > 0).all()
    assert (weights[5:20, 1] == 1).all()


def test_standing_on_both_feet_at_the_end_of_a_walk_is_no_handing_over():
    bearing = np.zeros((100, 2), dtype=bool)
    bearing[:30, 0] = bearing[20:, 1] = bearing[50:, 0] = True
    assert (foot_weights(bearing)[50:] == 1).all()
