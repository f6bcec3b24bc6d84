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


def test_a_turned_and_shifted_room_stays_where_it_is(tmp_path: Path) -> None:
    """Rows taken for columns would pass on a placement that is symmetric: this one is not."""
    c, s = np.cos(0.5), np.sin(0.5)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    wall = {"category": "wall", "dimensions": [4.0, 2.4, 0.0], "transform": _pose(turn, [3.0, 0.1, -7.0])}
    chair = {"category": "chair", "dimensions": [0.5, 0.9, 0.4], "transform": _pose(turn, [2.0, -0.65, -6.0])}
    floor, seat = _read(tmp_path, walls=[wall], objects=[chair, {**chair, "category": {"table": {}}}])
    np.testing.assert_allclose(np.array(floor.transform)[12:15], [3.0, -1.1, -7.0])
    assert floor.extent.width == pytest.approx(4.0 * c) and floor.extent.height == pytest.approx(4.0 * s)
    np.testing.assert_allclose(np.array(seat.transform).reshape(4, 4).T[:3, :3], turn)
    np.testing.assert_allclose(np.array(seat.transform)[12:15], [2.0, -0.65, -6.0])


def test_a_room_of_thousands_of_walls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="walls: expected at most 5000 surfaces, found 5001"):
        _read(tmp_path, walls=[{}] * 5001)
