"""Which way is up where a recording has lost it: the floor's normal, found in the scan's points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from adapters.videopose3d.recording import Cameras

UP_IN_IMAGE: Final = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
"""Where up is in the stored image, if so many counter-clockwise quarter turns show it upright (x right, y down)."""
UP: Final = np.array([0.0, 1.0, 0.0])
WITHIN_DEG: Final = 45.0
"""The floor's normal leans no more than this from the image's up: nobody films a walk looking straight down."""
LEVEL_DEG: Final = 3.0
"""A floor leans no more than this from gravity as the device knows it."""
MIN_POINTS: Final = 100
THRESHOLD_M: Final = 0.025
TRIALS: Final = 600
MAX_POINTS: Final = 6000
MIN_SUPPORT: Final = 0.08
"""A floor takes up at least so much of what is seen."""
BELOW: Final = 0.1
"""No more of the points than this lie under a floor: a table has the floor under it."""
MIN_LEVEL: Final = 0.3
"""Up must show in the image by this much of its length, or the camera looks straight up or down."""


def quarter_turns_of(cameras: Cameras) -> int | None:
    """Give the counter-clockwise quarter turns that show the film upright, from gravity; None where it cannot say."""
    if not cameras.gravity_known:
        return None
    ups = cameras.world_from_camera[:, 1, :3]
    ups = ups[np.isfinite(ups).all(axis=1)]
    up = ups.sum(axis=0) / max(len(ups), 1)
    if np.hypot(up[0], up[1]) < MIN_LEVEL:
        return None
    return int(np.argmax(UP_IN_IMAGE @ up))


def up_of_images(cameras: Cameras, quarter_turns: int) -> Float[np.ndarray, "3"]:
    """Give the mean of what is up in the images, in the world."""
    ups = cameras.world_from_camera[:, :3, :3] @ UP_IN_IMAGE[quarter_turns % 4]
    mean = np.nanmean(ups, axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


@dataclass(frozen=True)
class FloorPlane:
    """A floor: a point on it [m] and its unit normal, turned up."""

    centre: Float[np.ndarray, "3"]
    normal: Float[np.ndarray, "3"]

    def height(self, place: Float[np.ndarray, "3"]) -> float:
        """Give its height under a place in a world with Y up [m]."""
        slope = self.normal[[0, 2]] / self.normal[1]
        return float(self.centre[1] - slope @ (place[[0, 2]] - self.centre[[0, 2]]))


def find_floor(
    points: Float[np.ndarray, "points 3"], hint: Float[np.ndarray, "3"], within_deg: float, seed: int = 0
) -> FloorPlane | None:
    """Find the floor in a cloud by RANSAC (Fischler and Bolles 1981): the largest plane with little under it.

    Args:
        points: Of the scan, in any world [m].
        hint: About up.
        within_deg: The normal leans no more than this from it.
        seed: Of the drawing.

    Returns:
        None where no such plane is large enough.
    """
    if len(points) < MIN_POINTS:
        return None
    rng = np.random.Generator(np.random.PCG64(seed))
    cloud = points if len(points) <= MAX_POINTS else points[rng.choice(len(points), MAX_POINTS, replace=False)]
    triples = cloud[rng.integers(0, len(cloud), (TRIALS, 3))]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    sizes = np.linalg.norm(normals, axis=1)
    normals = normals / np.maximum(sizes, 1e-12)[:, None]
    normals[normals @ hint < 0.0] *= -1.0
    best, on = MIN_SUPPORT, None
    level = (sizes > 1e-6) & (normals @ hint > np.cos(np.radians(within_deg)))
    for anchor, normal in zip(triples[level, 0], normals[level], strict=True):
        height = (cloud - anchor) @ normal
        near = np.abs(height) < THRESHOLD_M
        if near.mean() >= best and (height < -3.0 * THRESHOLD_M).mean() < BELOW:
            best, on = float(near.mean()), near
    if on is None:
        return None
    centre = cloud[on].mean(axis=0)
    normal = np.linalg.svd(cloud[on] - centre, full_matrices=False)[2][2]
    return FloorPlane(centre, normal if normal @ hint > 0.0 else -normal)


def turned_level(cameras: Cameras, up: Float[np.ndarray, "3"]) -> tuple[Cameras, Float[np.ndarray, "3 3"]]:
    """Turn the world so that a direction of it is up (Y), by the smallest turn; also give the turn."""
    axis = np.cross(up, UP)
    sine, cosine = float(np.linalg.norm(axis)), float(up @ UP)
    turn = np.diag([1.0, -1.0, -1.0]) if cosine < 0.0 else np.eye(3)
    if sine > 1e-9:
        turn = Rotation.from_rotvec(axis / sine * np.arctan2(sine, cosine)).as_matrix()
    whole = np.eye(4)
    whole[:3, :3] = turn
    return replace(cameras, world_from_camera=whole @ cameras.world_from_camera, gravity_known=True), turn
