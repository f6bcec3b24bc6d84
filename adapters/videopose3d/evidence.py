"""The terms of the fusion: what each source says of the points, and how surely."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.banded import Terms, across, along, whole
from adapters.videopose3d.body_axes import body_axes
from adapters.videopose3d.offsets import LANDMARK_NOISE_PX, offsets
from adapters.videopose3d.points import BONES, LENGTHS, POINTS, bone_coefficients
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT, inside

DEPTH_NOISE_M: Final = 0.02
"""A surface and what is under it: sensor noise of 1 cm (iPad LiDAR, moving) and as much of clothes and shape."""
BONE_NOISE_M: Final = 0.003
"""How far a bone's length may give in one frame; bones do not stretch, regressed centres do."""
LIFTER_FRAMES: Final = (30.0, 1.0)
"""How much the lifter says in a frame without depth and in one with: as much as so many independent frames of its spread.
Without depth it alone knows the third dimension, and rays that are off by pixels must not bend limbs to fit."""
FULL_DEPTH: Final = 6.0
"""So many sure places make a frame with depth."""
LEAST_SPREAD: Final = 0.01
"""The lifter is never surer than this [statures]."""
ACCELERATION: Final = {
    "hip": 2.5, "knee": 6.0, "ankle": 12.0, "heel": 16.0, "toe": 16.0, "shoulder": 2.5, "elbow": 6.0, "wrist": 12.0, "skull": 2.5,
}  # fmt: skip
"""Ordinary accelerations of walking and rising [m/s²], as RMS."""

BONE_AT: Final = bone_coefficients()
BONE_LENGTH: Final = np.array([LENGTHS.index(name) for name, _, _ in BONES])
MEMBERSHIP: Final = np.eye(len(LENGTHS))[BONE_LENGTH]
EVERY: Final = np.eye(len(POINTS))


def robust(residual: Float[np.ndarray, "terms frames"], width: float) -> Float[np.ndarray, "terms frames"]:
    """Give Geman and McClure's weight: 1 at 0, a quarter at `width`, nothing far beyond."""
    return np.asarray(1.0 / (1.0 + (residual / width) ** 2) ** 2)


def image_terms(sight: Sight, body: Float[np.ndarray, "frames 17 3"], stature: float, width_px: float) -> Terms:
    """Say that each point, moved to where the network sees it, lies on its ray.

    Args:
        sight: Rays.
        body: The points as they are known so far.
        stature: Of the person [m].
        width_px: Rays that miss by more count for little.
    """
    seen = np.isfinite(sight.rays).all(axis=-1)
    d = np.nan_to_num(sight.rays)
    moved = np.einsum("tpij,pj->tpi", body_axes(body), offsets() * stature)
    place = sight.centre[:, None] - moved
    away = body - place
    distance = np.maximum((away * d).sum(axis=-1), 0.3)
    miss = np.linalg.norm(away - distance[..., None] * d, axis=-1) / distance * sight.focal[:, None]
    noise = np.array(LANDMARK_NOISE_PX) * distance / sight.focal[:, None]
    weight = np.where(seen, sight.visibility, 0.0) * robust(miss, width_px) / noise**2
    return across(EVERY, d.swapaxes(0, 1), place.swapaxes(0, 1), weight.T)


def depth_terms(
    sight: Sight,
    body: Float[np.ndarray, "frames 17 3"],
    stature: float,
    width_m: float,
    clear: Float[np.ndarray, "frames places"],
) -> Terms:
    """Say that the bone lies behind the measured surface by what is usual there.

    Args:
        sight: Ranges.
        body: The points as they are known so far.
        stature: Of the person [m].
        width_m: Ranges that differ by more come from something else.
        clear: 0 where something else of the body stands before the place.
    """
    known = np.isfinite(sight.ranges)
    d = np.nan_to_num(sight.surface_rays)
    behind = np.nan_to_num(sight.ranges) + stature * inside(body, d)
    places = np.einsum("sp,tpk->tsk", AT, body)
    off = ((places - sight.centre[:, None]) * d).sum(axis=-1) - behind
    weight = np.where(known, sight.sureness * clear, 0.0) * robust(off, width_m) / DEPTH_NOISE_M**2
    target = (sight.centre[:, None] * d).sum(axis=-1) + behind
    return along(AT, d.swapaxes(0, 1), target.T, weight.T)


def lifted_terms(sight: Sight, lengths: Float[np.ndarray, "lengths"], stature: float) -> Terms:
    """Say that each bone points as the lifter says, at its length."""
    bones = np.einsum("bp,tpk->tbk", BONE_AT, sight.lifted)
    far = np.maximum(np.abs(BONE_AT) @ sight.spread.T, LEAST_SPREAD).T * stature
    length = np.maximum(np.linalg.norm(bones, axis=-1, keepdims=True), 1e-6)
    target = bones / length * lengths[BONE_LENGTH][:, None]
    depth = np.minimum(sight.sureness.sum(axis=1) / FULL_DEPTH, 1.0)[:, None]
    say = LIFTER_FRAMES[0] ** (1.0 - depth) * LIFTER_FRAMES[1] ** depth
    weight = say / far**2
    return whole(BONE_AT, target.swapaxes(0, 1), weight.T)


def bone_terms(
    body: Float[np.ndarray, "frames 17 3"], lengths: Float[np.ndarray, "lengths"]
) -> tuple[Terms, Float[np.ndarray, "bones frames 3"]]:
    """Say that bones have their length along the way they point; also give those ways."""
    bones = np.einsum("bp,tpk->btk", BONE_AT, body)
    way = bones / np.maximum(np.linalg.norm(bones, axis=-1, keepdims=True), 1e-6)
    target = np.broadcast_to(lengths[BONE_LENGTH][:, None], bones.shape[:2])
    return along(BONE_AT, way, target, np.full(bones.shape[:2], BONE_NOISE_M**-2)), way


def smoothness(time: Float[np.ndarray, "frames"]) -> tuple[Float[np.ndarray, "inner 17"], Float[np.ndarray, "inner 3"]]:
    """Give the weights of each point's acceleration, and the second difference's factors for uneven times."""
    before, after = np.diff(time)[:-1], np.diff(time)[1:]
    stencil = np.stack(
        (2.0 / (before * (before + after)), -2.0 / (before * after), 2.0 / (after * (before + after))), axis=1
    )
    usual = np.array([ACCELERATION[name.split("_")[-1]] for name in POINTS])
    return np.broadcast_to(usual**-2.0, (len(stencil), len(POINTS))), stencil
