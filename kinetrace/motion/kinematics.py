"""Segment lengths and sagittal joint angles from joint centres."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.skeletons import INDEX

SEGMENTS: Final = {
    "thigh_r": ("r_hip", "r_knee"), "shank_r": ("r_knee", "r_ankle"), "foot_r": ("r_heel", "r_toe"),
    "upper_arm_r": ("r_shoulder", "r_elbow"), "forearm_r": ("r_elbow", "r_wrist"),
    "thigh_l": ("l_hip", "l_knee"), "shank_l": ("l_knee", "l_ankle"), "foot_l": ("l_heel", "l_toe"),
    "upper_arm_l": ("l_shoulder", "l_elbow"), "forearm_l": ("l_elbow", "l_wrist"),
    "trunk": ("pelvis", "thorax"), "pelvis_width": ("l_hip", "r_hip"), "shoulder_width": ("l_shoulder", "r_shoulder"),
}  # fmt: skip
"""Segments by their two end joints."""

UP: Final = np.array([0.0, 1.0, 0.0])

# Below this share of its length lying in the horizontal plane, the line through the hips no longer says which way the
# body faces (60 degrees of obliquity: someone lying on a side).
MIN_HORIZONTAL_SHARE = 0.5


def segment_lengths(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"]
) -> dict[str, float]:
    """Give each segment's median length over the frames that have both of its ends [m]; unseen segments are left out."""
    lengths: dict[str, float] = {}
    for name, (a, b) in SEGMENTS.items():
        seen = (validity[:, INDEX[a]] > 0) & (validity[:, INDEX[b]] > 0)
        if seen.any():
            span = positions[seen, INDEX[a]].astype(np.float64) - positions[seen, INDEX[b]]
            lengths[name] = float(np.median(np.linalg.norm(span, axis=-1)))
    return lengths


def leg_length(lengths: dict[str, float]) -> float:
    """Give the mean of both legs' thigh plus shank [m]."""
    return float(np.mean([lengths[f"thigh_{s}"] + lengths[f"shank_{s}"] for s in "lr"]))


def facing(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"]
) -> tuple[Float[np.ndarray, "frames 3"], Bool[np.ndarray, "frames"]]:
    """Give the horizontal unit vector the pelvis faces, forward = up × (left hip → right hip).

    Returns:
        The direction, and whether it is known (hips present and not one above the other); (1, 0, 0) where unknown.
    """
    right, left = INDEX["r_hip"], INDEX["l_hip"]
    across = positions[:, right].astype(np.float64) - positions[:, left]
    forward = np.cross(UP, across)
    size = np.linalg.norm(forward, axis=-1)
    known = (validity[:, right] > 0) & (validity[:, left] > 0)
    known &= size > MIN_HORIZONTAL_SHARE * np.linalg.norm(across, axis=-1)
    unit = forward / np.where(known, size, 1.0)[:, None]
    return np.where(known[:, None], unit, [1.0, 0.0, 0.0]), known


def foot_pitch(positions: Float[np.ndarray, "frames joints 3"], side: str) -> Float[np.ndarray, "frames"]:
    """Give the heel → toe line's rise above the horizontal [rad], toes up positive."""
    foot = positions[:, INDEX[f"{side}_toe"]].astype(np.float64) - positions[:, INDEX[f"{side}_heel"]]
    return np.asarray(np.arctan2(foot[:, 1], np.hypot(foot[:, 0], foot[:, 2])))


def sagittal_angles(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    flat_foot_pitch: tuple[float, float],
) -> tuple[Float[np.ndarray, "frames 7"], Bool[np.ndarray, "frames 7"]]:
    """Give hip, knee and ankle (right, then left) and trunk angles in the plane in which the pelvis faces.

    The plane is spanned by up and `facing`. A segment's angle is measured in it from straight down, forward positive:
    knee = thigh − shank, hip = thigh + trunk lean (joint centres alone do not show the pelvis apart from the trunk;
    without shoulders the thigh is held against the vertical), ankle = rise of the foot above its flat pitch − shank,
    so it is 0 with the shank upright over a flat foot. Flexion, dorsiflexion and forward lean are positive.

    Args:
        positions: Joint centres [m].
        validity: 0 missing, 1 inferred, 2 measured.
        flat_foot_pitch: (right, left) pitch of the heel → toe line when the foot is flat on the floor [rad].

    Returns:
        Angles in the order of `schemas.physical_state.ANGLES` [rad], 0 where unknown; and whether each is known.
    """
    p = positions.astype(np.float64)
    forward, known = facing(p, validity)
    present = validity > 0

    def lean(a: str, b: str) -> Float[np.ndarray, "frames"]:
        span = p[:, INDEX[b]] - p[:, INDEX[a]]
        return np.asarray(np.arctan2((span * forward).sum(-1), -span[:, 1]))

    def seen(*names: str) -> Bool[np.ndarray, "frames"]:
        return np.asarray(known & present[:, [INDEX[n] for n in names]].all(axis=1))

    has_trunk = seen("pelvis", "thorax")
    trunk = np.where(has_trunk, -lean("thorax", "pelvis"), 0.0)
    columns, valid = [], []
    for side, flat in zip("rl", flat_foot_pitch, strict=True):
        hip, knee, ankle, heel, toe = (f"{side}_{n}" for n in ("hip", "knee", "ankle", "heel", "toe"))
        thigh, shank = lean(hip, knee), lean(knee, ankle)
        foot = p[:, INDEX[toe]] - p[:, INDEX[heel]]
        pitch = np.arctan2(foot[:, 1], (foot * forward).sum(-1))
        columns += [thigh + trunk, thigh - shank, pitch - flat - shank]
        hip_seen = seen(hip, knee) & (has_trunk | ~has_trunk.any())
        valid += [hip_seen, seen(hip, knee, ankle), seen(knee, ankle, heel, toe)]
    angles = np.stack([*columns, trunk], axis=1)
    angles = (angles + np.pi) % (2.0 * np.pi) - np.pi
    mask = np.stack([*valid, has_trunk], axis=1)
    return np.where(mask, angles, 0.0), mask
