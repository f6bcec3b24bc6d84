"""The image points that the lifter takes: nineteen of the pose network's landmarks."""

from __future__ import annotations

from typing import Final

KEYPOINTS: Final[tuple[str, ...]] = (
    "nose", "l_ear", "r_ear", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",
    "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle", "l_heel", "r_heel", "l_toe", "r_toe",
)  # fmt: skip
"""Names as in the pose network's list; left is the person's own left."""
