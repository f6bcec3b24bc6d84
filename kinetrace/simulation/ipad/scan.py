"""What the device makes of the room: ARKit's planes and RoomPlan's model."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy.spatial.transform import Rotation

from kinetrace.simulation.ipad.room_scene import WALL_HEIGHT, Room
from kinetrace.simulation.room import World
from schemas.capture import Extent, Plane

PLANE_M: Final = 0.004
PLANE_DEG: Final = 0.15
"""Spread of a plane's height and tilt; ARKit levels horizontal planes, so these stay level (chosen)."""

ROOM_M: Final = 0.015
"""Spread of RoomPlan's walls and objects (published tests: one to a few centimetres); its floor is as good as a plane."""

_WALL: Final = Rotation.from_euler("x", 90, degrees=True)


def scan_planes(room: Room, world: World, rng: Generator) -> tuple[Plane, ...]:
    """Give the planes ARKit would find: floor, four walls, table, seat.

    Anchors are turned and off their plane's centre, as ARKit's are, and extents end short of the room's corners.
    """
    (x0, z0), (x1, z1) = room.low, room.high
    middle = (0.5 * (x0 + x1), 0.5 * (z0 + z1))
    found = [_level("floor", (middle[0], 0.0, middle[1]), (0.92 * (x1 - x0), 0.92 * (z1 - z0)), world, rng)]
    for piece in room.furniture:
        kind = {"table": "table", "chair": "seat"}[piece.kind]
        place = (piece.place[0], piece.size[1], piece.place[1])
        found.append(_level(kind, place, (0.95 * piece.size[0], 0.95 * piece.size[2]), world, rng))
    for name, x, z, yaw, wide in _walls(room):
        upright = Rotation.from_euler("y", yaw, degrees=True) * _WALL
        off = Rotation.from_rotvec(np.radians(PLANE_DEG) * rng.standard_normal(3))
        pose = _pose(world, off * upright, np.array([x, 1.1, z]) + PLANE_M * rng.standard_normal(3))
        found.append(_plane(name, "vertical", "wall", pose, (0.0, 0.0, 0.0), (0.9 * wide, 2.0), 0.0))
    return tuple(found)


def room_plan(room: Room, world: World, rng: Generator) -> dict[str, Any]:
    """Give RoomPlan's `CapturedRoom`: a floor, walls, a table and a chair; matrices column-major."""
    (x0, z0), (x1, z1) = room.low, room.high
    floor_turn = Rotation.from_euler("x", -90, degrees=True)
    floor = _pose(world, floor_turn, np.array([0.5 * (x0 + x1), PLANE_M * rng.standard_normal(), 0.5 * (z0 + z1)]))
    walls = []
    for name, x, z, yaw, wide in _walls(room):
        place = np.array([x, 0.5 * WALL_HEIGHT, z]) + ROOM_M * rng.standard_normal(3)
        pose = _pose(world, Rotation.from_euler("y", yaw, degrees=True), place)
        walls.append(_surface(name, {"wall": {}}, (wide, WALL_HEIGHT, 0.0), pose))
    objects = []
    for piece in room.furniture:
        tall = piece.size[1] if piece.kind == "table" else 2.0 * piece.size[1]
        place = np.array([piece.place[0], 0.5 * tall, piece.place[1]]) + ROOM_M * rng.standard_normal(3)
        objects.append(
            _surface(
                piece.kind,
                {piece.kind: {}},
                (piece.size[0], tall, piece.size[2]),
                _pose(world, Rotation.identity(), place),
            )
        )
    return {
        "version": 2, "identifier": "simulated-room", "story": 0, "sections": [],
        "floors": [_surface("floor-0", {"floor": {}}, (x1 - x0, z1 - z0, 0.0), floor)],
        "walls": walls, "doors": [], "windows": [], "openings": [], "objects": objects,
    }  # fmt: skip


def _walls(room: Room) -> list[tuple[str, float, float, float, float]]:
    """Give name, X, Z, turn about the vertical [deg] and width of each wall; a wall's normal looks into the room."""
    (x0, z0), (x1, z1) = room.low, room.high
    x, z = 0.5 * (x0 + x1), 0.5 * (z0 + z1)
    wide, deep = x1 - x0, z1 - z0
    return [
        ("wall-0", x, z0, 0.0, wide), ("wall-1", x1, z, -90.0, deep),
        ("wall-2", x, z1, 180.0, wide), ("wall-3", x0, z, 90.0, deep),
    ]  # fmt: skip


def _level(
    kind: str, place: tuple[float, float, float], size: tuple[float, float], world: World, rng: Generator
) -> Plane:
    """Describe a level plane whose anchor stands beside its centre; since iOS 16 the extent's own turn is told apart."""
    turn = round(float(rng.uniform(-0.6, 0.6)), 4)
    local = np.array([*np.round(rng.uniform(-0.3, 0.3, 2), 4), 0.0])[[0, 2, 1]]
    rotation = Rotation.from_euler("y", -turn)
    centre = np.array(place) + np.array([0.0, PLANE_M * float(rng.standard_normal()), 0.0])
    pose = _pose(world, rotation, centre - rotation.apply(local))
    return _plane(kind, "horizontal", kind, pose, (float(local[0]), 0.0, float(local[2])), size, turn)


def _pose(world: World, rotation: Rotation, place: Float[np.ndarray, "3"]) -> Float[np.ndarray, "4 4"]:
    pose = np.eye(4)
    pose[:3, :3] = (Rotation.from_euler("y", world.yaw) * rotation).as_matrix()
    pose[:3, 3] = world.apply(place)
    return pose


def column_major(pose: Float[np.ndarray, "4 4"]) -> tuple[float, ...]:
    """Give a matrix as sixteen numbers, column by column, to a hundredth of a millimetre."""
    return tuple(round(float(v), 5) + 0.0 for v in pose.T.reshape(-1))


def _plane(
    name: str, alignment: str, classification: str, pose: Float[np.ndarray, "4 4"],
    centre: tuple[float, float, float], size: tuple[float, float], turn: float,
) -> Plane:  # fmt: skip
    return Plane.model_validate(
        {
            "identifier": name,
            "transform": column_major(pose),
            "alignment": alignment,
            "center": centre,
            "extent": Extent(width=round(size[0], 3), height=round(size[1], 3), rotation_on_y=turn),
            "classification": classification,
        }
    )


def _surface(
    name: str, category: dict[str, Any], size: tuple[float, float, float], pose: Float[np.ndarray, "4 4"]
) -> dict[str, Any]:
    return {
        "identifier": name, "category": category, "confidence": {"high": {}},
        "dimensions": [round(float(v), 4) for v in size], "transform": list(column_major(pose)),
    }  # fmt: skip
