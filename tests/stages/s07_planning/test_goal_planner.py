import numpy as np
import pytest
from made_latent import PoseModel
from made_model import JOINTS, squat_states

from schemas.planning import PlanningParams
from stages.s07_planning.goal_planner import plan_goal, straight_interpolation, strain
from stages.s07_planning.goals import KneeGoal
from stages.s07_planning.rollouts import roll_out
from stages.s07_planning.windows import Window

STATES = squat_states(90)
WINDOW = Window(start=20, keyframe=35)
PARAMS = PlanningParams(perturbation=1.0, cem_iterations=20)


@pytest.fixture(scope="module")
def goal():
    return KneeGoal(JOINTS, ("right",), 5.0, STATES[35, :, :3].astype(np.float64))


@pytest.fixture(scope="module")
def plan(goal):
    return plan_goal(PoseModel(), STATES, WINDOW, 30, goal, {}, PARAMS)


def test_the_planner_reaches_the_angle_in_the_decoded_pose(goal, plan):
    pose = roll_out(PoseModel(), STATES, np.array([20]), plan.change[None], 30).positions[:, 15]
    assert goal.reached(pose)[0] == pytest.approx(5.0, abs=0.5)
    assert plan.error == pytest.approx(goal.error(pose)[0])


def test_doing_nothing_misses_by_all_of_it_and_planning_beats_it(plan):
    assert plan.baselines["passthrough_deg"] == pytest.approx(5.0)
    assert set(plan.baselines) == {"passthrough_deg", "straight_interpolation_deg", "random_shooting_deg"}
    assert plan.error < plan.baselines["passthrough_deg"]


def test_a_straight_line_in_a_latent_that_is_the_pose_ends_in_the_target(goal):
    end = straight_interpolation(PoseModel(), STATES, WINDOW, goal)
    np.testing.assert_allclose(end[0], goal.target(), atol=1e-5)


def test_another_seed_is_another_search_and_the_same_is_the_same(goal, plan):
    same = plan_goal(PoseModel(), STATES, WINDOW, 30, goal, {}, PARAMS)
    other = plan_goal(PoseModel(), STATES, WINDOW, 30, goal, {}, PARAMS.model_copy(update={"seed": 3}))
    assert same.change.tobytes() == plan.change.tobytes()
    assert other.change.tobytes() != plan.change.tobytes()


def strains(changes):
    model = PoseModel()
    rollout = roll_out(model, STATES, np.full(len(changes), 20), changes, 30)
    return strain(model, STATES, WINDOW, rollout, {}, PARAMS)


def test_a_small_change_is_no_strain_and_a_stretched_bone_is():
    changes = np.zeros((3, 21))
    changes[1, 3 * JOINTS.index("r_knee") + 1] = 0.01
    changes[2, 3 * JOINTS.index("r_knee") + 1] = 0.08  # of 0.4 m: a fifth, twice the bound
    none, small, large = strains(changes)
    assert none == small == 0.0
    assert large > 1.0


def test_what_the_recorded_motion_breaks_on_its_own_is_not_held_against_the_plan():
    tight = PARAMS.model_copy(update={"filter": PARAMS.filter.model_copy(update={"max_joint_speed": 0.1})})
    rollout = roll_out(PoseModel(), STATES, np.array([20]), np.zeros((1, 21)), 30)
    assert strain(PoseModel(), STATES, WINDOW, rollout, {}, tight)[0] == 0.0
