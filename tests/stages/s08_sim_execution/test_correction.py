import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.s08_sim_execution.correction import PARTS, part_mask, smallest_success


def test_bisection_by_hand_with_a_threshold_at_0_3():
    tried = []

    def succeeds(fraction):
        tried.append(fraction)
        return fraction >= 0.3

    assert smallest_success(succeeds, 4) == 0.3125
    assert tried == [0.5, 0.25, 0.375, 0.3125]


def test_where_nothing_succeeds_there_is_no_correction():
    assert smallest_success(lambda fraction: False, 4) is None


def test_without_a_try_there_is_no_correction():
    assert smallest_success(lambda fraction: True, 0) is None


@given(st.floats(0.0, 1.0), st.integers(1, 12))
def test_the_answer_succeeds_and_is_within_the_last_step_of_the_threshold(threshold, tries):
    found = smallest_success(lambda fraction: fraction >= threshold, tries)
    if found is None:
        assert threshold > 1.0 - 0.5**tries
    else:
        assert threshold <= found <= threshold + 0.5**tries


def test_it_never_tries_more_than_it_may():
    tried = []
    smallest_success(lambda fraction: bool(tried.append(fraction)), 3)
    assert tried == pytest.approx([0.5, 0.75, 0.875])


def test_the_whole_way_is_tried_first_where_asked_and_ends_the_search_where_it_fails():
    tried = []

    def succeeds(fraction):
        tried.append(fraction)
        return fraction >= 0.6

    assert smallest_success(succeeds, 3, whole_first=True) == 0.75
    assert tried == [1.0, 0.5, 0.75]
    assert smallest_success(lambda fraction: bool(tried.append(fraction)), 3, whole_first=True) is None
    assert tried == [1.0, 0.5, 0.75, 1.0]


def test_every_degree_of_freedom_belongs_to_exactly_one_part(humanoid):
    masks = np.array([part_mask(part, humanoid.dof_names) for part in PARTS])
    np.testing.assert_array_equal(masks.sum(axis=0), np.ones(humanoid.model.nv))
    assert masks.sum(axis=1).tolist() == [6.0, 6.0, 8.0, 5.0, 6.0]


def test_a_part_that_is_none_is_refused():
    with pytest.raises(KeyError, match="tail"):
        part_mask("tail", ("neck_flexion",))
