"""Pixels, rays and points: one code for intrinsics of another image size and for depth that becomes points.

A place in an image is continuous: the middle of the pixel in row r and column c lies at (c + 0.5, r + 0.5), so that
intrinsics scale with the image and nothing is added. A camera looks along +Z, X to the right of its image, Y down it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

FLIP: Final = np.diag([1.0, -1.0, -1.0, 1.0])
"""From a camera that looks along +Z with Y down to one that looks along −Z with Y up: ARKit's and OpenGL's."""


def scaled(intrinsics: Float[np.ndarray, "*frames 4"], ratio: float) -> Float[np.ndarray, "*frames 4"]:
    """Give fx, fy, cx, cy of the same view in another size.

    Args:
        intrinsics: Of the image that they were given for [px].
        ratio: Width of the wanted image over the width of that image.
    """
    return np.asarray(intrinsics * ratio)


def looking_forward(world_from_camera: Float[np.ndarray, "*frames 4 4"]) -> Float[np.ndarray, "*frames 4 4"]:
    """Give the pose of the camera that looks along +Z, from that of ARKit's or OpenGL's, which looks along −Z."""
    return np.asarray(world_from_camera @ FLIP)


def back_project(
    depth: Float[np.ndarray, "rows columns"],
    intrinsics: Float[np.ndarray, "4"],
    world_from_camera: Float[np.ndarray, "4 4"],
    stride: int = 1,
) -> Float[np.ndarray, "points 3"]:
    """Give the world points of a depth image's pixels, row by row; those without depth are left out.

    Args:
        depth: Along the optical axis [m]; NaN: none.
        intrinsics: fx, fy, cx, cy of this image [px].
        world_from_camera: Of the camera that looks along +Z.
        stride: Every how many-th row and column is taken.
    """
    rows, columns = np.mgrid[0 : depth.shape[0] : stride, 0 : depth.shape[1] : stride]
    z = depth[::stride, ::stride]
    there = np.isfinite(z)
    fx, fy, cx, cy = intrinsics
    right = (columns[there] + 0.5 - cx) / fx
    down = (rows[there] + 0.5 - cy) / fy
    local = np.stack((right, down, np.ones_like(right)), axis=1) * z[there, None]
    return np.asarray(local @ world_from_camera[:3, :3].T + world_from_camera[:3, 3])
