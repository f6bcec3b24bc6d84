import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import JOINTS, squat_states
from scipy.spatial.transform import Rotation

from stages.s07_planning.goals import KneeGoal, PoseGoal, knee_flexion_deg

POSE = squat_states(40)[25, :, :3].astype(np.float64)
POSE[JOINTS.index("l_ankle")] += [-0.12, 0.03, 0.0]
POSE[JOINTS.index("r_ankle")] += [-0.05, 0.0, 0.0]


def goal(change=5.0, sides=("left", "right")):
    return KneeGoal(JOINTS, sides, change, POSE)


def test_a_right_angle_and_a_straight_leg():
    pose = np.zeros((1, 7, 3))
    pose[0, JOINTS.index("r_hip")] = [0, 1, 0]
    pose[0, JOINTS.index("r_ankle")] = [-0.4, 0, 0]
    assert knee_flexion_deg(pose, JOINTS, "right")[0] == pytest.approx(90.0)
    pose[0, JOINTS.index("r_ankle")] = [0, -0.4, 0]
    assert knee_flexion_deg(pose, JOINTS, "right")[0] == pytest.approx(0.0)


def test_the_recorded_pose_misses_by_what_was_asked():
    assert goal(5.0).error(POSE[None])[0] == pytest.approx(5.0)
    assert goal(-3.0).error(POSE[None])[0] == pytest.approx(3.0)


@settings(max_examples=40, deadline=None)
@given(st.floats(1.0, 20.0), st.sampled_from([("left",), ("right",), ("left", "right")]), st.floats(-3.1, 3.1))
def test_the_target_by_construction_reaches_the_goal_and_leaks_nothing_whichever_way_one_faces(change, sides, yaw):
    turned = Rotation.from_rotvec([0, yaw, 0]).apply(POSE)
    asked = KneeGoal(JOINTS, sides, change, turned)
    target = asked.target()[None]
    # the hips' axis is not quite across this leg, so an edit about it turns the knee a little less
    assert asked.reached(target)[0] == pytest.approx(change, rel=0.05)
    assert asked.leak(target)[0] == pytest.approx(0.0, abs=1e-12)


def test_moving_the_trunk_leaks_and_moving_the_shank_does_not():
    moved = POSE.copy()
    moved[JOINTS.index("l_hip")] += [0.0, 0.07, 0.0]
    assert goal().leak(moved[None])[0] == pytest.approx(0.07 / np.sqrt(5))
    moved = POSE.copy()
    moved[JOINTS.index("l_ankle")] += 0.1
    assert goal().leak(moved[None])[0] == 0.0


def test_a_pose_goal_does_not_care_where_one_stands_or_which_way_one_faces():
    elsewhere = Rotation.from_rotvec([0, 1.1, 0]).apply(POSE) + np.array([2.0, 0.0, -1.0])
    assert PoseGoal(JOINTS, POSE).error(elsewhere[None])[0] == pytest.approx(0.0, abs=1e-12)
    lower = POSE - [0, 0.1, 0]
    assert PoseGoal(JOINTS, POSE).error(lower[None])[0] == pytest.approx(0.1)
