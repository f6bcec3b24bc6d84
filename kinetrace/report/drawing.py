"""What a drawn skeleton looks like in each frame: where every ball, rod, disc and arrow stands, how turned and how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped, UInt8

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.report.meshes import rotation_from_y
from schemas.alignment import SeatPlane

MAX_FPS: Final = 30.0
MAX_SECONDS: Final = 20.0
FORCE_M_PER_BW: Final = 0.6
"""Drawn length of a force of one body weight [m]."""
HIDDEN: Final = 1e-5
"""Scale of what is not shown; exactly 0 has no normals."""
GRID: Final = 1024.0
"""Positions are rounded to 1/1024 m: below what can be seen, and a third of the bytes."""
FOLLOW_RANGE_M: Final = 2.5
"""A walk longer than this is followed by the camera."""

Table = dict[str, Shaped[np.ndarray, "..."]]
"""One array a property, one row a shown frame: `positions`, `scales` and, where turned, `wxyzs` (unit quaternions, w first)."""


@dataclass(frozen=True)
class SceneMotion:
    """What is drawn, all at one rate, aligned world frame."""

    time: Float[np.ndarray, " frames"]
    positions: Float[np.ndarray, "frames joints 3"]
    validity: UInt8[np.ndarray, "frames joints"]
    contacts: UInt8[np.ndarray, "frames 2"] | None = None
    force: Float[np.ndarray, "frames 2 3"] | None = None
    pressure_centre: Float[np.ndarray, "frames 2 3"] | None = None
    seat: SeatPlane | None = None


def chosen_frames(time: Float[np.ndarray, " frames"]) -> Int[np.ndarray, " shown"]:
    """Choose the frames that are shown: at most 30 a second and the first 20 s.

    Args:
        time: Uniform grid [s].

    Returns:
        Frame numbers, evenly spaced.
    """
    if len(time) < 2:
        return np.arange(len(time))
    step = max(1, int(np.ceil(1.0 / (MAX_FPS * float(time[1] - time[0])) - 1e-6)))
    shown = np.arange(0, len(time), step)
    return np.asarray(shown[time[shown] - time[0] <= MAX_SECONDS])


def followed_path(
    pelvis: Float[np.ndarray, "shown 3"], known: Bool[np.ndarray, " shown"]
) -> Float[np.ndarray, "shown 3"]:
    """Give the floor point that stays in the middle of the view: fixed, or with the person on a long walk.

    Args:
        pelvis: World frame [m].
        known: Where the pelvis is known; elsewhere its path is a straight line between known frames.

    Returns:
        Points on the floor, the path being a mean over about a second.
    """
    if not known.any():
        return np.zeros_like(pelvis, dtype=np.float64)
    index = np.arange(len(pelvis))
    floor = np.stack([np.interp(index, index[known], pelvis[known, axis]) for axis in range(3)], axis=1) * [
        1.0,
        0.0,
        1.0,
    ]
    if np.ptp(floor, axis=0).max() <= FOLLOW_RANGE_M:
        return np.tile(np.round(floor.mean(axis=0) * GRID) / GRID, (len(floor), 1))
    width = min(len(floor), 31) | 1
    padded = np.pad(floor, ((width // 2, width // 2), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], np.full(width, 1.0 / width), "valid") for axis in range(3)], axis=1)
    return np.asarray(np.round(smooth * GRID) / GRID)


def _rounded(values: Shaped[np.ndarray, "..."], grid: float = GRID) -> Shaped[np.ndarray, "..."]:
    return (np.round(values * grid) / grid).astype(np.float32)


def centred(table: Table, follow: Float[np.ndarray, "shown 3"]) -> Table:
    """Move what is drawn so that the followed point stands still at the origin; the floor moves below it instead."""
    return {**table, "positions": _rounded(table["positions"] - follow[:, None])}


def joint_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"], validity: int) -> Table:
    """Place the balls of the joints that are exactly this valid (2 measured, 1 inferred); the others are hidden."""
    radius = np.array([0.055 if joint == "head" else 0.030 for joint in BODY21]) * (1.0 if validity == 2 else 0.8)
    shown = motion.validity[frames] == validity
    scale = np.where(shown, radius, HIDDEN)[..., None].repeat(3, axis=2)
    return {
        "positions": _rounded(np.where(shown[..., None], motion.positions[frames], 0.0)),
        "scales": scale.astype(np.float32),
    }


def bone_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"], validity: int) -> Table:
    """Place the rods of the bones whose worse end is exactly this valid; the others are hidden."""
    near, far = np.array(BONES).T
    marks, points = motion.validity[frames], motion.positions[frames]
    shown = np.minimum(marks[:, near], marks[:, far]) == validity
    along = np.where(shown[..., None], points[:, far] - points[:, near], 0.0)
    middle = np.where(shown[..., None], 0.5 * (points[:, far] + points[:, near]), 0.0)
    length = np.where(shown, np.round(np.linalg.norm(along, axis=2) * 256.0) / 256.0, HIDDEN)
    radius = np.where(shown, 0.018 if validity == 2 else 0.013, HIDDEN)
    return {
        "positions": _rounded(middle),
        "wxyzs": _rounded(rotation_from_y(along.reshape(-1, 3)).reshape(*along.shape[:2], 4)),
        "scales": np.stack([radius, length, radius], axis=2).astype(np.float32),
    }


def foot_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"]) -> Table:
    """Place a disc under each foot while it is known to bear on the floor."""
    centres, sizes = np.zeros((len(frames), 2, 3)), np.full((len(frames), 2, 3), HIDDEN)
    for side, prefix in enumerate("lr"):
        columns = [INDEX[f"{prefix}_{part}"] for part in ("heel", "toe", "ankle")]
        marks = motion.validity[frames][:, columns]
        ends = motion.positions[frames][:, columns]
        sole = np.where((marks[:, :2] > 0).all(axis=1)[:, None], ends[:, :2].mean(axis=1), ends[:, 2])
        on = np.zeros(len(frames), bool) if motion.contacts is None else motion.contacts[frames, side] == 1
        on &= (marks[:, :2] > 0).all(axis=1) | (marks[:, 2] > 0)
        centres[:, side] = np.where(on[:, None], sole * [1.0, 0.0, 1.0] + [0.0, 0.004, 0.0], 0.0)
        sizes[on, side] = (0.13, 1.0, 0.13)
    return {"positions": _rounded(centres), "scales": sizes.astype(np.float32)}


def force_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"]) -> Table:
    """Place an arrow at each foot's centre of pressure, as long as its ground force is large."""
    if motion.force is None or motion.pressure_centre is None:
        force, centre = np.zeros((len(frames), 2, 3)), np.zeros((len(frames), 2, 3))
    else:
        force, centre = motion.force[frames], motion.pressure_centre[frames]
    size = np.linalg.norm(force, axis=2)
    shown = size > 0.02
    length = np.where(shown, _rounded(size * FORCE_M_PER_BW, 256.0), HIDDEN)
    radius = np.where(shown, 0.011, HIDDEN)
    return {
        "positions": _rounded(np.where(shown[..., None], centre, 0.0)),
        "wxyzs": _rounded(rotation_from_y(force.reshape(-1, 3)).reshape(*force.shape[:2], 4)),
        "scales": np.stack([radius, length, radius], axis=2).astype(np.float32),
    }
