import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.s08_sim_execution.failure_factors import failure_factors
from stages.s08_sim_execution.permutation import failure_auc


def test_four_numbers_by_hand():
    failed = np.array([False, False, True, True])
    assert failure_auc(np.array([1.0, 2.0, 3.0, 4.0]), failed) == 1.0
    assert failure_auc(np.array([4.0, 3.0, 2.0, 1.0]), failed) == 0.0
    assert failure_auc(np.array([1.0, 3.0, 2.0, 4.0]), failed) == 0.75  # 3 of the 4 pairs
    assert failure_auc(np.array([1.0, 2.0, 2.0, 3.0]), failed) == 0.875  # one pair is tied


def test_without_both_outcomes_there_is_nothing_to_tell():
    values = np.array([1.0, 2.0])
    assert failure_auc(values, np.array([True, True])) is None
    assert failure_auc(values, np.array([False, False])) is None
    assert failure_auc(np.zeros(0), np.zeros(0, dtype=bool)) is None


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=30))
def test_turning_the_outcome_around_turns_the_figure_around(pairs):
    values, failed = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    auc, turned = failure_auc(values, failed), failure_auc(values, ~failed)
    if auc is None:
        assert turned is None
    else:
        assert auc == pytest.approx(1.0 - turned)
        assert 0.0 <= auc <= 1.0


def test_each_parameter_gets_its_means():
    (found,) = failure_factors({"mean_change_mm": [1.0, 2.0, 9.0]}, [False, False, True])
    assert (found.parameter, found.auc, found.mean_success, found.mean_failure) == ("mean_change_mm", 1.0, 1.5, 9.0)
    (alone,) = failure_factors({"x": [4.0]}, [False])
    assert (alone.auc, alone.mean_success, alone.mean_failure) == (None, 4.0, None)
    assert (alone.importance, found.importance) == (None, None)  # one failure, or none, is too few to fit


def test_with_enough_of_both_each_parameter_gets_its_importance():
    failed = [False] * 6 + [True] * 6
    telling, silent = failure_factors({"telling": [0.1 * i for i in range(12)], "silent": [1.0, 2.0] * 6}, failed)
    assert telling.importance > 0.2 > silent.importance + 0.1
    assert telling.importance_low <= telling.importance <= telling.importance_high
