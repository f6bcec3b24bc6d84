import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import evidence_of, still, swaying

from kinetrace.physics.kinematic_scores import joint_acceleration, joint_velocity, segment_distance, self_penetration


def test_slow_movement_is_wholly_feasible(humanoid):
    evidence = evidence_of(humanoid, swaying(humanoid))
    assert joint_velocity(evidence).scores.min() > 0.99
    assert joint_acceleration(evidence).scores.min() > 0.99
    assert self_penetration(evidence_of(humanoid, still(humanoid))).scores.min() == 1.0


def test_a_knee_at_twice_the_speed_of_a_sprinter_is_not(humanoid):
    qpos = still(humanoid)
    knee = humanoid.model.joint("r_knee_flexion").qposadr[0]
    qpos[:, knee] = np.clip((np.arange(60) - 28) / 60 * 60, 0, 2.4)
    found = joint_velocity(evidence_of(humanoid, qpos, cutoff=20.0))
    assert found.scores.min() < 0.2
    assert "r_knee_flexion" in found.explanation


def test_shaking_is_found_and_more_shaking_scores_less(humanoid):
    rng = np.random.default_rng(0)
    evidence = evidence_of(humanoid, swaying(humanoid))
    means = []
    for sigma in (0.0, 0.002, 0.005, 0.01):
        noisy = evidence_of(humanoid, swaying(humanoid), noise=rng.normal(0, sigma, evidence.recorded.shape))
        means.append(joint_acceleration(noisy).scores.mean())
    assert means == sorted(means, reverse=True)
    assert means[0] > 0.99
    assert means[-1] < 0.05


def test_a_frame_rate_of_ten_is_still_scored(humanoid):
    evidence = evidence_of(humanoid, swaying(humanoid))
    slow = type(evidence)(**{**vars(evidence), "fps": 10.0})
    assert np.isfinite(joint_acceleration(slow).scores).all()


def test_legs_through_each_other_are_found(humanoid):
    qpos = still(humanoid)
    for side in "rl":
        qpos[:, humanoid.model.joint(f"{side}_hip_adduction").qposadr[0]] = 0.25
    found = self_penetration(evidence_of(humanoid, qpos))
    assert found.scores.max() < 0.5
    assert found.measure.min() > 0.05


def point(*xyz):
    return np.array([xyz], dtype=float)


def test_distances_of_segments_by_hand():
    crossing = segment_distance(point(-1, 0, 0), point(1, 0, 0), point(0, -1, 0.3), point(0, 1, 0.3))
    apart = segment_distance(point(0, 0, 0), point(1, 0, 0), point(4, 4, 0), point(4, 9, 0))
    parallel = segment_distance(point(0, 0, 0), point(1, 0, 0), point(0, 2, 0), point(1, 2, 0))
    assert (crossing[0], apart[0], parallel[0]) == pytest.approx((0.3, 5.0, 2.0))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_sampled_pair_of_points_is_nearer_than_the_distance(seed):
    a0, a1, b0, b1 = np.random.default_rng(seed).normal(0, 1, (4, 1, 3))
    s = np.linspace(0, 1, 21)[:, None]
    nearest = np.linalg.norm((a0 + s * (a1 - a0))[:, None] - (b0 + s * (b1 - b0))[None], axis=-1).min()
    found = segment_distance(a0, a1, b0, b1)[0]
    assert nearest - 0.2 < found <= nearest + 1e-12
