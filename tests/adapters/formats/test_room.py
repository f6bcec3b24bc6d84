from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.formats.room import read_room
from schemas.errors import CaptureError


def _pose(rotation: Any, place: Any) -> list[float]:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, place
    return [float(v) for v in pose.T.ravel()]


FACING_UP = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
"""Columns: x, then −z, then y: a RoomPlan floor, whose local Z is up."""


def _read(folder: Path, **room: Any) -> Any:
    (folder / "room.json").write_text(json.dumps({"version": 2, "coreModel": "x", **room}))
    return read_room(folder / "room.json")


def test_a_floors_normal_is_its_local_z(tmp_path: Path) -> None:
    floor = {
        "identifier": "f",
        "category": {"floor": {}},
        "dimensions": [4.0, 3.0, 0.0],
        "transform": _pose(FACING_UP, [1, -1.2, 2]),
    }
    (plane,) = _read(tmp_path, floors=[floor])
    matrix = np.array(plane.transform).reshape(4, 4).T
    np.testing.assert_allclose(matrix[:3, 1], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(matrix[:3, 3], [1, -1.2, 2])
    assert plane.classification == "floor" and np.linalg.det(matrix) == pytest.approx(1.0)


def test_without_a_floor_the_walls_bottoms_are_the_floor(tmp_path: Path) -> None:
    walls = [
        {"category": "wall", "dimensions": [4.0, 2.4, 0.0], "transform": _pose(np.eye(3), [0, 0.1, z])}
        for z in (-1.0, 2.0)
    ]
    (plane,) = _read(tmp_path, walls=walls)
    np.testing.assert_allclose(np.array(plane.transform)[12:15], [0.0, 0.1 - 1.2, 0.5])
    assert (plane.extent.width, plane.extent.height) == (4.0, 3.0)


@pytest.mark.parametrize(("height", "seat"), [(0.44, 0.44), (0.90, 0.45)])
def test_a_stools_seat_is_its_top_a_chairs_is_half_way_up(tmp_path: Path, height: float, seat: float) -> None:
    chair = {
        "category": {"chair": {}},
        "dimensions": [0.5, height, 0.5],
        "transform": _pose(np.eye(3), [0, height / 2, 0]),
    }
    (plane,) = _read(tmp_path, objects=[chair])
    assert plane.classification == "seat"
    assert plane.transform[13] == pytest.approx(seat)


def test_a_row_major_transform_is_refused(tmp_path: Path) -> None:
    pose = np.eye(4)
    pose[:3, 3] = (1, 2, 3)
    floor = {"dimensions": [4.0, 3.0, 0.0], "transform": [float(v) for v in pose.ravel()]}
    with pytest.raises(CaptureError, match=r"column-major"):
        _read(tmp_path, floors=[floor])
