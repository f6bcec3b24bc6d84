import numpy as np
import pytest
from made_people import still

from kinetrace.physics.self_overlap import overlap, pairs


def test_who_stands_with_hanging_arms_overlaps_with_nobody(humanoid):
    qpos = still(humanoid, 2)
    assert overlap(humanoid, qpos).tolist() == [0.0, 0.0]


def test_an_arm_laid_through_the_chest_is_found(humanoid):
    qpos = still(humanoid, 2)
    qpos[1, humanoid.model.joint("r_elbow_flexion").qposadr[0]] = np.pi / 2
    at = humanoid.model.joint("r_shoulder").qposadr[0]
    qpos[1, at : at + 4] = [np.cos(np.pi / 4), 0.0, 0.0, np.sin(np.pi / 4)]  # the forearm from forwards to inwards
    found = overlap(humanoid, qpos)
    assert found[0] == 0.0
    assert found[1] > 0.05


def test_crossed_feet_overlap_by_what_geometry_says(humanoid):
    qpos = humanoid.standing[None].copy()
    apart = humanoid.model.site("l_hip").pos[1] - humanoid.model.site("r_hip").pos[1]
    breadth = 2.0 * humanoid.model.geom("l_hindfoot").size[1]
    leg = humanoid.standing[2] - 0.01
    for side in "lr":
        angle = np.arcsin((apart / 2.0 - breadth / 2.0 + 0.02) / leg)
        qpos[0, humanoid.model.joint(f"{side}_hip_adduction").qposadr[0]] = angle
    assert overlap(humanoid, qpos)[0] == pytest.approx(0.04, abs=0.02)


def test_neighbours_are_no_pairs(humanoid):
    names = {frozenset(humanoid.model.geom(g).name for g in pair) for pair in pairs(humanoid)}
    assert frozenset(("l_shank", "r_shank")) in names
    assert frozenset(("l_upper_arm", "torso")) not in names
    assert frozenset(("l_thigh", "r_thigh")) not in names
