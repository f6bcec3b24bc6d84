"""What lies behind the surface, and what stands before it."""

from __future__ import annotations

import numpy as np
import pytest
from made_sight import STATURE, made_clip

from adapters.videopose3d.body_axes import body_axes
from adapters.videopose3d.points import POINT, POINTS
from adapters.videopose3d.shadows import clear_places
from adapters.videopose3d.surface import AT, INSIDE, LEAST_SINE, PLACES, inside, view


def test_every_points_axes_are_square_and_outward_points_away_from_the_midline() -> None:
    points = made_clip(0.3).points
    axes = body_axes(points)
    np.testing.assert_allclose(axes.swapaxes(2, 3) @ axes, np.broadcast_to(np.eye(3), axes.shape), atol=1e-9)
    right = points[:, POINT["r_hip"]] - points[:, POINT["l_hip"]]
    for name in POINTS[:-1]:
        side = (axes[:, POINT[name], :, 2] * right).sum(axis=1)
        assert (side > 0.0).all() if name.startswith("r_") else (side < 0.0).all(), name


@pytest.mark.parametrize(("azimuth", "column"), [(0.0, 0), (np.pi, 1)])
def test_seen_from_ahead_or_behind_the_chest_is_as_deep_as_its_table_says(azimuth: float, column: int) -> None:
    made = made_clip(0.3, azimuth, still=True)
    chest = [place.kind for place in PLACES].index("chest")
    parts = view(made.points, made.sight.surface_rays)[:, chest]
    assert parts[:, column].min() > 0.8
    deep = inside(made.points, made.sight.surface_rays)[:, chest]
    np.testing.assert_allclose(deep, INSIDE["chest"][column], rtol=0.15)


def test_a_bone_seen_aslant_lies_deeper() -> None:
    points = made_clip(0.3, still=True).points
    thigh = next(i for i, place in enumerate(PLACES) if place.kind == "upper_thigh")
    level = np.tile([-1.0, 0.0, 0.0], (len(points), len(PLACES), 1))
    steep = np.tile([-(0.5**0.5), -(0.5**0.5), 0.0], (len(points), len(PLACES), 1))
    up = body_axes(points)[0, POINT["r_knee"], :, 1]
    sines = [float(np.sqrt(1.0 - (way[0, 0] @ up) ** 2)) for way in (level, steep)]
    expected = max(sines[0], LEAST_SINE) / max(sines[1], LEAST_SINE)
    assert inside(points, steep)[0, thigh] / inside(points, level)[0, thigh] == pytest.approx(expected, rel=0.02)


def test_from_the_side_the_far_leg_is_hidden_and_the_near_one_is_not() -> None:
    made = made_clip(0.3, np.pi / 2.0, still=True)
    clear = clear_places(made.points, made.sight, STATURE).mean(axis=0)
    shown = {place.kind: clear[i] for i, place in enumerate(PLACES) if AT[i, POINT["r_knee"]] == 1.0}
    hidden = {place.kind: clear[i] for i, place in enumerate(PLACES) if AT[i, POINT["l_hip"]] == 1.0}
    assert shown["knee"] == 1.0
    assert hidden["hip"] == 0.0


def test_from_ahead_a_standing_persons_legs_hide_nothing_of_each_other() -> None:
    made = made_clip(0.3, 0.0, still=True)
    clear = clear_places(made.points, made.sight, STATURE)
    knees = [i for i, place in enumerate(PLACES) if place.kind == "knee"]
    assert (clear[:, knees] == 1.0).all()
