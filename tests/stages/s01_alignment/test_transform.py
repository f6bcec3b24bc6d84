from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.capture import Plane
from stages.s01_alignment.transform import apply, apply_to_motion, room_centre, world_transform


@given(st.floats(-3.1, 3.1), st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9)))
def test_the_transform_is_rigid_and_takes_forward_to_x(yaw: float, origin: tuple[float, float, float]) -> None:
    forward = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    matrix = world_transform(forward, np.array(origin))
    turn = matrix[:3, :3]
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) > 0.999
    np.testing.assert_allclose(apply(matrix, np.array(origin)), 0.0, atol=1e-9)
    np.testing.assert_allclose(turn @ forward, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(turn @ [0, 1, 0], [0, 1, 0], atol=1e-12)


def test_walking_towards_minus_z_right_is_plus_x() -> None:
    matrix = world_transform(np.array([0.0, 0.0, -1.0]), np.zeros(3))
    np.testing.assert_allclose(matrix[:3, :3] @ [1.0, 0.0, 0.0], [0, 0, 1])


def test_missing_joints_stay_zero() -> None:
    valid = np.zeros((2, 21), dtype=np.uint8)
    valid[0, 3] = 1
    moved = apply_to_motion(
        world_transform(np.array([1.0, 0, 0]), np.ones(3)), np.zeros((2, 21, 3), dtype=np.float32), valid
    )
    np.testing.assert_array_equal(moved[0, 3], [-1, -1, -1])
    assert moved.dtype == np.float32 and np.count_nonzero(moved) == 3


def test_the_room_is_the_planes_else_the_points_else_nothing(make_plane: Callable[..., Plane]) -> None:
    none = np.zeros((0, 3), dtype=np.float32)
    planes = (make_plane(0.0, at=(1.0, 2.0), size=(2.0, 1.0)), make_plane(0.7, at=(3.0, 2.0), size=(2.0, 1.0)))
    np.testing.assert_allclose(room_centre(planes, none), [2.0, 0.35, 2.0])  # type: ignore[arg-type]
    points = np.random.default_rng(0).uniform(0, 4, (5000, 3)).astype(np.float32)
    np.testing.assert_allclose(room_centre((), points), 2.0, atol=0.05)  # type: ignore[arg-type]
    assert room_centre((), none) is None
