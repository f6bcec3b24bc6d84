"""The seat that the person may sit on, from the scan."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

from schemas.alignment import SeatPlane
from schemas.capture import Plane
from stages.s01_alignment.planes import Pose, plane_pose
from stages.s01_alignment.transform import apply

HEIGHT_M = (0.2, 0.9)
"""A seat's height above the floor: a child's stool to a bar stool."""
REACH_M = 0.5
"""The pelvis comes at least this near to the seat's edge, or it is someone else's chair."""


def find_seat(
    planes: tuple[Plane, ...],
    matrix: Float[np.ndarray, "4 4"],
    pelvis: Float[np.ndarray, "frames 3"],
    seen: UInt8[np.ndarray, "frames"],
) -> SeatPlane | None:
    """Give the scanned seat that the pelvis comes nearest to, or None.

    Args:
        planes: In the capture's world.
        matrix: From there to the aligned world.
        pelvis: In the aligned world [m].
        seen: Validity of the pelvis.
    """
    near: list[tuple[float, str, SeatPlane]] = []
    for plane in planes:
        if plane.classification != "seat":
            continue
        pose = plane_pose(plane)
        center = apply(matrix, pose.center)
        distance = np.linalg.norm((pelvis[seen > 0] - center)[:, [0, 2]], axis=1).min()
        within = 0.5 * float(np.hypot(pose.width, pose.depth)) + REACH_M
        if HEIGHT_M[0] <= center[1] <= HEIGHT_M[1] and distance <= within:
            near.append((float(distance), plane.identifier, _seat(plane, pose, center, matrix)))
    return min(near, key=lambda one: one[:2])[2] if near else None


def _seat(plane: Plane, pose: Pose, center: Float[np.ndarray, "3"], matrix: Float[np.ndarray, "4 4"]) -> SeatPlane:
    across = matrix[:3, :3] @ pose.across
    return SeatPlane(
        source="room" if plane.identifier.startswith("room:") else "scan_plane",
        height_m=float(center[1]),
        center=(float(center[0]), float(center[1]), float(center[2])),
        width_m=pose.width,
        depth_m=pose.depth,
        yaw_rad=float(np.arctan2(-across[2], across[0])),
    )
