"""What visual-inertial tracking makes of the camera's true poses: they wander, and drift with the way that was walked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.spatial.transform import Rotation

from kinetrace.simulation.ipad.camera_path import CameraPath
from kinetrace.simulation.room import World
from kinetrace.simulation.sensors import coloured_noise

WANDER_M: Final = 0.003
WANDER_DEG: Final = 0.08
WANDER_S: Final = 3.0
"""Slow error of a device that stays about where it is; chosen, of the order of published ARKit tests."""

DRIFT_OF_WAY: Final = 0.008
YAW_DEG_PER_M: Final = 0.10
"""Error that grows with the way: about 1 % of it (chosen; published figures for ARKit lie between 0.5 and 3 %)."""


@dataclass(frozen=True)
class Drift:
    """How the device's idea of its world moves against the true one: what is truly at x is recorded at R (x - c) + c + s.

    Attributes:
        turn: R, per frame.
        shift: s, per frame [m].
        centre: c: where the camera truly is, in the capture's world [m].
    """

    turn: Float[np.ndarray, "frames 3 3"]
    shift: Float[np.ndarray, "frames 3"]
    centre: Float[np.ndarray, "frames 3"]

    def apply(self, points: Float[np.ndarray, "frames 3"]) -> Float[np.ndarray, "frames 3"]:
        """Give where true points of the capture's world are recorded."""
        turned = np.einsum("fij,fj->fi", self.turn, points - self.centre)
        return np.asarray(turned + self.centre + self.shift)


def capture_path(path: CameraPath, world: World) -> CameraPath:
    """Lead a true camera path from the truth's frame into the capture's world."""
    turn = world.matrix()[:3, :3]
    return CameraPath(world.apply(path.position), np.asarray(turn @ path.rotation))


def make_drift(path: CameraPath, fps: float, rng: Generator) -> Drift:
    """Draw the tracking error of a path that is already in the capture's world."""
    frames = len(path.position)
    walked = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(path.position, axis=0), axis=-1))]
    way = rng.standard_normal(3) * np.array([1.0, 0.5, 1.0])
    shift = WANDER_M * (noise := coloured_noise(rng, (frames, 3), WANDER_S * fps)) - WANDER_M * noise[:1]
    shift = shift + DRIFT_OF_WAY * walked[:, None] * way / np.linalg.norm(way)
    turns = np.radians(WANDER_DEG) * coloured_noise(rng, (frames, 3), WANDER_S * fps)
    turns[:, 1] += np.radians(YAW_DEG_PER_M) * float(rng.standard_normal()) * walked
    return Drift(Rotation.from_rotvec(turns).as_matrix(), shift, path.position)


def recorded_path(path: CameraPath, drift: Drift) -> CameraPath:
    """Give the poses that are written down."""
    return CameraPath(drift.apply(path.position), np.asarray(drift.turn @ path.rotation))
