import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.planning import SearchBudget, cross_entropy_search, random_search

BUDGET = SearchBudget(samples=64, elites=8, iterations=12)


def bowl(centre):
    return lambda x: np.sum((x - centre) ** 2, axis=1)


def test_the_cross_entropy_method_finds_the_bottom_of_a_bowl():
    centre = np.array([0.7, -0.4, 0.2])
    found = cross_entropy_search(bowl(centre), np.ones(3), BUDGET, np.random.default_rng(0))
    np.testing.assert_allclose(found.best, centre, atol=0.02)
    assert found.evaluations == 1 + 64 * 12


def test_on_a_bowl_planning_beats_shooting_with_the_same_budget():
    centre = np.full(8, 0.8)
    planned = cross_entropy_search(bowl(centre), np.ones(8), BUDGET, np.random.default_rng(1))
    shot = random_search(bowl(centre), np.ones(8), BUDGET, np.random.default_rng(1))
    assert planned.evaluations == shot.evaluations
    assert planned.cost < 0.1 * shot.cost


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([cross_entropy_search, random_search]))
def test_a_search_is_never_worse_than_changing_nothing_and_tells_its_cost_truly(seed, search):
    rough = np.random.default_rng(seed).standard_normal((4, 4))

    def cost(x):
        return np.sin(x @ rough).sum(axis=1) + 0.1 * np.sum(x**2, axis=1)

    found = search(cost, np.ones(4), SearchBudget(16, 4, 3), np.random.default_rng(seed))
    assert found.cost <= cost(np.zeros((1, 4)))[0]
    assert found.cost == pytest.approx(cost(found.best[None])[0], abs=1e-12)  # a row alone may round otherwise


def test_equal_seeds_give_equal_answers():
    first, second = (cross_entropy_search(bowl(np.ones(3)), np.ones(3), BUDGET, np.random.default_rng(5)) for _ in "ab")
    assert first.best.tobytes() == second.best.tobytes()


def test_shooting_gives_the_best_of_all_it_looked_at():
    seen = [np.zeros(0)]

    def cost(x):
        seen.append(x[:, 0])
        return np.abs(x[:, 0] - 0.5)

    found = random_search(cost, np.ones(1), SearchBudget(5, 2, 3), np.random.default_rng(0))
    looked_at = np.concatenate(seen)
    assert len(looked_at) == found.evaluations == 16
    assert found.best[0] == looked_at[np.argmin(np.abs(looked_at - 0.5))]


def test_more_elites_than_samples_are_refused():
    with pytest.raises(ValueError, match="at most 8 elites"):
        cross_entropy_search(bowl(np.zeros(2)), np.ones(2), SearchBudget(8, 9, 1), np.random.default_rng(0))
