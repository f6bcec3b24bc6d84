from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lifter import STANDING
from scipy.spatial.transform import Rotation

from kinetrace.models.lifter.judging import aligned_errors, bone_errors, joint_errors


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), size=st.floats(0.2, 5.0))
def test_turn_size_and_place_do_not_count_after_alignment(seed: int, size: float) -> None:
    random = np.random.default_rng(seed)
    truth = random.normal(size=(3, 21, 3))
    other = size * truth @ Rotation.random(random_state=seed).as_matrix() + random.normal(size=(1, 1, 3))
    assert aligned_errors(other, truth).max() < 1e-9


def test_a_mirror_image_is_not_aligned_away() -> None:
    truth = np.random.default_rng(0).normal(size=(1, 21, 3))
    assert aligned_errors(truth * [1, 1, -1], truth).mean() > 0.1


def test_one_joint_ten_centimetres_off_by_hand() -> None:
    other = STANDING[None].copy()
    other[0, 3, 1] += 0.1
    error = joint_errors(other, STANDING[None])
    assert error[0, 3] == pytest.approx(0.1) and error.sum() == pytest.approx(0.1)


def test_bones_a_fifth_too_long_by_hand_and_a_moved_body_is_not() -> None:
    truth = np.repeat(STANDING[None], 4, axis=0)
    assert bone_errors(1.2 * truth, truth).mean() == pytest.approx(0.2)
    assert bone_errors(truth + 3.0, truth).max() == pytest.approx(0.0, abs=1e-12)
