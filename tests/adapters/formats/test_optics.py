from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from adapters.formats.optics import back_project, looking_forward, scaled

K = np.array([500.0, 480.0, 320.0, 240.0])


def _pose(angles: tuple[float, float, float], place: tuple[float, float, float]) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", angles).as_matrix()
    pose[:3, 3] = place
    return pose


@given(
    st.tuples(*[st.floats(-3, 3)] * 3), st.tuples(*[st.floats(-5, 5)] * 3), st.sampled_from([0.1, 0.25, 1.0, 2.0])
)  # fmt: skip
def test_points_project_back_onto_the_middles_of_their_pixels_in_any_size(
    angles: tuple[float, float, float], place: tuple[float, float, float], ratio: float
) -> None:
    pose, optics = _pose(angles, place), scaled(K, ratio)
    depth = np.random.default_rng(3).uniform(0.3, 5.0, (6, 8))
    points = back_project(depth, optics, pose)
    local = (points - pose[:3, 3]) @ pose[:3, :3]
    np.testing.assert_allclose(local[:, 2], depth.ravel(), rtol=1e-9)
    pixels = local[:, :2] / local[:, 2:] * optics[:2] + optics[2:]
    rows, columns = np.mgrid[0:6, 0:8]
    np.testing.assert_allclose(pixels, np.stack((columns.ravel(), rows.ravel()), axis=1) + 0.5, atol=1e-6)


def test_a_view_of_half_the_size_sees_the_same_directions() -> None:
    full, half = K, scaled(K, 0.5)
    pixel = np.array([100.0, 50.0])
    np.testing.assert_allclose((pixel - full[2:]) / full[:2], (pixel / 2 - half[2:]) / half[:2])


def test_the_middle_of_an_arkit_image_lies_along_its_minus_z() -> None:
    """By hand: ARKit's camera at (1, 2, 3) without rotation sees what lies 2 m ahead at (1, 2, 1), and image-down is −Y."""
    pose = looking_forward(_pose((0, 0, 0), (1.0, 2.0, 3.0)))
    optics = np.array([10.0, 10.0, 1.5, 1.5])
    points = back_project(np.full((3, 3), 2.0), optics, pose).reshape(3, 3, 3)
    np.testing.assert_allclose(points[1, 1], [1.0, 2.0, 1.0])
    np.testing.assert_allclose(points[2, 1], [1.0, 1.8, 1.0])
    np.testing.assert_allclose(points[1, 2], [1.2, 2.0, 1.0])


def test_pixels_without_depth_give_no_point() -> None:
    depth = np.full((4, 4), np.nan)
    assert back_project(depth, K, np.eye(4)).shape == (0, 3)
    depth[2, 2] = 1.0
    assert len(back_project(depth, K, np.eye(4), stride=2)) == 1
    assert len(back_project(depth, K, np.eye(4), stride=3)) == 0
