"""RoomPlan's `CapturedRoom`: its floor, or the bottoms of its walls, and its chairs, as planes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.poses import pose_matrix
from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import ROOM_JSON_BYTES
from kinetrace.store.safe_io.format_error import printable
from schemas.capture import Extent, Plane
from schemas.errors import CaptureError

STOOL_HEIGHT_M = 0.60
"""A chair's box up to this high has no back rest: its top is the seat. A higher one's seat is taken at half height
(a seat of 0.45 m with a back rest of 0.90 m)."""
MAX_SURFACES = 5000
"""Walls, floors or objects of one room; a large flat has some hundred."""
Number = Annotated[float, Field(ge=-1e4, le=1e4)]


class Surface(BaseModel):
    """A floor, wall or object; what else RoomPlan says of it is not needed."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
    identifier: str = "unnamed"
    category: str | dict[str, Any] = "unknown"
    dimensions: tuple[Number, Number, Number]
    transform: tuple[Number, ...] = Field(min_length=16, max_length=16)

    def kind(self) -> str:
        """Give the category's name: newer versions write `{"chair": {}}`, older ones `"chair"`."""
        return self.category if isinstance(self.category, str) else next(iter(self.category), "unknown")

    def pose(self) -> Float[np.ndarray, "4 4"]:
        """Give the pose as a matrix (the file's is column-major)."""
        return pose_matrix(self.transform, "room.json", f"{self.identifier}.transform")


class CapturedRoom(BaseModel):
    """The parts of `room.json` that are used."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
    floors: tuple[Surface, ...] = ()
    walls: tuple[Surface, ...] = ()
    objects: tuple[Surface, ...] = ()


def read_room(path: Path) -> tuple[Plane, ...]:
    """Read `room.json` as planes in the capture's world: floors (else one at the walls' bottoms) and seats.

    Raises:
        CaptureError: Unreadable, or a field does not fit.
    """
    value = parse_json(decode_text(path, read_raw(path, ROOM_JSON_BYTES)), str(path))
    many = {name: one for name, one in value.items() if isinstance(one, list)} if isinstance(value, dict) else {}
    for name, surfaces in many.items():
        if len(surfaces) > MAX_SURFACES:
            raise CaptureError(
                where=str(path), field=printable(name, 80), expected=f"at most {MAX_SURFACES} surfaces",
                found=f"{len(surfaces)}", fix="Scan one room at a time.",
            )  # fmt: skip
    room = validate_json(value, TypeAdapter(CapturedRoom), str(path))
    floors = tuple(_floor(surface) for surface in room.floors)
    if not floors and room.walls:
        floors = (_wall_bottoms(room.walls),)
    return floors + tuple(_seat(one) for one in room.objects if one.kind() in ("chair", "stool", "sofa"))


def _floor(surface: Surface) -> Plane:
    """A RoomPlan surface's normal is its local Z; a plane's here is local Y."""
    pose = surface.pose()
    turned = np.eye(4)
    turned[:3, 0], turned[:3, 1], turned[:3, 2] = pose[:3, 0], pose[:3, 2], -pose[:3, 1]
    turned[:3, 3] = pose[:3, 3]
    if turned[1, 1] < 0.0:  # a floor faces up
        turned[:3, 1:3] *= -1.0
    return _plane(f"room:{surface.identifier}", turned, surface.dimensions[0], surface.dimensions[1], "floor")


def _wall_bottoms(walls: tuple[Surface, ...]) -> Plane:
    corners = []
    for wall in walls:
        pose = wall.pose()
        for end in (-0.5, 0.5):
            corners.append(
                pose[:3, 3] + end * wall.dimensions[0] * pose[:3, 0] - 0.5 * wall.dimensions[1] * pose[:3, 1]
            )
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    pose = np.eye(4)
    pose[:3, 3] = (low + high) / 2
    pose[1, 3] = float(np.median([corner[1] for corner in corners]))
    return _plane("room:wall_bottoms", pose, float(high[0] - low[0]), float(high[2] - low[2]), "floor")


def _seat(chair: Surface) -> Plane:
    pose = chair.pose()
    height = chair.dimensions[1]
    if height <= STOOL_HEIGHT_M:
        pose[:3, 3] += 0.5 * height * pose[:3, 1]
    return _plane(f"room:{chair.identifier}", pose, chair.dimensions[0], chair.dimensions[2], "seat")


def _plane(
    identifier: str, pose: Float[np.ndarray, "4 4"], width: float, depth: float, kind: Literal["floor", "seat"]
) -> Plane:
    return Plane(
        identifier=identifier,
        transform=tuple(float(v) for v in pose.T.ravel()),
        alignment="horizontal",
        center=(0.0, 0.0, 0.0),
        extent=Extent(width=width, height=depth),
        classification=kind,
    )
