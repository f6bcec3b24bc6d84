"""The room's scan: planes and RoomPlan agree with the room, and the readers understand them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.formats.room import read_room
from kinetrace.simulation.ipad.session import Wish, make_session


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_planes_lie_where_the_room_has_them(seed: int) -> None:
    session = make_session("sit_to_stand", 3.0, seed, Wish())
    back = np.linalg.inv(session.world.matrix())
    heights = {"floor": 0.0, "table": 0.74, "seat": 0.45}
    for plane in session.planes:
        pose = np.array(plane.transform).reshape(4, 4).T
        normal, centre = back[:3, :3] @ pose[:3, 1], (back @ pose @ np.r_[plane.center, 1.0])[:3]
        if plane.classification == "wall":
            assert abs(normal[1]) < 0.02
            inward = np.array([np.mean([session.room.low[0], session.room.high[0]]), centre[1], 0.0]) - centre
            inward[2] = np.mean([session.room.low[1], session.room.high[1]]) - centre[2]
            assert float(normal @ inward) > 0.0
        else:
            assert normal[1] == pytest.approx(1.0, abs=1e-4)
            assert centre[1] == pytest.approx(heights[plane.classification], abs=0.025)


def test_the_floor_plane_covers_the_persons_way() -> None:
    session = make_session("gait", 4.0, 3, Wish(view="side"))
    floor = next(p for p in session.planes if p.classification == "floor")
    pose = np.array(floor.transform).reshape(4, 4).T
    way = np.c_[session.world.apply(session.truth.positions[:, 0]), np.ones(len(session.truth.time))]
    local = (np.linalg.inv(pose) @ way.T).T[:, :3] - np.array(floor.center)
    cos, sin = np.cos(floor.extent.rotation_on_y), np.sin(floor.extent.rotation_on_y)
    turned = np.stack([cos * local[:, 0] - sin * local[:, 2], sin * local[:, 0] + cos * local[:, 2]], axis=-1)
    assert (np.abs(turned) < 0.5 * np.array([floor.extent.width, floor.extent.height]) + 0.01).all()


def test_the_reader_finds_floor_and_seat_in_the_room_plan(tmp_path: Path) -> None:
    session = make_session("sit_to_stand", 3.0, 4, Wish())
    (tmp_path / "room.json").write_text(json.dumps(session.plan))
    found = {
        plane.classification: np.array(plane.transform).reshape(4, 4).T for plane in read_room(tmp_path / "room.json")
    }
    floor = session.world.matrix()[1, 3]
    assert found["floor"][1, 3] == pytest.approx(floor, abs=0.02)
    assert found["floor"][1, 1] == pytest.approx(1.0, abs=1e-4)
    assert found["seat"][1, 3] == pytest.approx(floor + 0.45, abs=0.06)


def test_a_scan_that_found_nothing_has_no_planes() -> None:
    assert make_session("squat", 3.0, 1, Wish(faults=("empty_planes",))).planes == ()
