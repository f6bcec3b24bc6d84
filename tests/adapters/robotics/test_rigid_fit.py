from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from adapters.robotics.rigid_fit import carry_point

MARKERS = np.array([[0.0, 0.0, 0.0], [0.0, 0.3, 0.0], [0.1, 0.1, 0.0], [0.0, 0.2, 0.12], [-0.1, 0.25, 0.05]])
POINT = np.array([0.02, -0.1, 0.05])


def _moved(rotation: Rotation, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turn = rotation.as_matrix()
    return np.einsum("tij,mj->tmi", turn, MARKERS) + shift[:, None], np.einsum("tij,j->ti", turn, POINT) + shift


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31))
def test_the_point_moves_as_its_segment_whichever_three_markers_are_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames, point = _moved(Rotation.random(6, rng=rng), rng.normal(size=(6, 3)))
    for row in frames:
        row[rng.permutation(5)[: rng.integers(0, 3)]] = np.nan
    np.testing.assert_allclose(carry_point(MARKERS, frames, POINT), point, atol=1e-9)


def test_a_marker_that_slipped_is_left_out() -> None:
    rng = np.random.default_rng(0)
    frames, point = _moved(Rotation.random(4, rng=rng), rng.normal(size=(4, 3)))
    frames[2, 1] += (0.2, 0.1, 0.0)
    np.testing.assert_allclose(carry_point(MARKERS, frames, POINT), point, atol=1e-9)


def test_two_markers_or_three_in_a_line_say_nothing() -> None:
    frames = np.repeat(MARKERS[None], 2, axis=0)
    frames[0, 2:] = np.nan
    line = np.array([[0.0, 0.0, 0.0], [0.0, 0.1, 0.0], [0.0, 0.2, 0.0]])
    assert np.isnan(carry_point(MARKERS, frames, POINT)[0]).all()
    assert np.isfinite(carry_point(MARKERS, frames, POINT)[1]).all()
    assert np.isnan(carry_point(line, line[None], POINT)).all()


def test_a_mirror_image_is_never_the_answer() -> None:
    mirrored = MARKERS * (1.0, 1.0, -1.0)
    carried = carry_point(MARKERS, mirrored[None], POINT)[0]
    assert np.linalg.norm(carried - POINT * (1.0, 1.0, -1.0)) > 0.01
