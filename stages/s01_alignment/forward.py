"""Which way is forward: where the person goes, or, standing in place, where the pelvis faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import joint_index
from schemas.errors import AlignmentError

MIN_RESULTANT = 0.3
"""Below this length of the mean facing (1 = never turned) the person turned about, and the mean says nothing."""
FIRST_SECONDS = 1.0
"""The first second decides where the person turned about."""


@dataclass(frozen=True)
class Forward:
    """The forward axis in the capture's world: unit, horizontal.

    Attributes:
        direction: Unit vector.
        source: How it was found.
        displacement_m: Horizontal distance from the first to the last root position.
        facing_deg: Angle between the travel and the mean facing, 0 where the person did not travel.
    """

    direction: Float[np.ndarray, "3"]
    source: Literal["displacement", "pelvis_facing", "first_facing"]
    displacement_m: float
    facing_deg: float


def find_forward(
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    time: Float[np.ndarray, "frames"],
    min_displacement_m: float,
) -> Forward:
    """Find the forward axis.

    Args:
        positions: Joints, Y up [m].
        validity: Their marks.
        time: [s].
        min_displacement_m: Less travel than this, from the first to the last frame, says nothing of direction.

    Raises:
        AlignmentError: Neither travel nor both hips in any frame.
    """
    root = positions[validity[:, 0] > 0, 0].astype(float)
    travel = (root[-1] - root[0]) * (1.0, 0.0, 1.0) if len(root) else np.zeros(3)
    distance = float(np.linalg.norm(travel))
    facing, when = pelvis_facing(positions, validity, time)
    mean = facing.mean(axis=0) if len(facing) else np.zeros(3)
    resultant = float(np.linalg.norm(mean))
    if distance >= min_displacement_m:
        cosine = float(travel @ mean) / (distance * resultant) if resultant > 1e-9 else 1.0
        return Forward(
            travel / distance, "displacement", distance, float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
        )
    if not len(facing):
        raise AlignmentError(
            where="s01_alignment",
            field="forward",
            expected=f"travel of {min_displacement_m:g} m, or both hips to see where the pelvis faces",
            found=f"{distance:.2f} m and no frame with both hips apart",
            fix="Record both hips.",
        )
    if resultant >= MIN_RESULTANT:
        return Forward(mean / resultant, "pelvis_facing", distance, 0.0)
    first = facing[when <= when[0] + FIRST_SECONDS].mean(axis=0)
    return Forward(first / np.linalg.norm(first), "first_facing", distance, 0.0)


def pelvis_facing(
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    time: Float[np.ndarray, "frames"],
) -> tuple[Float[np.ndarray, "seen 3"], Float[np.ndarray, "seen"]]:
    """Give the pelvis' horizontal facing, up × (left to right hip), in the frames that show both hips, and their times."""
    right_hip, left_hip = joint_index("r_hip", "l_hip")
    seen = (validity[:, right_hip] > 0) & (validity[:, left_hip] > 0)
    across = (positions[seen, right_hip] - positions[seen, left_hip]).astype(float)
    facing = np.cross((0.0, 1.0, 0.0), across)
    length = np.linalg.norm(facing, axis=1)
    clear = length > 1e-3
    return facing[clear] / length[clear, None], time[seen][clear]
