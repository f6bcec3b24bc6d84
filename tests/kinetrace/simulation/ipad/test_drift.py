"""Recorded poses wander a little from the true ones and drift with the way."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.simulation.ipad.drift import capture_path
from kinetrace.simulation.ipad.session import Wish, make_session


@pytest.mark.parametrize(("camera", "limit"), [("tripod", 0.02), ("hand_held", 0.10)])
def test_recorded_poses_are_near_the_true_ones(camera: str, limit: float) -> None:
    for seed in range(6):
        session = make_session("gait", 4.0, seed, Wish(view="side", camera=camera))  # type: ignore[arg-type]
        true = capture_path(session.camera, session.world)
        off = np.linalg.norm(session.recorded.position - true.position, axis=-1)
        assert 1e-5 < float(off.max()) < limit
        turn = np.trace(session.recorded.rotation.swapaxes(1, 2) @ true.rotation, axis1=1, axis2=2)
        assert float(np.degrees(np.arccos(np.clip(0.5 * (turn - 1), -1, 1))).max()) < 1.5


def test_points_move_with_the_camera_that_sees_them() -> None:
    session = make_session("squat", 2.6, 3, Wish())
    true = capture_path(session.camera, session.world)
    point = np.tile([0.3, -1.0, 2.0], (len(true.position), 1))
    seen = np.einsum("fji,fj->fi", true.rotation, point - true.position)
    drifted = np.einsum("fji,fj->fi", session.recorded.rotation, session.drift.apply(point) - session.recorded.position)
    np.testing.assert_allclose(seen, drifted, atol=1e-9)


def test_the_session_began_near_where_it_is_filmed_from() -> None:
    session = make_session("squat", 2.6, 3, Wish())
    assert float(np.linalg.norm(session.recorded.position[0])) < 0.6
    assert session.world.offset[1] == pytest.approx(-session.camera.position[0, 1], abs=0.1)
