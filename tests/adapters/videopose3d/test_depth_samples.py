"""Sampling a depth image at places of the film."""

from __future__ import annotations

import numpy as np

from adapters.videopose3d.depth_samples import sample

SIZE = (640, 480)


def _flat(metres: float) -> tuple[np.ndarray, np.ndarray]:
    return np.full((192, 256), metres, np.float32), np.full((192, 256), 2, np.uint8)


def test_a_flat_confident_wall_is_its_distance_and_sure() -> None:
    depth, sure = sample(*_flat(2.5), np.array([[320.0, 240.0], [10.0, 470.0]]), SIZE)
    np.testing.assert_allclose(depth, 2.5, atol=1e-6)
    np.testing.assert_allclose(sure, 1.0)


def test_places_scale_with_the_image() -> None:
    depth, confidence = _flat(3.0)
    depth[90:103, 120:133] = 2.0
    found, _ = sample(depth, confidence, np.array([[316.0, 241.0], [420.0, 241.0]]), SIZE)
    np.testing.assert_allclose(found, [2.0, 3.0], atol=1e-6)


def test_an_edge_through_the_patch_makes_it_unsure() -> None:
    depth, confidence = _flat(4.0)
    depth[:, :128] = 2.0
    _, sure = sample(depth, confidence, np.array([[320.5, 240.0], [100.0, 240.0]]), SIZE)
    assert sure[0] < 0.05 < sure[1]


def test_what_is_not_confident_far_outside_or_unseen_gives_nothing() -> None:
    depth, confidence = _flat(2.0)
    confidence[:50] = 0
    depth[150:] = 9.0
    places = np.array([[320.0, 50.0], [320.0, 450.0], [-5.0, 200.0], [640.0, 200.0], [np.nan, 1.0]])
    found, sure = sample(depth, confidence, places, SIZE)
    assert np.isnan(found).all()
    assert (sure == 0.0).all()


def test_a_medium_confidence_says_less() -> None:
    depth, confidence = _flat(2.0)
    confidence[:] = 1
    _, sure = sample(depth, confidence, np.array([[320.0, 240.0]]), SIZE)
    assert 0.0 < sure[0] < 0.5
