"""The canonical skeleton BODY21: its joints, their order and its bones."""

from __future__ import annotations

from typing import Final

BODY21: Final = (
    "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "spine", "thorax", "neck", "head",
    "l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist", "r_heel", "r_toe", "l_heel", "l_toe",
)  # fmt: skip
"""The 17 Human3.6M joints in their usual order, then heels and toes."""

INDEX: Final = {name: i for i, name in enumerate(BODY21)}
"""Joint name to column."""

NEEDED: Final = ("pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle")
"""Joints without which no stage can work."""

BONES: Final = tuple(
    (INDEX[a], INDEX[b])
    for a, b in (
        ("pelvis", "r_hip"), ("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("r_ankle", "r_heel"), ("r_heel", "r_toe"),
        ("pelvis", "l_hip"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"), ("l_ankle", "l_heel"), ("l_heel", "l_toe"),
        ("pelvis", "spine"), ("spine", "thorax"), ("thorax", "neck"), ("neck", "head"),
        ("thorax", "l_shoulder"), ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"),
        ("thorax", "r_shoulder"), ("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"),
    )
)  # fmt: skip
"""Pairs of columns joined by a segment, for drawing and for bone lengths."""


def joint_index(*names: str) -> list[int]:
    """Give the columns of the named joints."""
    return [INDEX[name] for name in names]
