import numpy as np
import pytest
from made_people import HEIGHT

from kinetrace.motion.segment_parameters import BALL_OF_FOOT, FOOT_BREADTH, FOOT_LENGTH
from kinetrace.motion.skeletons import BODY21, INDEX, joint_index
from kinetrace.physics.humanoid import build
from kinetrace.physics.kinematics import poses
from kinetrace.physics.proportions import measure


def test_soles_lie_flat_on_the_floor_from_heel_to_tip(humanoid):
    soles = poses(humanoid, humanoid.standing[None]).sites[0, humanoid.sole_ids]
    assert np.abs(soles[..., 2]).max() < 1e-6
    assert np.ptp(soles[..., 0]) == pytest.approx(FOOT_LENGTH * HEIGHT, abs=1e-5)
    assert np.ptp(soles[0, :, 1]) == pytest.approx(FOOT_BREADTH * HEIGHT, abs=1e-5)


def test_inner_sole_points_face_the_other_foot(humanoid):
    left, right = poses(humanoid, humanoid.standing[None]).sites[0, humanoid.sole_ids]
    assert (left[::2, 1] < left[1::2, 1]).all()
    assert (right[::2, 1] > right[1::2, 1]).all()


def test_a_capsule_is_as_thick_as_the_segments_inertia_says(humanoid):
    """A woman's thigh: r = sqrt(2) x 0.162 of its length, 8.3 cm at 36 cm."""
    assert humanoid.model.geom("r_thigh").size[0] == pytest.approx(np.sqrt(2) * 0.162 * 368.5 / 1735 * HEIGHT, abs=1e-4)


def test_a_sole_is_the_subjects_own_foot(humanoid):
    """A foot with its heel point 7 cm behind and its toe point 21 cm ahead of an ankle 8 cm up, in a person of 1.70 m."""
    points = np.zeros((30, len(BODY21), 3))
    for side, z in (("r", 0.1), ("l", -0.1)):
        for name, place in (("ankle", [0.0, 0.08, z]), ("heel", [-0.07, 0.0, z]), ("toe", [0.21, 0.0, z])):
            points[:, INDEX[f"{side}_{name}"]] = place
    seen = np.zeros((30, len(BODY21)), dtype=np.uint8)
    seen[:, joint_index(*(f"{s}_{n}" for s in "rl" for n in ("ankle", "heel", "toe")))] = 2
    own = build(measure(points, seen, {}, 1.70, "f"), 60.0, "f")
    sites = poses(own, own.standing[None]).sites[0]
    ankle = sites[own.site_ids[INDEX["r_ankle"]]]
    heel, ball, tip = (sites[own.model.site(f"r_{name}_in").id] - ankle for name in ("heel", "ball", "tip"))
    assert (heel[0], tip[0]) == pytest.approx((-0.07, 0.21), abs=1e-4)
    assert ball[0] == pytest.approx(-0.07 + BALL_OF_FOOT * 0.28, abs=1e-4)
    assert heel[2] == ball[2] == tip[2] == pytest.approx(-0.08, abs=1e-4)
    toe = sites[own.site_ids[INDEX["r_toe"]]] - ankle
    assert toe[[0, 2]] == pytest.approx([0.21, -0.08], abs=1e-4)
