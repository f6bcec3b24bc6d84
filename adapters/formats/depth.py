"""LiDAR depth images back-projected to a thin cloud of world points, enough to find a floor in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from adapters.formats.camera_rows import CameraRows, read_camera_csv
from adapters.formats.depth_images import PngDepth, image_numbers
from adapters.formats.optics import back_project, scaled
from adapters.videopose3d.recording import Cameras, DepthImages

MAX_IMAGES: Final = 24
PIXEL_STRIDE: Final = 6
RANGE_M: Final = (0.2, 5.0)
"""The sensor's useful range (Apple: up to 5 m)."""


def read_scan_points(camera: Path, depth: Path, confidence: Path) -> Float[np.ndarray, "points 3"]:
    """Give confident world points [m] of up to 24 frames spread over a recording without a film.

    Intrinsics belong to the colour image, whose size nothing here says; it is taken as twice cx wide, as the optical axis
    meets the middle of the image.

    Raises:
        CaptureError: A row, image or size that does not fit.
    """
    rows = read_camera_csv(camera)
    numbers = np.where(np.isin(rows.frame, image_numbers(depth)), rows.frame, -1)
    return scan_points(_cameras(rows), PngDepth(depth, confidence, numbers), None)


def scan_points(cameras: Cameras, depth: DepthImages, film_width: int | None) -> Float[np.ndarray, "points 3"]:
    """Give confident world points [m] of up to 24 frames spread over a recording.

    Args:
        cameras: Of each frame.
        depth: Of each frame.
        film_width: Of the image that the intrinsics belong to [px]; None: twice cx.

    Raises:
        CaptureError: An image that does not fit.
    """
    posed = np.flatnonzero(np.isfinite(cameras.world_from_camera).all(axis=(1, 2)))
    seen = [int(frame) for frame in posed if np.isfinite(cameras.intrinsics[frame]).all()]
    clouds = [np.zeros((0, 3))]
    for frame in _spread(seen, depth):
        images = depth.at(frame)
        if images is None:
            continue
        intrinsics = cameras.intrinsics[frame]
        width = 2.0 * intrinsics[2] if film_width is None else float(film_width)
        sure = confident(*images)
        own = scaled(intrinsics, sure.shape[1] / width)
        clouds.append(back_project(sure, own, cameras.world_from_camera[frame], PIXEL_STRIDE))
    return np.concatenate(clouds)


def confident(
    depth: Float[np.ndarray, "rows columns"], confidence: UInt8[np.ndarray, "rows columns"]
) -> Float[np.ndarray, "rows columns"]:
    """Give the depth with NaN where it is not of the highest confidence or out of the sensor's range."""
    good = (confidence == 2) & (depth > RANGE_M[0]) & (depth < RANGE_M[1])
    return np.where(good, depth, np.nan)


def _spread(frames: list[int], depth: DepthImages) -> list[int]:
    there = [frame for frame in frames if depth.has(frame)]
    if not there:
        return []
    return [there[at] for at in np.unique(np.linspace(0, len(there) - 1, MAX_IMAGES).astype(int))]


def _cameras(rows: CameraRows) -> Cameras:
    return Cameras(rows.intrinsics, rows.world_from_camera, gravity_known=True)
