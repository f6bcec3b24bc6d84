"""The room a simulated capture is made in: where the device's world lies, and the planes it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.spatial.transform import Rotation

from kinetrace.simulation.truth import Truth
from schemas.capture import Extent, Plane

SEAT_HEIGHT: Final = 0.45
"""An ordinary chair [m] (five-times sit-to-stand: 0.43 to 0.45 m; Guralnik 1994)."""


@dataclass(frozen=True)
class World:
    """A gravity-aligned world, Y up: capture = turn by `yaw` about Y, then shift by `offset` [m]."""

    yaw: float
    offset: tuple[float, float, float]

    def apply(self, points: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """Lead points of the truth's frame into the capture's world."""
        flat = Rotation.from_euler("y", self.yaw).apply(points.reshape(-1, 3)) + np.array(self.offset)
        return np.asarray(flat.reshape(points.shape))

    def matrix(self) -> Float[np.ndarray, "4 4"]:
        """Give the same as a matrix."""
        out = np.eye(4)
        out[:3, :3] = Rotation.from_euler("y", self.yaw).as_matrix()
        out[:3, 3] = self.offset
        return out


def make_world(rng: Generator) -> World:
    """Hold the device somewhere: about 1.2 m over the floor, facing anywhere."""
    place = (rng.uniform(-2.0, 2.0), rng.uniform(-1.35, -1.05), rng.uniform(-3.0, -1.5))
    x, y, z = (round(float(v), 5) for v in place)
    return World(round(float(rng.uniform(-np.pi, np.pi)), 5), (x, y, z))


def make_planes(truth: Truth, world: World) -> tuple[Plane, ...]:
    """Give the planes a scan would find: a floor, a table, a seat, a wall, and a low step that nobody classified.

    The floor's anchor is turned and off its centre, as ARKit's are. The seat stands where the person sits, or aside.
    """
    way = truth.positions[:, 0]
    ahead = 0.5 * float(way[:, 0].min() + way[:, 0].max())
    length = float(np.ptp(way[:, 0])) + 3.0
    seat = np.array([float(way[0, 0]) - 0.02, truth.seat_height_m or SEAT_HEIGHT, 0.0])
    if truth.seat_height_m is None:
        seat[2] = 1.5
    flat, upright = (1.0, 0.0, 0.0, 0.0), (0.5**0.5, 0.5**0.5, 0.0, 0.0)
    return (
        _plane("floor", "horizontal", "floor", world, np.array([ahead, 0.0, 0.0]), flat, (length, 3.0), 0.3),
        _plane("table", "horizontal", "table", world, np.array([ahead, 0.74, -1.6]), flat, (1.2, 0.7), 0.0),
        _plane("step", "horizontal", "none", world, np.array([ahead, 0.12, 1.7]), flat, (0.4, 0.3), 0.0),
        _plane("seat", "horizontal", "seat", world, seat, flat, (0.42, 0.40), 0.0),
        _plane("wall", "vertical", "wall", world, np.array([ahead, 1.2, -2.2]), upright, (length, 2.4), 0.0),
    )


def _plane(
    name: str, alignment: str, classification: str, world: World, centre: Float[np.ndarray, "3"],
    attitude: tuple[float, float, float, float], size: tuple[float, float], turn: float,
) -> Plane:  # fmt: skip
    """Describe one plane; `attitude` (w, x, y, z) turns local Y into the normal, in the truth's frame."""
    w, x, y, z = attitude
    rotation = Rotation.from_euler("y", world.yaw) * Rotation.from_quat([x, y, z, w])
    local = np.array([0.25, 0.0, -0.10]) if turn else np.zeros(3)
    pose = np.eye(4)
    pose[:3, :3] = rotation.as_matrix()
    pose[:3, 3] = world.apply(centre) - rotation.apply(local)
    return Plane.model_validate(
        {
            "identifier": name,
            "transform": tuple(round(float(v), 5) + 0.0 for v in pose.T.reshape(-1)),
            "alignment": alignment,
            "center": tuple(float(v) for v in local),
            "extent": Extent(width=round(size[0], 3), height=size[1], rotation_on_y=turn),
            "classification": classification,
        }
    )
