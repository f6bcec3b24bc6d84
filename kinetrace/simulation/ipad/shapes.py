"""Convex shapes for what is filmed: an ellipsoid, a box, or the hull around several ellipsoids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.spatial import ConvexHull

RINGS, SPOKES = 9, 14
"""Points around one ellipsoid: fine enough that limbs look round at a few hundred pixels."""

Colour = tuple[float, float, float]
Vector = tuple[float, float, float]
ORIGIN: Final[Vector] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Ball:
    """An axis-aligned ellipsoid: centre and radii [m]."""

    centre: Vector
    radii: Vector

    def points(self) -> Float[np.ndarray, "points 3"]:
        """Give points on its surface."""
        polar = np.linspace(0.0, np.pi, RINGS)[1:-1]
        around = np.linspace(0.0, 2 * np.pi, SPOKES, endpoint=False)
        ring = np.stack([np.cos(around), np.zeros(SPOKES), np.sin(around)], axis=-1)
        rings = [np.sin(p) * ring + np.array([0.0, np.cos(p), 0.0]) for p in polar]
        poles = np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
        return np.asarray(np.concatenate([*rings, poles]) * np.array(self.radii) + np.array(self.centre))


@dataclass(frozen=True)
class Shape:
    """A solid of one colour, in its segment's frame [m]: one ball is an ellipsoid, several are the hull around them."""

    balls: tuple[Ball, ...]
    colour: Colour


@dataclass(frozen=True)
class Box:
    """A box of one colour: centre and half sizes [m]."""

    centre: Vector
    half: Vector
    colour: Colour


def hull_points(balls: tuple[Ball, ...]) -> Float[np.ndarray, "points 3"]:
    """Give the corners of the convex hull around several ellipsoids."""
    points = np.concatenate([ball.points() for ball in balls])
    return np.asarray(points[ConvexHull(points).vertices])


def limb(length: float, *girths: tuple[float, float], colour: Colour) -> Shape:
    """Make a tapered limb hanging down from the origin.

    Args:
        length: From joint to joint [m].
        girths: How far down (0 to 1) and the radius there [m].
        colour: RGB, 0 to 1.
    """
    return Shape(tuple(Ball((0.0, -at * length, 0.0), (r, r, r)) for at, r in girths), colour)
