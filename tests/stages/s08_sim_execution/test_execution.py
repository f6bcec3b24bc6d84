import numpy as np
import pytest
from made_people import joints_of, still

from stages.s08_sim_execution.execution import root_mean_square, sample_rows

SEEN = np.full(21, 2, dtype=np.uint8)


@pytest.fixture(scope="module")
def plan(humanoid):
    return joints_of(humanoid, still(humanoid, 16)).astype(np.float32)


@pytest.fixture(scope="module")
def stood(executor, plan):
    return executor.carry_out(executor.poses_of(plan, SEEN), plan, SEEN)


def test_standing_still_is_executed_where_it_was_planned(stood):
    assert stood.tracking_error.mean() < 0.02
    assert stood.qpos.shape[0] == len(stood.root_force) == 16
    assert stood.root_force.max() < 0.02
    np.testing.assert_allclose(stood.pelvis, stood.planned_pelvis, atol=0.01)
    assert stood.pelvis[0, 1] > 0.8  # Y is up here


def test_a_joint_without_a_plan_has_no_part_in_the_error(executor, plan):
    wild = plan.copy()
    wild[:, 13] += 5.0
    blind = SEEN.copy()
    blind[13] = 0
    qpos = executor.poses_of(wild, blind)
    assert executor.carry_out(qpos, wild, blind).tracking_error.mean() < 0.02


def test_between_two_motions_lie_both_ends_and_the_middle(executor, humanoid):
    start = still(humanoid, 3)
    end = start.copy()
    end[:, 0] += 0.2
    end[:, humanoid.model.joint("l_knee_flexion").qposadr[0]] += 0.4
    np.testing.assert_allclose(executor.between(start, end, 0.0), start, atol=1e-12)
    np.testing.assert_allclose(executor.between(start, end, 1.0), end, atol=1e-9)
    np.testing.assert_allclose(executor.between(start, end, 0.5), (start + end) / 2, atol=1e-9)


def test_planned_steps_are_sampled_at_the_nearest_simulation_step():
    assert sample_rows(4, 30.0, 0.002, 51).tolist() == [0, 17, 33, 50]
    assert sample_rows(4, 30.0, 0.002, 50).tolist() == [0, 17, 33, 49]


def test_the_assistance_of_a_step_is_the_root_mean_square_since_the_step_before(stood):
    assert root_mean_square(np.array([3.0, 4.0])) == pytest.approx(np.sqrt(12.5))
    rows = stood.rows
    expected = root_mean_square(stood.simulation.root_force[rows[4] + 1 : rows[5] + 1])
    assert stood.root_force[5] == pytest.approx(expected)
