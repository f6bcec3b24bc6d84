import numpy as np
import pytest
from made_latent import ActingModel, BrokenModel
from made_model import JOINTS, squat_states

from schemas.errors import ComputeError
from schemas.planning import PlanningParams
from stages.s07_planning.actions import act_out, direct_action, joined
from stages.s07_planning.goal_planner import plan_goal
from stages.s07_planning.goals import KneeGoal
from stages.s07_planning.rollouts import blend
from stages.s07_planning.windows import Window

STATES = squat_states(90)


@pytest.fixture(scope="module")
def goal():
    return KneeGoal(JOINTS, ("right",), 5.0, STATES[35, :, :3].astype(np.float64))


def test_no_change_gives_back_the_recording_to_the_bit():
    found = act_out(ActingModel(), STATES, 20, np.zeros((2, 21)), 30)
    assert np.array_equal(found.positions, found.reference)
    assert np.array_equal(found.latent, found.plain)
    assert np.array_equal(found.positions[0], STATES[20:51, :, :3].astype(np.float64))


def test_what_is_told_is_done_as_far_as_the_model_does_it(goal):
    change = direct_action(ActingModel(), STATES, 35, goal)
    found = act_out(ActingModel(), STATES, 20, change[None], 30)
    ankle = JOINTS.index("r_ankle")
    asked = goal.target()[ankle] - goal.recorded[ankle]
    rise = blend(30, ActingModel.fps)
    for step in (0, 3, 15, 30):
        moved = found.positions[0, step, ankle] - found.reference[0, step, ankle]
        np.testing.assert_allclose(moved, 0.8 * rise[step] * asked, atol=1e-6)
    assert found.latent_change[0] > 0


def test_the_search_makes_up_for_a_model_that_does_too_little(goal):
    window, params = Window(start=20, keyframe=35), PlanningParams(cem_iterations=20, perturbation=0.002)
    plan = plan_goal(ActingModel(), STATES, window, 30, goal, {}, params)
    assert plan.through == "action"
    assert plan.baselines["action_without_search_deg"] == pytest.approx(1.0, abs=0.1)
    assert plan.error < 0.5
    assert goal.leak_deg(plan.motion.positions[:, 15])[0] < 2.0


def test_the_seeds_way_stays_an_arm(goal):
    params = PlanningParams.model_validate({"goal": {"through": "latent"}, "cem_iterations": 2})
    plan = plan_goal(ActingModel(), STATES, Window(start=20, keyframe=35), 30, goal, {}, params)
    assert plan.through == "latent"
    assert "action_without_search_deg" not in plan.baselines


def test_motions_are_put_one_after_the_other():
    one, two = (act_out(ActingModel(), STATES, 20, np.full((n, 21), 0.01), 30) for n in (1, 2))
    both = joined(one, two)
    assert both.positions.shape[0] == 3
    assert np.array_equal(both.latent[1:], two.latent)


def test_a_model_that_diverged_is_refused():
    class Broken(BrokenModel):
        actions = 21
        action_between = ActingModel.action_between

    with pytest.raises(ComputeError, match="finite predictions"):
        act_out(Broken(), STATES, 20, np.zeros((1, 21)), 30)
