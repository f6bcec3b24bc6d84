import numpy as np
import pytest
from made_people import FPS, evidence_of, still, swaying

from kinetrace.physics.dynamic_scores import ground_reaction_force, joint_torque, metabolic_effort


def test_gentle_movement_is_wholly_feasible(humanoid):
    evidence = evidence_of(humanoid, still(humanoid))
    for sub_score in (joint_torque, ground_reaction_force, metabolic_effort):
        assert sub_score(evidence).scores.min() > 0.99


def test_a_body_that_nothing_holds_is_infeasible(humanoid):
    found = ground_reaction_force(evidence_of(humanoid, still(humanoid), contacts=0))
    assert found.scores.max() == 0.0
    assert "1.000 body weights" in found.explanation


def test_thrashing_costs_more_than_any_body_has(humanoid):
    qpos = swaying(humanoid, 120)
    t = np.arange(120) / FPS
    for side in "rl":
        qpos[:, humanoid.model.joint(f"{side}_hip_flexion").qposadr[0]] += 0.9 * np.sin(2 * np.pi * 4 * t)
    evidence = evidence_of(humanoid, qpos, cutoff=12.0)
    assert joint_torque(evidence).scores[20:-20].mean() < 0.7
    assert metabolic_effort(evidence).scores.mean() < 0.3


def test_effort_is_per_second_whatever_the_length(humanoid):
    short, long = (metabolic_effort(evidence_of(humanoid, swaying(humanoid, n))).measure for n in (120, 240))
    assert short[50:70].mean() == pytest.approx(long[170:190].mean(), rel=0.1)
