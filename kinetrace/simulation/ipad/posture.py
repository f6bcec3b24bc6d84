"""Where each segment of the body is, from the joints of BODY21."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import INDEX

SEGMENTS: Final[tuple[str, ...]] = (
    "pelvis", "thorax", "head",
    "l_upper_arm", "l_forearm", "l_hand", "r_upper_arm", "r_forearm", "r_hand",
    "l_thigh", "l_shank", "l_foot", "r_thigh", "r_shank", "r_foot",
)  # fmt: skip

Points = Float[np.ndarray, "frames 3"]


def segment_poses(positions: Float[np.ndarray, "frames 21 3"]) -> Float[np.ndarray, "frames segments 4 4"]:
    """Give the pose of every segment, in the order of SEGMENTS.

    A segment's frame has its origin at the upper joint (pelvis: mid-hip; thorax: mid-shoulder; head: vertex; hand: wrist;
    foot: ankle), X forward, Y from lower to upper joint, Z to the right; all are upright in anatomical stance.
    """

    def at(name: str) -> Points:
        return positions[:, INDEX[name]]

    hips, shoulders = at("r_hip") - at("l_hip"), at("r_shoulder") - at("l_shoulder")
    trunk = at("thorax") - at("pelvis")
    ahead = _unit(hips) + _unit(shoulders)
    poses = {
        "pelvis": _pose(at("pelvis"), trunk, hips),
        "thorax": _pose(at("thorax"), trunk, shoulders),
        "head": _pose(at("head"), at("head") - at("neck"), ahead),
    }
    for side in ("l", "r"):
        elbow, wrist, knee, ankle = (at(f"{side}_{name}") for name in ("elbow", "wrist", "knee", "ankle"))
        poses[f"{side}_upper_arm"] = _pose(at(f"{side}_shoulder"), at(f"{side}_shoulder") - elbow, shoulders)
        poses[f"{side}_forearm"] = _pose(elbow, elbow - wrist, shoulders)
        poses[f"{side}_hand"] = _pose(wrist, elbow - wrist, shoulders)
        poses[f"{side}_thigh"] = _pose(at(f"{side}_hip"), at(f"{side}_hip") - knee, hips)
        poses[f"{side}_shank"] = _pose(knee, knee - ankle, hips)
        poses[f"{side}_foot"] = _foot(ankle, at(f"{side}_heel"), at(f"{side}_toe"))
    return np.stack([poses[name] for name in SEGMENTS], axis=1)


def _pose(origin: Points, up: Points, right: Points) -> Float[np.ndarray, "frames 4 4"]:
    y = _unit(up)
    x = _unit(np.cross(y, right))
    return _matrix(origin, x, y)


def _foot(ankle: Points, heel: Points, toe: Points) -> Float[np.ndarray, "frames 4 4"]:
    x = _unit(toe - heel)
    z = _unit(np.cross(x, ankle - 0.5 * (heel + toe)))
    return _matrix(ankle, x, np.cross(z, x))


def _matrix(origin: Points, x: Points, y: Points) -> Float[np.ndarray, "frames 4 4"]:
    out = np.zeros((len(origin), 4, 4))
    out[:, :3, :3] = np.stack([x, y, np.cross(x, y)], axis=-1)
    out[:, :3, 3] = origin
    out[:, 3, 3] = 1.0
    return out


def _unit(vectors: Points) -> Points:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
