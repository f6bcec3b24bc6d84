from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lifter import STANDING
from scipy.spatial.transform import Rotation

from kinetrace.models.lifter.judging import aligned_errors, bone_variation, joint_errors


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


def test_a_bone_that_stretches_varies_and_a_rigid_body_does_not() -> None:
    still = np.repeat(STANDING[None], 4, axis=0)
    assert bone_variation(still + np.arange(4.0)[:, None, None]) == pytest.approx(0.0, abs=1e-12)
    # Everything half again as long in every second frame: deviation 0.25 of a mean of 1.25.
    still[1::2] *= 1.5
    assert bone_variation(still) == pytest.approx(0.2)
