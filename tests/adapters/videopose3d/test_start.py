"""The first guess."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_sight import STATURE, made_clip

from adapters.videopose3d.start import move_to_depth, place_body, stature_from_depth, without_gaps


def test_exact_rays_and_shape_give_the_exact_place() -> None:
    made = made_clip(0.5, still=True)
    # the network's own joints are not the centres: without offsets the rays are exact
    away = made.points - made.sight.centre[:, None]
    exact = replace(made.sight, rays=away / np.linalg.norm(away, axis=2, keepdims=True))
    np.testing.assert_allclose(place_body(exact, STATURE), made.points, atol=1e-6)


@pytest.mark.parametrize("stature", [1.2, 1.75, 2.0])
def test_a_body_twice_as_tall_is_put_twice_as_far(stature: float) -> None:
    made = made_clip(0.4, still=True)
    small, tall = place_body(made.sight, stature), place_body(made.sight, 2.0 * stature)
    centre = made.sight.centre[:, None]
    np.testing.assert_allclose(tall - centre, 2.0 * (small - centre), atol=1e-6)


def test_depth_shows_how_tall_the_person_is() -> None:
    made = made_clip(0.5, still=True)
    assert stature_from_depth(made.sight) == pytest.approx(STATURE, rel=0.02)


def test_without_depth_nothing_is_said_of_stature() -> None:
    made = made_clip(0.4)
    blind = replace(made.sight, sureness=np.zeros_like(made.sight.sureness))
    assert np.isnan(stature_from_depth(blind))


def test_depth_moves_a_body_that_stands_too_far() -> None:
    made = made_clip(0.5, still=True)
    centre = made.sight.centre[:, None]
    far = made.points + 0.3 * (made.points - centre) / np.linalg.norm(made.points - centre, axis=2, keepdims=True)
    moved = move_to_depth(far, made.sight, STATURE)
    assert np.linalg.norm(moved - made.points, axis=2).mean() < 0.1 < np.linalg.norm(far - made.points, axis=2).mean()


def test_frames_with_too_few_rays_are_filled_from_their_neighbours() -> None:
    made = made_clip(0.5)
    visibility = made.sight.visibility.copy()
    visibility[5] = 0.0
    body = place_body(replace(made.sight, visibility=visibility), STATURE)
    assert np.isnan(body[5]).all()
    filled = without_gaps(body, made.sight.time)
    np.testing.assert_allclose(filled[5], (body[4] + body[6]) / 2.0, atol=1e-9)
