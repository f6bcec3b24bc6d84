import numpy as np
import pytest

from stages.s08_sim_execution.task import task_done


def path(x=(0.0, 0.0, 0.0), y=(0.9, 0.9, 0.9)):
    return np.stack([np.array(x), np.array(y), np.zeros(3)], axis=1)


@pytest.mark.parametrize(
    ("movement", "planned", "executed", "name", "met"),
    [
        ("gait", path(x=(0, 0.5, 1.0)), path(x=(0, 0.4, 0.81)), "forward_progress", True),
        ("gait", path(x=(0, 0.5, 1.0)), path(x=(0, 0.4, 0.79)), "forward_progress", False),
        ("gait", path(x=(0, 0.5, 1.0)), path(x=(0, -0.5, -1.0)), "forward_progress", False),
        ("gait", path(x=(0, 0.02, 0.05)), path(x=(0, 0.0, 0.0)), "stays", True),
        ("squat", path(y=(0.9, 0.5, 0.9)), path(y=(0.9, 0.55, 0.88)), "depth_and_back", True),
        ("squat", path(y=(0.9, 0.5, 0.9)), path(y=(0.9, 0.6, 0.9)), "depth_and_back", False),
        ("squat", path(y=(0.9, 0.5, 0.9)), path(y=(0.9, 0.5, 0.6)), "depth_and_back", False),
        ("squat", path(y=(0.9, 0.7, 0.5)), path(y=(0.9, 0.7, 0.52)), "depth_and_back", True),
        ("sit_to_stand", path(y=(0.5, 0.7, 0.9)), path(y=(0.5, 0.7, 0.85)), "rises", True),
        ("sit_to_stand", path(y=(0.5, 0.7, 0.9)), path(y=(0.5, 0.5, 0.5)), "rises", False),
        ("sit_to_stand", path(y=(0.9, 0.7, 0.5)), path(y=(0.9, 0.7, 0.55)), "sits_down", True),
        ("sit_to_stand", path(), path(y=(0.9, 0.9, 0.6)), "stays", False),
        ("sit_to_stand", path(y=(0.5, 0.9, 0.5)), path(y=(0.5, 0.85, 0.5)), "rises_and_sits", True),
        ("sit_to_stand", path(y=(0.5, 0.9, 0.5)), path(y=(0.5, 0.7, 0.5)), "rises_and_sits", False),
        ("sit_to_stand", path(y=(0.5, 0.9, 0.5)), path(y=(0.5, 0.9, 0.7)), "rises_and_sits", False),
        ("sit_to_stand", path(y=(0.9, 0.5, 0.9)), path(y=(0.9, 0.6, 0.9)), "sits_and_rises", False),
        ("balance", path(), path(x=(0, 0.05, 0.09)), "stays", True),
        ("other", path(), path(x=(0, 0.05, 0.11)), "stays", False),
    ],
)
def test_each_movement_by_its_own_criterion(movement, planned, executed, name, met):
    found = task_done(planned, executed, movement)
    assert found[:2] == (name, met)


@pytest.mark.parametrize("movement", ["gait", "squat", "sit_to_stand", "balance", "other"])
def test_what_is_executed_as_planned_is_done(movement):
    rng = np.random.default_rng(0)
    for _ in range(20):
        way = np.cumsum(0.1 * rng.standard_normal((12, 3)), axis=0)
        assert task_done(way, way.copy(), movement)[1]


def test_every_repetition_counts_not_only_the_deepest():
    planned = np.zeros((9, 3))
    planned[:, 1] = [0.9, 0.5, 0.9, 0.5, 0.9, 0.5, 0.9, 0.9, 0.9]
    lazy = planned.copy()
    lazy[3, 1] = 0.7
    assert task_done(planned, planned, "squat")[1:] == (True, "3 times down, the least 100%, 0.40 m of 0.40 m up")
    assert task_done(planned, lazy, "squat")[1:] == (False, "3 times down, the least 50%, 0.40 m of 0.40 m up")


def test_the_figures_are_given_in_words():
    assert task_done(path(x=(0, 0.5, 1.0)), path(x=(0, 0.4, 0.5)), "gait")[2] == "0.50 m of 1.00 m made"
