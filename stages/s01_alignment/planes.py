"""The geometry of scanned planes: centre, tilt, corners, and height under a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from schemas.capture import Plane


@dataclass(frozen=True)
class Pose:
    """Where a plane lies in the capture's world [m]: unit axes along its width and depth, unit normal, centre."""

    center: Float[np.ndarray, "3"]
    across: Float[np.ndarray, "3"]
    normal: Float[np.ndarray, "3"]
    along: Float[np.ndarray, "3"]
    width: float
    depth: float


def plane_pose(plane: Plane) -> Pose:
    """Give a plane's pose: the normal is local Y, and the extent is turned by `rotation_on_y` about it.

    Since iOS 16 the anchor's transform no longer carries that turn (ARPlaneExtent.rotationOnYAxis).
    """
    matrix = np.array(plane.transform).reshape(4, 4).T
    cos, sin = np.cos(plane.extent.rotation_on_y), np.sin(plane.extent.rotation_on_y)
    turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    axes = matrix[:3, :3] @ turn
    center = matrix[:3, :3] @ np.array(plane.center) + matrix[:3, 3]
    return Pose(center, axes[:, 0], axes[:, 1], axes[:, 2], plane.extent.width, plane.extent.height)


def tilt_deg(normal: Float[np.ndarray, "3"]) -> float:
    """Give the angle between a plane's normal, either way round, and the vertical [°]."""
    cosine = abs(float(normal[1])) / float(np.linalg.norm(normal))
    return float(np.degrees(np.arccos(min(1.0, cosine))))


def corners(pose: Pose) -> Float[np.ndarray, "4 3"]:
    """Give the four corners of a plane's extent [m]."""
    signs = np.array([[-0.5, -0.5], [-0.5, 0.5], [0.5, 0.5], [0.5, -0.5]])
    return np.asarray(pose.center + signs[:, :1] * pose.width * pose.across + signs[:, 1:] * pose.depth * pose.along)


def height_under(
    center: Float[np.ndarray, "3"], normal: Float[np.ndarray, "3"], point: Float[np.ndarray, "3"]
) -> float:
    """Give the height of a plane, not vertical, at the horizontal place of a point [m]."""
    slope = normal[[0, 2]] / normal[1]
    return float(center[1] - slope @ (point[[0, 2]] - center[[0, 2]]))
