from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import read
from adapters.robotics.body import Body, Method
from adapters.robotics.way_round import BEHIND, UNDER_M, backward_knees, refuse_head_down, refuse_mirrored
from kinetrace.motion.skeletons import BODY21, INDEX
from schemas.errors import CaptureError
from schemas.motion import Validity


def _body(joints: np.ndarray, toes: int = Validity.MEASURED) -> Body:
    body = Body.empty(len(joints))
    for name in BODY21:
        mark = toes if name.endswith("_toe") else Validity.MEASURED
        body.put(name, joints[:, INDEX[name]], Method("made"), int(mark))
    return body


def _exchanged(joints: np.ndarray) -> np.ndarray:
    other = [{"r": "l_", "l": "r_"}[name[0]] + name[2:] if name[1:2] == "_" else name for name in BODY21]
    return joints[:, [INDEX[name] for name in other]]


MIRRORS = (np.array([-1.0, 1.0, 1.0]), np.array([1.0, 1.0, -1.0]))
TURN = np.array([[np.cos(2.1), 0.0, np.sin(2.1)], [0.0, 1.0, 0.0], [-np.sin(2.1), 0.0, np.cos(2.1)]])


def test_a_walk_is_the_right_way_round_whichever_way_it_goes(walker: np.ndarray) -> None:
    for joints in (walker, walker @ TURN, walker * (-1.0, 1.0, -1.0)):
        refuse_head_down(_body(joints), "x", "motion")
        refuse_mirrored(_body(joints), "x", mapped=True)
        assert backward_knees(_body(joints)) == ()


@pytest.mark.parametrize("axes", MIRRORS)
def test_a_mirror_image_is_refused(walker: np.ndarray, axes: np.ndarray) -> None:
    for joints in (walker * axes, walker @ TURN * axes):
        with pytest.raises(
            CaptureError, match=r"left and right: expected toes ahead .*a mirror image.*left-handed world"
        ):
            refuse_mirrored(_body(joints), "x", mapped=True)


def test_sides_exchanged_throughout_are_a_mirror_image(walker: np.ndarray) -> None:
    with pytest.raises(CaptureError, match=r"exchanged, put them right, or exchange their names with --mapping"):
        refuse_mirrored(_body(_exchanged(walker)), "x", mapped=True)
    with pytest.raises(CaptureError, match="mirror image") as caught:
        refuse_mirrored(_body(_exchanged(walker)), "x", mapped=False)
    assert "mapping" not in caught.value.fix


def test_a_mirror_image_without_measured_toes_is_said_and_not_refused(walker: np.ndarray) -> None:
    body = _body(walker * MIRRORS[0], toes=Validity.INFERRED)
    refuse_mirrored(body, "x", mapped=True)
    assert len(backward_knees(body)) == 1 and "never forwards" in backward_knees(body)[0]


def test_toes_by_hand(walker: np.ndarray) -> None:
    """A foot turned back in 3 frames of 4 passes; in one more it does not."""
    joints = np.repeat(walker[:1], 40, axis=0)
    ankle, toe = [INDEX["r_ankle"], INDEX["l_ankle"]], [INDEX["r_toe"], INDEX["l_toe"]]
    back = 2 * joints[:, ankle] - joints[:, toe]
    count = int(BEHIND * 40)
    joints[:count, toe] = back[:count]
    refuse_mirrored(_body(joints), "x", mapped=True)
    joints[count, toe] = back[count]
    with pytest.raises(CaptureError, match="in 78% of the frames"):
        refuse_mirrored(_body(joints), "x", mapped=True)


def test_a_person_on_the_head_is_refused(walker: np.ndarray) -> None:
    down = walker * (1.0, -1.0, -1.0)
    with pytest.raises(CaptureError, match=r"up: expected hips above the ankles.*on the head.*y, z, -y or -z"):
        refuse_head_down(_body(down), "x", "motion")
    with pytest.raises(CaptureError, match="must point up: export it again"):
        refuse_head_down(_body(down), "x", "body")
    with pytest.raises(CaptureError, match="camera looks along -Z"):
        refuse_head_down(_body(down), "x", "film")


def test_legs_raised_from_lying_are_no_headstand(walker: np.ndarray) -> None:
    joints = walker.copy()
    joints[..., 1] = 0.1
    for side in "rl":
        joints[:, INDEX[f"{side}_ankle"], 1] = 0.1 + 2 * UNDER_M
    joints[:, [INDEX["r_shoulder"], INDEX["l_shoulder"]], 1] = 0.12
    refuse_head_down(_body(joints), "x", "motion")


def test_without_shoulders_the_legs_decide(walker: np.ndarray) -> None:
    body = _body(walker * (1.0, -1.0, -1.0))
    for side in "rl":
        body.positions[:, INDEX[f"{side}_shoulder"]] = np.nan
    with pytest.raises(CaptureError, match=r"hips 0\.\d\d m below them"):
        refuse_head_down(body, "x", "motion")


def test_joints_that_coincide_say_nothing(walker: np.ndarray) -> None:
    body = _body(np.zeros_like(walker))
    refuse_head_down(body, "x", "motion")
    refuse_mirrored(body, "x", mapped=True)
    assert backward_knees(body) == ()


@pytest.mark.parametrize(
    "file",
    [
        "cmu_mocap/cmu_mocap_expmap.zip::test/running/running_1",
        "ui_prmd/kinect_m08_standing_shoulder_extension_s01-s06.zip::m08_s06_e03",
    ],
)
def test_the_recordings_that_come_nearest_to_a_mirror_image_are_none(recordings: Path, file: str) -> None:
    result, _ = read(recordings / file)
    assert not any("bend backwards" in said for said in result.source_info.assumptions)
