import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.s08_sim_execution.correction import smallest_success


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
