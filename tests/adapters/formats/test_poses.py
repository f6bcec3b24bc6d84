from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from adapters.formats.poses import pose_matrix
from schemas.errors import CaptureError

ANGLES = st.floats(-3.1, 3.1)


@given(st.tuples(ANGLES, ANGLES, ANGLES), st.tuples(ANGLES, ANGLES, ANGLES))
def test_columns_are_read_as_columns(turn: tuple[float, ...], place: tuple[float, ...]) -> None:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", turn).as_matrix()
    pose[:3, 3] = place
    np.testing.assert_array_equal(pose_matrix(tuple(pose.T.ravel()), "x", "anchor"), pose)


def test_a_row_major_pose_is_refused() -> None:
    pose = np.eye(4)
    pose[:3, 3] = (1.0, 2.0, 3.0)
    with pytest.raises(
        CaptureError, match=r"anchor: expected a rigid pose.*found a row-major one.*elements 12, 13, 14"
    ):
        pose_matrix(tuple(pose.ravel()), "x", "anchor")


@pytest.mark.parametrize("scale", [0.0, 2.0, -1.0])
def test_a_scaled_or_mirrored_pose_is_refused(scale: float) -> None:
    pose = np.diag([scale, 1.0, 1.0, 1.0])
    with pytest.raises(CaptureError, match=r"rigid"):
        pose_matrix(tuple(pose.ravel()), "x", "anchor")
