from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from schemas.capture import Plane
from stages.s01_alignment.planes import corners, height_under, plane_pose, tilt_deg

Make = Callable[..., Plane]


def test_the_centre_is_local_and_the_extent_turns_about_the_normal(make_plane: Make) -> None:
    made = make_plane(0.5, turn=np.pi / 2, size=(2.0, 1.0)).model_copy(update={"center": (1.0, 0.0, 0.0)})
    pose = plane_pose(made)
    np.testing.assert_allclose(pose.center, [0.0, 0.5, -1.0], atol=1e-12)  # local x points to -z after +90° about y
    box = corners(pose)
    np.testing.assert_allclose(np.ptp(box, axis=0), [1.0, 0.0, 2.0], atol=1e-12)


def test_rotation_on_y_turns_the_corners(make_plane: Make) -> None:
    box = corners(plane_pose(make_plane(0.0, extent_turn=np.pi / 2, size=(2.0, 1.0))))
    np.testing.assert_allclose(np.ptp(box, axis=0), [1.0, 0.0, 2.0], atol=1e-12)


@pytest.mark.parametrize("tilt", [0.0, 0.01, 0.3, 1.2])
@pytest.mark.parametrize("turn", [-3.0, 0.0, 1.0])
def test_the_tilt_is_what_it_was_made_with(make_plane: Make, tilt: float, turn: float) -> None:
    made = plane_pose(make_plane(0.0, turn=turn, tilt=tilt, extent_turn=turn / 2))
    assert tilt_deg(made.normal) == pytest.approx(np.degrees(tilt), abs=1e-5)


def test_the_height_under_a_point_follows_the_slope() -> None:
    normal = np.array([-0.1, 1.0, 0.0]) / np.sqrt(1.01)  # rises 0.1 m a metre along x
    assert height_under(np.array([0.0, 0.5, 0.0]), normal, np.array([2.0, 9.0, 1.0])) == pytest.approx(0.7)
