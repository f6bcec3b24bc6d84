import numpy as np
import pytest
from made_people import HEIGHT

from kinetrace.motion.segment_parameters import FOOT_BREADTH, FOOT_LENGTH
from kinetrace.physics.kinematics import poses


def test_soles_lie_flat_on_the_floor_from_heel_to_tip(humanoid):
    soles = poses(humanoid, humanoid.standing[None]).sites[0, humanoid.sole_ids]
    assert np.abs(soles[..., 2]).max() < 1e-6
    assert np.ptp(soles[..., 0]) == pytest.approx(FOOT_LENGTH * HEIGHT, abs=1e-5)
    assert np.ptp(soles[0, :, 1]) == pytest.approx(FOOT_BREADTH * HEIGHT, abs=1e-5)


def test_inner_sole_points_face_the_other_foot(humanoid):
    left, right = poses(humanoid, humanoid.standing[None]).sites[0, humanoid.sole_ids]
    assert (left[::2, 1] < left[1::2, 1]).all()
    assert (right[::2, 1] > right[1::2, 1]).all()


def test_a_capsule_is_as_thick_as_the_segments_inertia_says(humanoid):
    """A woman's thigh: r = sqrt(2) x 0.162 of its length, 8.3 cm at 36 cm."""
    assert humanoid.model.geom("r_thigh").size[0] == pytest.approx(np.sqrt(2) * 0.162 * 368.5 / 1735 * HEIGHT, abs=1e-4)
