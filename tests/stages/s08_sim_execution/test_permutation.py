import numpy as np
import pytest

from stages.s08_sim_execution.permutation import permutation_importance


def made(seed=0, count=30):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, 3))
    return values, values[:, 1] > 0.2


def test_the_parameter_that_decides_matters_and_the_others_do_not():
    found = permutation_importance(*made())
    assert found.shape == (3, 3)
    assert found[1, 0] > 0.3
    assert found[1, 1] > 0.1  # its interval is clear of 0
    assert (found[[0, 2], 1] <= 0.02).all()


def test_equal_seeds_give_equal_figures_and_scale_does_not_matter():
    values, failed = made()
    once = permutation_importance(values, failed)
    np.testing.assert_array_equal(once, permutation_importance(values, failed))
    np.testing.assert_allclose(once, permutation_importance(values * [1e3, 1e-3, 1.0] + 5.0, failed), atol=1e-9)


def test_a_constant_parameter_has_no_importance():
    values, failed = made()
    values[:, 0] = 7.0
    assert permutation_importance(values, failed)[0].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("failures", [0, 1, 7, 8])
def test_with_fewer_than_two_of_either_nothing_is_said(failures):
    failed = np.arange(8) < failures
    assert permutation_importance(np.arange(8.0)[:, None], failed) is None
