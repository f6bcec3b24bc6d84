"""The directions in which each point's surroundings lie: forward, up and outward, from the points themselves."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.points import POINT, POINTS


def body_axes(points: Float[np.ndarray, "frames 17 3"]) -> Float[np.ndarray, "frames 17 3 3"]:
    """Give forward, up and outward of every point as the columns of a matrix.

    Up is along the bone above the point (the trunk for hips, shoulders and skull; for heel and toe square to the sole),
    outward the pelvis' or shoulders' side to side made square to it, away from the midline; the skull's is to the right.
    """
    at = {name: points[:, POINT[name]] for name in POINTS}
    pelvis, thorax = 0.5 * (at["r_hip"] + at["l_hip"]), 0.5 * (at["r_shoulder"] + at["l_shoulder"])
    trunk = thorax - pelvis
    right = {"pelvis": at["r_hip"] - at["l_hip"], "thorax": at["r_shoulder"] - at["l_shoulder"]}
    out = np.zeros((len(points), len(POINTS), 3, 3))
    out[:, POINT["skull"]] = _frame(trunk, right["thorax"], 1.0)
    for side, outward in (("r", 1.0), ("l", -1.0)):
        ups = {
            "hip": trunk, "shoulder": trunk, "knee": at[f"{side}_hip"] - at[f"{side}_knee"],
            "ankle": at[f"{side}_knee"] - at[f"{side}_ankle"], "elbow": at[f"{side}_shoulder"] - at[f"{side}_elbow"],
            "wrist": at[f"{side}_elbow"] - at[f"{side}_wrist"],
        }  # fmt: skip
        for joint, up in ups.items():
            across = right["thorax" if joint in ("shoulder", "elbow", "wrist") else "pelvis"]
            out[:, POINT[f"{side}_{joint}"]] = _frame(up, across, outward)
        sole = at[f"{side}_toe"] - at[f"{side}_heel"]
        foot = _frame(np.cross(right["pelvis"], sole), right["pelvis"], outward)
        out[:, POINT[f"{side}_heel"]] = out[:, POINT[f"{side}_toe"]] = foot
    return out


def _frame(
    up: Float[np.ndarray, "frames 3"], right: Float[np.ndarray, "frames 3"], outward: float
) -> Float[np.ndarray, "frames 3 3"]:
    above = _unit(up)
    forward = _unit(np.cross(above, right))
    return np.stack((forward, above, outward * np.cross(forward, above)), axis=-1)


def _unit(vectors: Float[np.ndarray, "frames 3"]) -> Float[np.ndarray, "frames 3"]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
