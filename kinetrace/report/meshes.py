"""The few shapes that a drawn skeleton is made of, and how they are turned to lie along a direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Vectors = Float[np.ndarray, "n 3"]


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh of unit size."""

    vertices: Float[np.ndarray, "vertices 3"]
    faces: Int[np.ndarray, "faces 3"]


def spindle(profile: tuple[tuple[float, float], ...], sides: int) -> Mesh:
    """Turn a profile about the Y axis: a ball, a rod, an arrow head or a disc, by the profile.

    Args:
        profile: (radius, height) from the lowest ring to the highest; both ends are closed.
        sides: Corners of every ring, at least 3.

    Returns:
        The closed surface with outward faces.
    """
    angle = 2.0 * np.pi * np.arange(sides) / sides
    rings = [np.stack([r * np.cos(angle), np.full(sides, y), -r * np.sin(angle)], axis=1) for r, y in profile]
    poles = np.array([[0.0, profile[0][1], 0.0], [0.0, profile[-1][1], 0.0]])
    bottom, top = sides * len(profile), sides * len(profile) + 1
    faces: list[tuple[int, int, int]] = []
    for k in range(sides):
        n = (k + 1) % sides
        faces.append((bottom, n, k))
        faces.append((top, bottom - sides + k, bottom - sides + n))
        for ring in range(len(profile) - 1):
            low, high = ring * sides, (ring + 1) * sides
            faces.append((low + k, low + n, high + n))
            faces.append((low + k, high + n, high + k))
    return Mesh(np.concatenate([*rings, poles]).astype(np.float32), np.array(faces, dtype=np.int64))


def ball() -> Mesh:
    """Give a sphere of radius 1 about the origin."""
    latitude = np.linspace(-np.pi / 2, np.pi / 2, 10)[1:-1]
    return spindle(tuple((float(np.cos(a)), float(np.sin(a))) for a in latitude), 14)


def rod() -> Mesh:
    """Give a cylinder of radius 1 and length 1 along Y, centred."""
    return spindle(((1.0, -0.5), (1.0, 0.5)), 12)


def arrow() -> Mesh:
    """Give an arrow of length 1 along Y from the origin; its shaft has radius 1, its head radius 2.4."""
    return spindle(((1.0, 0.0), (1.0, 0.82), (2.4, 0.82), (0.05, 1.0)), 12)


def disc() -> Mesh:
    """Give a flat disc of radius 1 about Y."""
    return spindle(((1.0, 0.0), (1.0, 0.01)), 28)


def rotation_from_y(direction: Vectors) -> Float[np.ndarray, "n 4"]:
    """Give the shortest rotation that turns the Y axis along each direction.

    The shortest arc between unit vectors a and b is the quaternion (1 + a·b, a x b), normalised.

    Args:
        direction: Vectors of any length; a zero vector keeps Y.

    Returns:
        Unit quaternions, w first.
    """
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    unit = np.where(length > 0.0, direction / np.where(length > 0.0, length, 1.0), [[0.0, 1.0, 0.0]])
    quaternion = np.stack([1.0 + unit[:, 1], unit[:, 2], np.zeros(len(unit)), -unit[:, 0]], axis=1)
    quaternion[np.linalg.norm(quaternion, axis=1) < 1e-6] = (0.0, 1.0, 0.0, 0.0)
    return np.asarray(quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True))
