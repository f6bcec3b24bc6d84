"""Pixels and rays."""

from __future__ import annotations

import numpy as np
from made_sight import made_clip

from adapters.videopose3d.rays import project, rays
from adapters.videopose3d.recording import Cameras


def test_a_point_lies_on_the_ray_of_its_pixel() -> None:
    made = made_clip(0.4)
    directions, cosine = rays(project(made.points, made.cameras), made.cameras)
    centre = made.cameras.world_from_camera[:, None, :3, 3]
    away = made.points - centre
    np.testing.assert_allclose(directions * np.linalg.norm(away, axis=2)[..., None], away, atol=1e-9)
    depth = (away * made.cameras.world_from_camera[:, None, :3, 2]).sum(axis=2)
    np.testing.assert_allclose(cosine * np.linalg.norm(away, axis=2), depth, atol=1e-9)


def test_by_hand_a_pixel_one_focal_length_right_is_45_degrees_right() -> None:
    camera = Cameras(np.array([[100.0, 100.0, 50.0, 40.0]]), np.eye(4)[None], gravity_known=True)
    directions, cosine = rays(np.array([[[150.0, 40.0]]]), camera)
    np.testing.assert_allclose(directions[0, 0], (0.5**0.5, 0.0, 0.5**0.5))
    np.testing.assert_allclose(cosine[0, 0], 0.5**0.5)


def test_behind_the_camera_and_unseen_points_have_no_pixel_and_no_ray() -> None:
    camera = Cameras(np.array([[100.0, 100.0, 50.0, 40.0]]), np.eye(4)[None], gravity_known=True)
    assert np.isnan(project(np.array([[[0.0, 0.0, -1.0]]]), camera)).all()
    assert np.isnan(rays(np.array([[[np.nan, 1.0]]]), camera)[0]).any()
