import numpy as np
import pytest
from made_people import average, bone, joints_of, still

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.humanoid import build
from kinetrace.physics.proportions import MAX_ANKLE_HEIGHT, foot_shape, measure, median_distance
from schemas.errors import CaptureError
from schemas.physical_state import FootCalibration

SEEN = np.full((60, len(BODY21)), 2, dtype=np.uint8)


def test_a_humanoids_foot_is_measured_back_from_its_own_points(humanoid):
    points = joints_of(humanoid, still(humanoid))
    shape = average().foot["r"]
    cal = FootCalibration(side="right", heel_height_m=shape.heel_height, toe_height_m=shape.toe_height, frames_used=60)
    found = foot_shape(points, SEEN, "r", 1.70, cal)
    assert found.ankle_height == pytest.approx(shape.ankle_height, abs=1e-4)
    assert (found.heel_x, found.toe_x) == pytest.approx((shape.heel_x, shape.toe_x), abs=1e-4)


def test_a_3_4_5_foot_stands_as_drawn():
    points = np.zeros((60, len(BODY21), 3))
    points[:, INDEX["r_ankle"]] = [0.0, 0.08, 0.0]
    points[:, INDEX["r_heel"]] = [-0.06, 0.0, 0.0]
    points[:, INDEX["r_toe"]] = [0.15, 0.0, 0.0]
    shape = foot_shape(points, SEEN, "r", 1.75, None)
    assert (shape.heel_x, shape.toe_x, shape.ankle_height) == pytest.approx((-0.06, 0.15, 0.08))


def test_a_recording_that_hovers_gives_no_foot_that_tall():
    points = np.zeros((60, len(BODY21), 3))
    points[:, INDEX["r_ankle"]], points[:, INDEX["r_heel"]] = [0.0, 0.48, 0.0], [-0.06, 0.4, 0.0]
    points[:, INDEX["r_toe"]] = [0.15, 0.4, 0.0]
    assert foot_shape(points, SEEN, "r", 1.70, None).ankle_height == pytest.approx(MAX_ANKLE_HEIGHT * 1.70)


def test_given_lengths_win_over_means_and_missing_arms_take_means(humanoid):
    points = joints_of(humanoid, still(humanoid))
    arms = [INDEX[f"{s}_{j}"] for s in "lr" for j in ("elbow", "wrist")]
    validity = SEEN.copy()
    validity[:, arms] = 0
    p = measure(points, validity, {"thigh_r": 0.5}, 1.70, "f")
    assert p.thigh["r"] == 0.5
    assert p.upper_arm["l"] == pytest.approx(275.1 / 1735 * 1.70)
    assert median_distance(points, validity, "l_elbow", "l_wrist") is None


def test_a_humanoid_has_the_limbs_it_was_built_from():
    lengths = {"thigh_r": 0.41, "thigh_l": 0.41, "shank_r": 0.37, "shank_l": 0.42, "trunk": 0.5, "pelvis_width": 0.2}
    person = measure(np.zeros((3, 21, 3)), np.zeros((3, 21), dtype=np.uint8), lengths, 1.70, "f")
    assert {k: person.as_dict()[k] for k in lengths} == lengths
    humanoid = build(person, 60.0, "f")
    points = joints_of(humanoid, still(humanoid, 2))
    for side in "lr":
        assert bone(points, f"{side}_hip", f"{side}_knee") == pytest.approx(lengths[f"thigh_{side}"], abs=1e-5)
        assert bone(points, f"{side}_knee", f"{side}_ankle") == pytest.approx(lengths[f"shank_{side}"], abs=1e-5)
    assert bone(points, "pelvis", "thorax") == pytest.approx(0.5, abs=1e-5)
    assert bone(points, "r_hip", "l_hip") == pytest.approx(0.2, abs=1e-5)


@pytest.mark.parametrize("bad", [-0.4, 0.0, 400.0, float("nan")])
def test_a_length_that_is_no_persons_is_refused(bad):
    with pytest.raises(CaptureError, match=r"segment_lengths_m\.thigh_l: expected a length between 0.01 and 1.5 m"):
        measure(np.zeros((3, 21, 3)), np.zeros((3, 21), dtype=np.uint8), {"thigh_l": bad}, 1.70, "f")


def test_a_stature_in_millimetres_is_refused():
    with pytest.raises(CaptureError, match=r"subject\.stature_m"):
        average(1700.0)
