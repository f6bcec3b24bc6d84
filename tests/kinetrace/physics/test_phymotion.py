import numpy as np
import pytest
from made_people import evidence_of, still, swaying

from kinetrace.physics.phymotion import score


def by_name(humanoid, qpos, **kw):
    found = score(evidence_of(humanoid, qpos, **kw))
    return {s.name: s.score for s in found.sub_scores}, found


def test_without_a_mesh_self_penetration_is_null_and_says_why(humanoid):
    names, found = by_name(humanoid, still(humanoid))
    assert names["self_penetration"] is None
    assert "no mesh" in found.sub_scores[2].explanation
    assert 0 <= found.total <= 1


def test_it_keeps_its_published_blindness_to_hovering(humanoid):
    qpos = swaying(humanoid)
    low = score(evidence_of(humanoid, qpos)).total
    qpos[:, 2] += 1.0
    assert score(evidence_of(humanoid, qpos)).total == pytest.approx(low, abs=0.02)


def test_it_calls_a_still_stand_floating(humanoid):
    qpos = still(humanoid)
    qpos[:, 0] += 1e-4 * np.sin(np.arange(60))  # no one stands as still as a statue
    assert by_name(humanoid, qpos)[0]["foot_float"] < 0.5


def test_it_sees_jitter(humanoid):
    rng = np.random.default_rng(0)
    calm = by_name(humanoid, swaying(humanoid))[0]["joint_acceleration"]
    noise = rng.normal(0, 0.01, (120, 21, 3))
    assert by_name(humanoid, swaying(humanoid), noise=noise)[0]["joint_acceleration"] < calm - 0.3


def test_a_joint_faster_than_five_metres_a_second_by_hand(humanoid):
    qpos = still(humanoid)
    qpos[30:, 0] += 0.2  # one jump: 0.1 m a frame over two frames by central differences, 6 m/s
    assert by_name(humanoid, qpos)[0]["joint_velocity"] == pytest.approx(1 - 2 / 60)
