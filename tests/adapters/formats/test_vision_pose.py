from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from adapters.formats.vision_pose import FORMAT, JOINTS, is_vision, parse_vision
from benchmarks.made_exports import placed, vision_json
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError


def _document(*frames: dict[str, Any], **head: Any) -> dict[str, Any]:
    return {"format": FORMAT, "bodyHeight": 1.8, "heightEstimation": "reference", "frames": list(frames), **head}


def _frame(t: float, joint: str = "leftHip", place: object = (0.1, 0.0, 0.0)) -> dict[str, Any]:
    return {"t": t, "joints": {joint: list(place) if isinstance(place, tuple) else place}}


def test_a_walk_comes_back_from_its_root(walk: np.ndarray) -> None:
    value = json.loads(vision_json(walk[:10], height=1.75, true_height=1.75, measured=True))
    assert is_vision(value) and is_vision({"frames": [{"joints": {}, "heightEstimation": "measured"}]})
    file = parse_vision(value, None, "x")
    assert file.size == "estimated" and file.stature_m is None and file.names == JOINTS
    at = JOINTS.index("rightKnee")
    np.testing.assert_allclose(
        file.positions[:, at], walk[:10, INDEX["r_knee"]] - walk[:10, INDEX["pelvis"]], atol=1e-6
    )
    assert np.isnan(file.positions[:, JOINTS.index("centerHead")]).all()


def test_a_reference_height_is_kept_apart_from_a_measured_one() -> None:
    file = parse_vision(_document(_frame(0.0), _frame(0.1)), None, "x")
    assert file.size == "reference" and file.stature_m == 1.8 and "a reference" in file.remarks[0]


def test_visions_own_names_matrices_and_frames_without_anybody_are_read() -> None:
    pose = placed(0.4, np.array([0.1, -0.4, 0.2]))
    flat = [float(v) for v in pose.T.ravel()]
    file = parse_vision(_document(_frame(0.0, "human_left_knee_3D", flat), {"t": 0.1}), None, "x")
    np.testing.assert_allclose(file.positions[0, JOINTS.index("leftKnee")], [0.1, -0.4, 0.2])
    assert np.isnan(file.positions[1]).all()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (_document(_frame(0.0, "leftToe"), _frame(0.1)), "frame 1, joints: expected Vision's joints"),
        (
            _document({"t": 0, "joints": {"leftHip": [0, 0, 0], "human_left_hip_3D": [0, 0, 0]}}, _frame(1)),
            "leftHip twice",
        ),
        (_document(_frame(0.0, place=(1.0, 2.0)), _frame(0.1)), "frame 1, leftHip: expected 3 numbers"),
        (_document({"t": 0, "joints": [1]}, _frame(0.1)), "names with places"),
        (_document(_frame(0.0), _frame(0.1), heightEstimation="guess"), "'reference' or 'measured'"),
        (
            _document(_frame(0.0), _frame(0.1) | {"heightEstimation": "measured"}),
            "the same in all frames, found measured, ref",
        ),
        (_document(_frame(0.0), _frame(0.1), bodyHeight=180), "bodyHeight: expected 0.4 to 2.6 m"),
        ({"format": FORMAT}, "a list of frames, found none"),
    ],
)
def test_what_vision_does_not_say_is_refused(value: Any, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        parse_vision(value, None, "x")


def test_a_row_major_matrix_is_noticed_where_the_placement_is_asymmetric() -> None:
    flat = [float(v) for v in placed(0.4, np.array([0.1, -0.4, 0.2])).ravel()]
    with pytest.raises(CaptureError, match="a rigid pose, column-major"):
        parse_vision(_document(_frame(0.0, place=flat), _frame(0.1)), None, "x")


def test_a_reference_height_that_changes_is_refused_and_a_measured_one_may() -> None:
    first, second = _frame(0.0) | {"bodyHeight": 1.6}, _frame(0.1) | {"bodyHeight": 1.6}
    assert parse_vision(_document(first, second, bodyHeight=1.605), None, "x").stature_m == 1.6
    first["bodyHeight"] = 1.8
    with pytest.raises(CaptureError, match=r"bodyHeight: expected one reference height throughout.*1\.6 to 1\.8 m"):
        parse_vision(_document(first, second), None, "x")
    measured = parse_vision(_document(first, second, heightEstimation="measured"), None, "x")
    assert measured.size == "estimated" and "measured a stature" in measured.remarks[0]
