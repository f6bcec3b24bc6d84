"""The rigid motion from the capture's world to ours."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

from schemas.capture import Plane
from stages.s01_alignment.planes import corners, plane_pose


def world_transform(forward: Float[np.ndarray, "3"], origin: Float[np.ndarray, "3"]) -> Float[np.ndarray, "4 4"]:
    """Give the transform that takes `origin` to 0 and `forward`, up and right to X, Y and Z.

    Args:
        forward: Unit, horizontal, in the capture's world.
        origin: In the capture's world, on the floor [m].
    """
    up = np.array([0.0, 1.0, 0.0])
    rotation = np.stack((forward, up, np.cross(forward, up)))
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = -rotation @ origin
    return matrix


def apply(matrix: Float[np.ndarray, "4 4"], points: Float[np.ndarray, "*any 3"]) -> Float[np.ndarray, "*any 3"]:
    """Move points by a rigid transform."""
    return np.asarray(points.astype(float) @ matrix[:3, :3].T + matrix[:3, 3])


def apply_to_motion(
    matrix: Float[np.ndarray, "4 4"],
    positions: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
) -> Float[np.ndarray, "frames 21 3"]:
    """Move the joints; missing ones stay 0."""
    return np.where(validity[:, :, None] > 0, apply(matrix, positions), 0.0).astype(np.float32)


def room_centre(planes: tuple[Plane, ...], points: Float[np.ndarray, "points 3"]) -> Float[np.ndarray, "3"] | None:
    """Give the middle of the scanned room: of all planes' corners, else of the points (1st to 99th percentile).

    Returns:
        None where nothing was scanned.
    """
    if planes:
        every = np.concatenate([corners(plane_pose(plane)) for plane in planes])
        return np.asarray((every.min(axis=0) + every.max(axis=0)) / 2)
    if len(points):
        low, high = np.percentile(points, (1.0, 99.0), axis=0)
        return np.asarray((low + high) / 2, dtype=float)
    return None
