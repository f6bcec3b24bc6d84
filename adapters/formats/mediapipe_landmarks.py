"""MediaPipe's 33 world landmarks, as JSON: metres from the middle of the hips, Y down, as a network guesses them.

MediaPipe defines no file; programs dump its result in one of these ways, all read:

    [{"timestamp_ms": 0, "pose_world_landmarks": [{"x": …, "y": …, "z": …, "visibility": …}, … 33]}, …]
    {"fps": 30, "frames": [[[x, y, z, visibility], … 33], …]}

A frame with an empty list, or null, is one in which nobody was seen. Landmarks of the *image* are no metres and are refused.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Float

from adapters.formats.json_frames import find_frames, numbers, refusal, timed
from adapters.formats.marker_file import MarkerFile

LANDMARKS: Final = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer", "left_ear",
    "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index",
    "right_foot_index",
)  # fmt: skip
"""In MediaPipe's order; left is the person's own."""
WORLD: Final = ("pose_world_landmarks", "poseWorldLandmarks", "world_landmarks", "worldLandmarks")
_IMAGE: Final = ("pose_landmarks", "poseLandmarks", "landmarks")
DOUBTFUL: Final = 0.5
"""Below this visibility a landmark is the network's guess, not something that it saw (MediaPipe's own default threshold)."""


def is_mediapipe(value: Any) -> bool:
    """Say whether a document's first frames hold landmarks."""
    found = find_frames(value)
    return found is not None and any(_landmarks(item) is not None or _image_only(item) for item in found[0][:200])


def parse_mediapipe(value: Any, fps: float | None, where: str) -> MarkerFile:
    """Parse MediaPipe's world landmarks.

    Raises:
        CaptureError: Landmarks of the image only, another count than 33, no times and no rate, or a place that is none.
    """
    found = find_frames(value)
    if found is None or all(_image_only(item) or _landmarks(item) is None for item in found[0]):
        raise refusal(
            where, "landmarks", f"33 world landmarks a frame, under {WORLD[0]}", "landmarks of the image only",
            "Export pose_world_landmarks: places in the image are no metres.",
        )  # fmt: skip
    frames = timed(found, fps, where)
    table = np.full((len(frames.items), len(LANDMARKS), 4), np.nan)
    for row, item in enumerate(frames.items):
        landmarks = _landmarks(item)
        if landmarks:
            table[row] = [
                _landmark(one, where, f"frame {row + 1}, {name}") for name, one in _named(landmarks, where, row)
            ]
    return world_landmarks(table, frames.time, "mediapipe_json", frames.remarks)


def world_landmarks(
    table: Float[np.ndarray, "frames 33 4"], time: Float[np.ndarray, "frames"], name: str, remarks: tuple[str, ...]
) -> MarkerFile:
    """Give landmarks with Y up; doubtful where the network says that it did not see them.

    Args:
        table: Place [m, Y down, from the middle of the hips] and visibility (NaN: not said); NaN where nobody was seen.
        time: [s].
        name: Of the format.
        remarks: What was found in reading.
    """
    said = "size and depth are a network's guess; up is the camera's: level only if the camera was"
    return MarkerFile(
        LANDMARKS, table[..., :3] * (1.0, -1.0, -1.0), time, "m", None, (*remarks, said), "y", name, size="estimated",
        doubtful=np.nan_to_num(table[..., 3], nan=1.0) < DOUBTFUL,
    )  # fmt: skip


def _landmarks(item: Any) -> list[Any] | None:
    """Give a frame's world landmarks; an empty list where nobody was seen; None where the frame is something else."""
    if item is None:
        return []
    found = item
    if isinstance(item, dict):
        key = next((key for key in WORLD if key in item), None)
        if key is None:
            return None
        found = item[key] or []
        if isinstance(found, dict):
            found = found.get("landmark")
    if isinstance(found, list) and len(found) == 1 and isinstance(found[0], list):  # one list a person
        found = found[0]
    plain = isinstance(found, list) and (not found or isinstance(found[0], (list, dict)))
    if not plain or (isinstance(item, list) and found and len(found) != len(LANDMARKS)):
        return None
    return list(found)


def _image_only(item: Any) -> bool:
    return isinstance(item, dict) and any(key in item for key in _IMAGE) and not any(key in item for key in WORLD)


def _named(landmarks: list[Any], where: str, row: int) -> list[tuple[str, Any]]:
    if len(landmarks) != len(LANDMARKS):
        fix = "Export all 33 of one person; of several people export one."
        raise refusal(where, f"frame {row + 1}", "33 landmarks", f"{len(landmarks)}", fix)
    return list(zip(LANDMARKS, landmarks, strict=True))


def _landmark(one: Any, where: str, field: str) -> list[float]:
    if isinstance(one, dict):
        values = [one.get(axis) for axis in "xyz"] + ([one["visibility"]] if one.get("visibility") is not None else [])
    else:
        values = one
    if isinstance(values, list) and len(values) == 3:
        return [*numbers(values, 3, where, field), float("nan")]
    return numbers(values, 4, where, field)
