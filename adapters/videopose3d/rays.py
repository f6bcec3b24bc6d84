"""Pixels as rays in the world, and pixels of the film as pixels of its depth images."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.recording import Cameras


def rays(
    pixels: Float[np.ndarray, "frames points 2"], cameras: Cameras
) -> tuple[Float[np.ndarray, "frames points 3"], Float[np.ndarray, "frames points"]]:
    """Give the direction in which a camera sees each pixel.

    Args:
        pixels: Of the stored film, centres of pixels at halves; NaN where not seen.
        cameras: Intrinsics and poses of the same frames.

    Returns:
        Unit directions in the world, and the cosine of each with the optical axis (depth over range); NaN where the pixel
        or the pose is not known.
    """
    fx, fy, cx, cy = (cameras.intrinsics[:, None, k] for k in range(4))
    seen = np.stack(((pixels[..., 0] - cx) / fx, (pixels[..., 1] - cy) / fy, np.ones(pixels.shape[:2])), axis=-1)
    length = np.linalg.norm(seen, axis=-1)
    turned = np.einsum("tij,tkj->tki", cameras.world_from_camera[:, :3, :3], seen)
    return turned / length[..., None], 1.0 / length


def project(points: Float[np.ndarray, "frames points 3"], cameras: Cameras) -> Float[np.ndarray, "frames points 2"]:
    """Give the pixels at which world points are seen; NaN behind the camera."""
    local = np.einsum(
        "tji,tkj->tki", cameras.world_from_camera[:, :3, :3], points - cameras.world_from_camera[:, None, :3, 3]
    )
    depth = np.where(local[..., 2] > 0.0, local[..., 2], np.nan)
    fx, fy, cx, cy = (cameras.intrinsics[:, None, k] for k in range(4))
    return np.stack((fx * local[..., 0] / depth + cx, fy * local[..., 1] / depth + cy), axis=-1)
