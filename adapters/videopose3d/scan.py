"""A thin cloud of the room, without the person in it: enough to find the floor in."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, Int

from adapters.formats.optics import back_project
from adapters.videopose3d.depth_samples import RANGE_M
from adapters.videopose3d.recording import Cameras, DepthImages

MAX_IMAGES: Final = 24
STRIDE: Final = 6
CLEARANCE_M: Final = 0.35
"""Points nearer to the person than this, seen from above, are left out: they are the person, or what moves with it."""


def scan_frames(depth: DepthImages, cameras: Cameras) -> Int[np.ndarray, "images"]:
    """Choose up to 24 frames with depth and a pose, spread over the recording."""
    posed = np.isfinite(cameras.world_from_camera).all(axis=(1, 2)) & np.isfinite(cameras.intrinsics).all(axis=1)
    there = np.array([frame for frame in np.flatnonzero(posed) if depth.has(int(frame))], dtype=int)
    return there[np.unique(np.linspace(0, len(there) - 1, MAX_IMAGES).astype(int))] if len(there) else there


def scan_points(
    depth: DepthImages, cameras: Cameras, size: tuple[int, int], frames: Int[np.ndarray, "images"]
) -> list[Float[np.ndarray, "points 3"]]:
    """Give the confident world points of each of the frames [m].

    Args:
        depth: Images of the same view as the film.
        cameras: Of the film's frames.
        size: Width and height of the film [px].
        frames: Which.
    """
    clouds = []
    for frame in frames.tolist():
        images = depth.at(frame)
        if images is None:
            continue
        metres, confidence = images
        good = (confidence == 2) & (metres > RANGE_M[0]) & (metres < RANGE_M[1])
        lens = cameras.intrinsics[frame] * (metres.shape[1] / size[0])
        clouds.append(back_project(np.where(good, metres, np.nan), lens, cameras.world_from_camera[frame], STRIDE))
    return clouds


def without_person(
    clouds: list[Float[np.ndarray, "_ 3"]], bodies: Float[np.ndarray, "images joints 3"]
) -> Float[np.ndarray, "points 3"]:
    """Leave out the points above or below which some joint of the same frame stands.

    Args:
        clouds: A frame each.
        bodies: The person in the same frames; NaN where not known.
    """
    kept = [np.zeros((0, 3))]
    for cloud, body in zip(clouds, bodies, strict=True):
        known = body[np.isfinite(body).all(axis=1)]
        flat = np.linalg.norm(cloud[:, None, [0, 2]] - known[None][:, :, [0, 2]], axis=2)
        kept.append(cloud[(flat > CLEARANCE_M).all(axis=1)])
    return np.concatenate(kept)
