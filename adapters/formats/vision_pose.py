"""Body poses of Apple's Vision framework (`VNDetectHumanBodyPose3DRequest`): 17 joints in metres from the root, no feet.

Apple defines no file. This is the JSON that an app should write; `docs/bring-your-own.md` has the few lines of Swift:

    {"format": "apple-vision-body-pose-3d", "frames": [{"t": 0.0, "bodyHeight": 1.8, "heightEstimation": "reference",
     "joints": {"root": [0, 0, 0], "leftHip": [0.1, -0.02, 0.01], …}}]}

`t` in seconds; a joint is its place or its 16 numbers column by column. Vision measures a person's height only with depth
(`measured`); else it takes 1.8 m for granted (`reference`), and lengths are no metres before the height is declared.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from adapters.formats.json_frames import Frames, find_frames, numbers, refusal, timed
from adapters.formats.marker_file import MarkerFile
from adapters.formats.poses import pose_matrix

FORMAT: Final = "apple-vision-body-pose-3d"
JOINTS: Final = (
    "topHead", "centerHead", "centerShoulder", "leftShoulder", "leftElbow", "leftWrist", "rightShoulder", "rightElbow",
    "rightWrist", "spine", "root", "leftHip", "leftKnee", "leftAnkle", "rightHip", "rightKnee", "rightAnkle",
)  # fmt: skip
HEIGHT_M: Final = (0.4, 2.6)
SAME_HEIGHT: Final = 0.01
"""Reference heights that differ by less are one."""
_RAW: Final = re.compile(r"human_(.+)_3D")


def is_vision(value: Any) -> bool:
    """Say whether a document is a Vision recording: it says so, or a frame has the height that only Vision gives."""
    if isinstance(value, dict) and value.get("format") == FORMAT:
        return True
    found = find_frames(value)
    return found is not None and any(
        isinstance(item, dict) and "joints" in item and "heightEstimation" in item for item in [found[1], *found[0][:5]]
    )


def parse_vision(value: Any, fps: float | None, where: str) -> MarkerFile:
    """Parse a Vision recording.

    Raises:
        CaptureError: No frames or times, a joint that Vision does not have, a place or height that is none, or heights
            that are partly measured and partly a reference.
    """
    found = find_frames(value)
    if found is None:
        raise refusal(where, "frames", "a list of frames", "none", "docs/bring-your-own.md shows the format.")
    frames = timed(found, fps, where)
    positions = np.full((len(frames.items), len(JOINTS), 3), np.nan)
    for row, item in enumerate(frames.items):
        for name, place in _joints(item, where, f"frame {row + 1}").items():
            positions[row, JOINTS.index(name)] = place
    reference, height = _height(frames, where)
    said = (
        f"Vision took the person for {height:.2f} m tall, a reference"
        if reference
        else f"Vision measured a stature of {height:.2f} m"
    )
    return MarkerFile(
        JOINTS, positions, frames.time, "m", None,
        (*frames.remarks, said, "up is the camera's: level only if the camera was"), None, "vision_json",
        size="reference" if reference else "estimated", stature_m=height if reference else None,
    )  # fmt: skip


def _joints(item: Any, where: str, field: str) -> dict[str, list[float]]:
    joints = item.get("joints") if isinstance(item, dict) else None
    if joints is None:  # nobody was found in this frame
        return {}
    if not isinstance(joints, dict):
        raise refusal(where, f"{field}, joints", "names with places", repr(joints)[:80], "Write an object.")
    found: dict[str, list[float]] = {}
    for name, value in joints.items():
        joint = _joint(name)
        if joint is None or joint in found:
            what = f"{name!r}" if joint is None else f"{joint} twice"
            raise refusal(where, f"{field}, joints", "Vision's joints: " + ", ".join(JOINTS), what, "Rename it.")
        if isinstance(value, list) and len(value) == 16:
            at = f"{field}, {name}"
            found[joint] = pose_matrix(numbers(value, 16, where, at), where, at)[:3, 3].tolist()
        else:
            found[joint] = numbers(value, 3, where, f"{field}, {name}")
    return found


def _joint(name: str) -> str | None:
    """Give the joint that a name means: `leftHip`, or Vision's own `human_left_hip_3D`."""
    match = _RAW.fullmatch(name)
    plain = (match[1] if match else name).replace("_", "").lower()
    return next((joint for joint in JOINTS if joint.lower() == plain), None)


def _height(frames: Frames, where: str) -> tuple[bool, float]:
    """Say whether the height is a reference only, and which it is [m]: the median over the frames that have one."""
    said = [item for item in [frames.head, *frames.items] if isinstance(item, dict)]
    kinds = {str(item["heightEstimation"]) for item in said if "heightEstimation" in item}
    if len(kinds) != 1 or not kinds <= {"reference", "measured"}:
        raise refusal(
            where, "heightEstimation", "'reference' or 'measured', the same in all frames",
            ", ".join(sorted(kinds)) or "none", "Write what VNHumanBodyPose3DObservation.heightEstimation says.",
        )  # fmt: skip
    heights = [numbers([item["bodyHeight"]], 1, where, "bodyHeight")[0] for item in said if "bodyHeight" in item]
    height = float(np.median(heights)) if heights else 0.0
    if kinds == {"reference"} and heights and max(heights) - min(heights) > SAME_HEIGHT * height:
        raise refusal(
            where, "bodyHeight", "one reference height throughout: lengths are scaled by it",
            f"{min(heights):g} to {max(heights):g} m", "Cut the recording where the height changes.",
        )  # fmt: skip
    if not HEIGHT_M[0] <= height <= HEIGHT_M[1]:
        expected = f"{HEIGHT_M[0]:g} to {HEIGHT_M[1]:g} m"
        raise refusal(
            where, "bodyHeight", expected, f"{height:g}" if heights else "none", "Write bodyHeight in metres."
        )
    return kinds == {"reference"}, height
