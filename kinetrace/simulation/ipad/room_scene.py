"""The room that is filmed: floor, walls, table and chair, around the person's way and the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator

from kinetrace.simulation.ipad.shapes import Box, Colour
from kinetrace.simulation.room import SEAT_HEIGHT
from kinetrace.simulation.truth import Truth

WALL_HEIGHT: Final = 2.5
MARGIN: Final = (1.1, 2.2)
"""From the person's way or the camera to the walls [m]."""

TABLE: Final = (1.2, 0.74, 0.7)
SEAT: Final = (0.42, 0.40)
"""Length, height and depth of the table; width and depth of the seat [m]."""

CLEARANCE: Final = 0.75
"""Furniture keeps away from the person's way and from the lines of sight to it [m]."""

WALLS: Final[tuple[Colour, ...]] = ((0.80, 0.80, 0.76), (0.72, 0.76, 0.80), (0.82, 0.76, 0.68), (0.70, 0.74, 0.70))
FLOORS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((0.50, 0.40, 0.30), (0.55, 0.44, 0.33)), ((0.48, 0.50, 0.52), (0.53, 0.55, 0.57)), ((0.62, 0.60, 0.56), (0.57, 0.55, 0.52)),
)  # fmt: skip
WOOD: Final[Colour] = (0.45, 0.30, 0.18)


@dataclass(frozen=True)
class Furniture:
    """A table or a chair.

    Attributes:
        kind: table or chair.
        place: Middle of its foot print on the floor [m].
        size: Length along X, height of the top or seat, depth along Z [m].
        boxes: What is drawn, in the truth's frame.
    """

    kind: str
    place: tuple[float, float]
    size: tuple[float, float, float]
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Room:
    """A rectangular room along the axes of the truth's frame, floor at Y = 0.

    Attributes:
        low: Least X and Z of the floor [m].
        high: Greatest X and Z [m].
        walls: Colour.
        floor: Two colours of the tiles.
        furniture: Table and chair.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    walls: Colour
    floor: tuple[Colour, Colour]
    furniture: tuple[Furniture, ...]


def furnish(truth: Truth, camera: Float[np.ndarray, "frames 3"], rng: Generator) -> Room:
    """Build a room around a movement and its camera.

    Args:
        truth: Who moves, and where.
        camera: Places of the camera [m].
        rng: Chance of sizes, colours and places.
    """
    way = truth.positions[:, 0, ::2]
    both = np.concatenate([way, camera[:, ::2]])
    low = both.min(axis=0) - rng.uniform(*MARGIN, 2)
    high = both.max(axis=0) + rng.uniform(*MARGIN, 2)
    walls = WALLS[int(rng.integers(len(WALLS)))]
    floor = FLOORS[int(rng.integers(len(FLOORS)))]
    table = _free_place(low, high, way, camera[:, ::2], TABLE[0], [], rng)
    if truth.seat_height_m is None:
        chair = _free_place(low, high, way, camera[:, ::2], 0.5, [table], rng)
    else:
        chair = way[0] - np.array([0.02, 0.0])
    pieces = (make_table(table), make_chair(chair, truth.seat_height_m or SEAT_HEIGHT))
    return Room((float(low[0]), float(low[1])), (float(high[0]), float(high[1])), walls, floor, pieces)


def make_table(place: Float[np.ndarray, "2"]) -> Furniture:
    """Put a table of four legs somewhere."""
    x, z = float(place[0]), float(place[1])
    length, height, depth = TABLE
    top = Box((x, height - 0.015, z), (length / 2, 0.015, depth / 2), WOOD)
    legs = [
        Box((x + a * (length / 2 - 0.05), height / 2, z + b * (depth / 2 - 0.05)), (0.025, height / 2, 0.025), WOOD)
        for a in (-1, 1) for b in (-1, 1)
    ]  # fmt: skip
    return Furniture("table", (x, z), TABLE, (top, *legs))


def make_chair(place: Float[np.ndarray, "2"], seat: float) -> Furniture:
    """Put a chair without arms somewhere; its back is behind the one who sits, who looks along X."""
    x, z = float(place[0]), float(place[1])
    wide, deep = SEAT
    colour = (0.25, 0.25, 0.28)
    boxes = [
        Box((x - 0.06, seat - 0.02, z), (deep / 2, 0.02, wide / 2), colour),
        Box((x - 0.08 - deep / 2, seat + 0.28, z), (0.015, 0.17, wide / 2), colour),
    ]
    boxes += [
        Box((x - 0.06 + a * (deep / 2 - 0.02), seat / 2, z + b * (wide / 2 - 0.02)), (0.012, seat / 2, 0.012), colour)
        for a in (-1, 1) for b in (-1, 1)
    ]  # fmt: skip
    return Furniture("chair", (x - 0.06, z), (deep, seat, wide), tuple(boxes))


def _free_place(
    low: Float[np.ndarray, "2"], high: Float[np.ndarray, "2"], way: Float[np.ndarray, "frames 2"],
    camera: Float[np.ndarray, "frames 2"], size: float, taken: list[Float[np.ndarray, "2"]], rng: Generator,
) -> Float[np.ndarray, "2"]:  # fmt: skip
    """Choose a place that blocks neither the way nor the sight; the best of some if none is quite free."""
    half = 0.5 * size + 0.05
    spots = rng.uniform(low + half, high - half, (200, 2))
    stops = np.linspace(0, len(way) - 1, 20).astype(int)
    along = np.linspace(0.0, 1.0, 12)[:, None, None]
    lines = (camera[stops] + along * (way[stops] - camera[stops])).reshape(-1, 2)
    far = np.linalg.norm(spots[:, None] - lines, axis=-1).min(axis=1)
    for other in taken:
        far = np.minimum(far, np.linalg.norm(spots - other, axis=-1) - 0.5)
    wanted = CLEARANCE + half
    return np.asarray(spots[int(np.argmax(far >= wanted)) if (far >= wanted).any() else int(np.argmax(far))])
