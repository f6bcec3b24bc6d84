import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_people import evidence_of, still, swaying

from kinetrace.physics.feasibility import arithmetic_mean, frame_faults, geometric_mean, score
from kinetrace.physics.score_table import BOUNDS, Bound
from kinetrace.physics.validation_log import fault_intervals
from schemas.sim_replay import AXES, SUB_SCORES, FrameFault


def test_there_are_ten_sub_scores_on_three_axes_between_0_and_1(humanoid):
    found = score(evidence_of(humanoid, swaying(humanoid)))
    assert tuple(s.name for s in found.sub_scores) == SUB_SCORES
    assert found.table.shape == (120, 10)
    assert 0 <= found.table.min() <= found.table.max() <= 1
    assert all(s.explanation.endswith(".") for s in found.sub_scores)


def test_the_total_is_the_mean_of_the_axes_which_are_geometric_means_of_their_sub_scores(humanoid):
    found = score(evidence_of(humanoid, swaying(humanoid)))
    by_name = {s.name: s.score for s in found.sub_scores}
    assert found.total == pytest.approx(np.mean(list(found.axes.values())))
    for axis, names in AXES.items():
        assert found.axes[axis] == pytest.approx(np.prod([by_name[n] for n in names]) ** (1 / len(names)))


def test_one_law_broken_altogether_is_not_made_good_by_three_that_are_kept():
    assert geometric_mean([1.0, 1.0, 0.0, 1.0]) == 0.0
    assert arithmetic_mean([1.0, 1.0, 0.0, 1.0]) == 0.75


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5))
def test_the_geometric_mean_lies_between_the_worst_and_the_plain_mean(scores):
    assert min(scores) - 1e-9 <= geometric_mean(scores) <= arithmetic_mean(scores) + 1e-9


def test_a_still_stand_is_feasible_and_a_hovering_one_clearly_less(humanoid):
    qpos = still(humanoid)
    stand = score(evidence_of(humanoid, qpos)).axes["contact"]
    qpos[:, 2] += 0.10
    hover = score(evidence_of(humanoid, qpos)).axes["contact"]
    assert stand >= 0.85
    assert hover <= stand - 0.2


def test_every_constant_has_a_source_and_a_direction():
    for bound in BOUNDS.values():
        assert bound.source
        assert bound.bad > bound.good


def test_half_way_between_good_and_bad_scores_a_half():
    assert Bound(1.0, 3.0, "m", "").score(np.array([0.0, 2.0, 9.0])).tolist() == [1.0, 0.5, 0.0]


def test_faults_are_logged_as_intervals_with_the_worst_figure(humanoid):
    qpos = still(humanoid, 60)
    qpos[10:50, 2] += 0.05 * (1.0 - np.cos(2.0 * np.pi * np.arange(40) / 40))
    evidence = evidence_of(humanoid, qpos, cutoff=25.0)
    found = score(evidence)
    residual = np.zeros(60)
    residual[50:53] = [0.06, 0.09, 0.07]
    faults = frame_faults(evidence, found, residual)
    log = fault_intervals(faults, 60.0, found.frames, residual, np.zeros(60))
    floating = [i for i in log if i.fault == "foot_float"]
    misfit = [i for i in log if i.fault == "ik_residual"]
    assert floating
    assert all(15 <= i.start_frame <= i.end_frame <= 45 for i in floating)
    assert (misfit[0].start_frame, misfit[0].end_frame, misfit[0].worst, misfit[0].units) == (50, 52, 0.09, "m")
    assert [i.start_frame for i in log if i.fault == "boundary"] == [0, 58]
    assert sum(i.end_frame - i.start_frame + 1 for i in floating) == ((faults & FrameFault.FOOT_FLOAT) > 0).sum()


def test_with_one_foot_on_something_unseen_forces_are_not_known_and_left_out(humanoid):
    """One sole stands at the floor, the other foot's contact is unknown: nobody can say who carries what."""
    found = score(evidence_of(humanoid, still(humanoid), contacts=2))
    assert "dynamic" not in found.axes
    assert {s.name for s in found.sub_scores if s.score is None} == {
        "foot_slip", "balance", "joint_torque", "ground_reaction_force", "metabolic_effort",
    }  # fmt: skip
    assert found.total == pytest.approx(1.0, abs=1e-6)
    assert "no scan shows" in found.frames["joint_torque"].explanation


def test_with_both_feet_out_of_the_floors_reach_nothing_carries_the_body(humanoid):
    qpos = still(humanoid)
    qpos[:, 2] += 1.0
    found = score(evidence_of(humanoid, qpos, contacts=2))
    assert found.axes["dynamic"] == 0.0
    assert found.axes["contact"] == 0.0
