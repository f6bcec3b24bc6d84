from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from adapters.formats.mediapipe_landmarks import LANDMARKS, is_mediapipe, parse_mediapipe
from benchmarks.made_exports import landmarks_of, mediapipe_json
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError

ONE = [[0.1 * i, 0.2, 0.3, 0.9] for i in range(33)]


def test_a_walk_comes_back_from_mid_hips_with_y_up(walk: np.ndarray) -> None:
    value = json.loads(mediapipe_json(walk[:10]))
    assert is_mediapipe(value)
    file = parse_mediapipe(value, None, "x")
    middle = (walk[:10, INDEX["l_hip"]] + walk[:10, INDEX["r_hip"]]) / 2
    at = LANDMARKS.index("left_ankle")
    np.testing.assert_allclose(file.positions[:, at], walk[:10, INDEX["l_ankle"]] - middle, atol=1e-6)
    assert file.up == "y" and file.size == "estimated" and not file.doubtful.any()  # type: ignore[union-attr]


def test_every_dump_of_the_same_landmarks_reads_the_same() -> None:
    points = [dict(zip(("x", "y", "z", "visibility"), one, strict=True)) for one in ONE]
    dumps: list[Any] = [
        [ONE, ONE],
        {"fps": 30, "frames": [ONE, ONE]},
        [{"poseWorldLandmarks": [points]}, {"poseWorldLandmarks": [points]}],
        [{"pose_world_landmarks": {"landmark": points}}] * 2,
        [{"world_landmarks": ONE, "pose_landmarks": [[0.5, 0.5]]}] * 2,
    ]
    for value in dumps:
        assert is_mediapipe(value)
        file = parse_mediapipe(value, 30.0, "x")
        np.testing.assert_allclose(file.positions[1, 2], [0.2, -0.2, -0.3])


def test_what_was_hardly_seen_is_doubtful_and_a_frame_without_anybody_is_empty() -> None:
    blind = [[*one[:3], 0.4] for one in ONE]
    file = parse_mediapipe([blind, [], None, ONE, [one[:3] for one in ONE]], 30.0, "x")
    assert file.doubtful is not None
    assert file.doubtful.all(axis=1).tolist() == [True, False, False, False, False]
    assert np.isnan(file.positions[1:3]).all() and np.isfinite(file.positions[[0, 3, 4]]).all()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([{"pose_landmarks": [{"x": 0.5, "y": 0.5, "z": 0.0}] * 33}] * 2, "landmarks of the image only"),
        ([{"world_landmarks": ONE[:20]}] * 2, "frame 1: expected 33 landmarks, found 20"),
        ([{"world_landmarks": [[0.0, 1.0]] * 33}] * 2, "frame 1, nose: expected 4 numbers"),
        ([{"world_landmarks": [{"x": 0.0, "y": 1.0}] * 33}] * 2, "frame 1, nose"),
    ],
)
def test_what_are_no_world_landmarks_is_refused(value: Any, message: str) -> None:
    assert is_mediapipe(value)
    with pytest.raises(CaptureError, match=message):
        parse_mediapipe(value, 30.0, "x")


def test_other_documents_are_not_taken_for_landmarks() -> None:
    assert not is_mediapipe([{"joints": {}}]) and not is_mediapipe({"a": 1}) and not is_mediapipe([[1, 2, 3]])


def test_the_made_landmarks_are_the_walk(walk: np.ndarray) -> None:
    table, carried = landmarks_of(walk[:2])
    assert table.shape == (2, 33, 4) and carried["left_foot_index"] == "l_toe"
