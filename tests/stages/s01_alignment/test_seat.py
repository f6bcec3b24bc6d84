from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from schemas.capture import Plane
from stages.s01_alignment.seat import find_seat
from stages.s01_alignment.transform import world_transform

PELVIS = np.tile((0.0, 0.9, 0.0), (10, 1))
SEEN = np.full(10, 2, dtype=np.uint8)


def test_the_nearest_seat_of_believable_height_is_taken(make_plane: Callable[..., Plane]) -> None:
    planes = (
        make_plane(0.45, "seat", "far", at=(0.6, 0.0), size=(0.4, 0.4)),
        make_plane(0.47, "seat", "near", at=(-0.2, 0.0), size=(0.4, 0.5), turn=0.3, extent_turn=0.2),
        make_plane(0.02, "seat", "cushion", size=(0.4, 0.4)),
        make_plane(0.45, "table", "table", size=(0.4, 0.4)),
    )
    seat = find_seat(planes, np.eye(4), PELVIS, SEEN)
    assert seat is not None and seat.source == "scan_plane"
    assert seat.height_m == pytest.approx(0.47) and (seat.width_m, seat.depth_m) == (0.4, 0.5)
    assert seat.yaw_rad == pytest.approx(0.5)


def test_the_seat_turns_and_moves_with_the_world(make_plane: Callable[..., Plane]) -> None:
    matrix = world_transform(np.array([0.0, 0.0, -1.0]), np.array([1.0, -1.0, 2.0]))
    plane = make_plane(-0.55, "seat", "room:chair", at=(1.0, 2.0), size=(0.4, 0.4))
    seat = find_seat((plane,), matrix, PELVIS, SEEN)
    assert seat is not None and seat.source == "room"
    np.testing.assert_allclose(seat.center, [0.0, 0.45, 0.0], atol=1e-12)
    assert abs(seat.yaw_rad) == pytest.approx(np.pi / 2)


def test_someone_elses_chair_is_no_seat(make_plane: Callable[..., Plane]) -> None:
    assert find_seat((make_plane(0.45, "seat", at=(3.0, 0.0), size=(0.4, 0.4)),), np.eye(4), PELVIS, SEEN) is None
