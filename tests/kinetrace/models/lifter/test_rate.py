from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.lifter.rate import at_film_rate, at_training_rate


def rays_at(time: np.ndarray) -> np.ndarray:
    angle = 0.2 * np.sin(2.0 * time)
    return np.repeat(np.stack((np.cos(angle), np.zeros_like(angle), np.sin(angle)), 1)[:, None], 19, axis=1)


@settings(max_examples=30, deadline=None)
@given(fps=st.floats(12.0, 240.0), frames=st.integers(1, 90))
def test_a_smooth_motion_comes_through_any_rate(fps: float, frames: int) -> None:
    time = np.arange(frames) / fps
    rays, sure = at_training_rate(rays_at(time), np.ones((frames, 19)), fps)
    assert (len(rays) - 1) / 30.0 >= time[-1] - 1e-9
    np.testing.assert_allclose(sure, 1.0, atol=1e-9)
    back = at_film_rate(rays, frames, fps)
    assert back.shape == (frames, 19, 3)
    np.testing.assert_allclose(back, rays_at(time), atol=0.02)


def test_at_thirty_hertz_nothing_is_touched() -> None:
    rays, sure = np.random.default_rng(0).normal(size=(7, 19, 3)), np.ones((7, 19))
    assert at_training_rate(rays, sure, 30.0)[0] is rays
    assert at_film_rate(rays, 7, 30.0) is rays


def test_sixty_hertz_by_hand_a_quarter_a_half_a_quarter() -> None:
    rays = np.zeros((3, 19, 3))
    rays[:, :, 0] = 1.0
    rays[0, :, 2], rays[2, :, 2] = 0.4, 0.8  # middle frame straight ahead
    found, sure = at_training_rate(rays, np.ones((3, 19)), 60.0)
    # First step: weights 1 and 1/2 of frames 0 and 1; last step: 1/2 and 1 of frames 1 and 2.
    want = np.array([1.0, 0.0, (0.4 + 0.5 * 0.0) / 1.5])
    np.testing.assert_allclose(found[0, 0], want / np.linalg.norm(want))
    assert len(found) == 2 and np.all(sure == 1.0)


def test_a_missing_point_does_not_pull_at_its_ray_but_lowers_trust() -> None:
    rays, sure = rays_at(np.arange(9) / 60.0), np.ones((9, 19))
    rays[4, 3], sure[4, 3] = 0.0, 0.0
    found, trust = at_training_rate(rays, sure, 60.0)
    np.testing.assert_allclose(found[2, 3], rays_at(np.array([4 / 60.0]))[0, 0], atol=1e-3)
    assert trust[2, 3] == pytest.approx(0.5) and trust[2, 4] == pytest.approx(1.0)
    sure[:, 5] = 0.0
    found, trust = at_training_rate(rays, sure, 60.0)
    assert not found[:, 5].any() and not trust[:, 5].any()
