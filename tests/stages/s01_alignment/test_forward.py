from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import joint_index
from schemas.errors import AlignmentError
from stages.s01_alignment.forward import find_forward

Make = Callable[..., np.ndarray]
TIME = np.arange(60) / 30.0


def _facing(yaw: float) -> np.ndarray:
    return Rotation.from_euler("y", yaw).apply([1.0, 0.0, 0.0])


@given(st.floats(-3.1, 3.1))
def test_standing_in_place_forward_is_where_the_pelvis_faces(yaw: float) -> None:
    hips = np.zeros((60, 21, 3), dtype=np.float32)
    right, left = joint_index("r_hip", "l_hip")
    hips[:, right] = Rotation.from_euler("y", yaw).apply([0.0, 0.9, 0.1])
    hips[:, left] = Rotation.from_euler("y", yaw).apply([0.0, 0.9, -0.1])
    found = find_forward(hips, np.full((60, 21), 2, dtype=np.uint8), TIME, 0.5)
    assert found.source == "pelvis_facing"
    np.testing.assert_allclose(found.direction, _facing(yaw), atol=1e-5)


@pytest.mark.parametrize(("yaw", "facing"), [(0.0, 0.0), (0.5, 28.65), (np.pi, 180.0)])
def test_a_walker_goes_forward_whichever_way_the_pelvis_faces(
    make_person: Make, make_marks: Make, yaw: float, facing: float
) -> None:
    positions = make_person(yaw=yaw)
    positions[:, :, 0] += np.linspace(0, 3, 60)[:, None]
    positions[:, :, 1] += np.linspace(0, 0.3, 60)[:, None]
    found = find_forward(positions, make_marks(), TIME, 0.5)
    assert found.source == "displacement" and found.displacement_m == pytest.approx(3.0)
    np.testing.assert_allclose(found.direction, [1.0, 0.0, 0.0], atol=1e-6)
    assert found.facing_deg == pytest.approx(facing, abs=0.1)


def test_where_the_person_turned_about_the_first_second_decides(make_person: Make, make_marks: Make) -> None:
    there, back = make_person(31, yaw=0.3), make_person(29, yaw=0.3 + np.pi)
    found = find_forward(np.concatenate((there, back)), make_marks(), TIME, 0.5)
    assert found.source == "first_facing"
    np.testing.assert_allclose(found.direction, _facing(0.3), atol=1e-5)


def test_missing_frames_do_not_count(make_person: Make, make_marks: Make) -> None:
    positions, valid = make_person(), make_marks()
    positions[[0, -1]], valid[[0, -1]] = 0.0, 0
    positions[0, :, 0] = 99.0
    assert find_forward(positions, valid, TIME, 0.5).source == "pelvis_facing"


def test_no_hips_and_no_travel_say_nothing(make_person: Make, make_marks: Make) -> None:
    valid = make_marks()
    valid[:, joint_index("l_hip")] = 0
    with pytest.raises(AlignmentError, match=r"travel of 0.5 m, or both hips"):
        find_forward(make_person(), valid, TIME, 0.5)
