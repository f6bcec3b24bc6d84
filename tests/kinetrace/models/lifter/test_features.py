from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.heading import from_heading
from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.features import FEATURES, bearing, seen

POINTS = len(KEYPOINTS)


def clip(frames: int = 12, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Someone three metres ahead (X), points within half a metre of the middle."""
    generator = torch.Generator().manual_seed(seed)
    rays = torch.tensor([3.0, 0.0, 0.0]) + 0.5 * (torch.rand(2, frames, POINTS, 3, generator=generator) - 0.5)
    return torch.nn.functional.normalize(rays, dim=-1), torch.ones(2, frames, POINTS)


@settings(max_examples=25, deadline=None)
@given(yaw=st.floats(-3.0, 3.0))
def test_where_the_camera_heads_changes_the_yaw_and_nothing_else(yaw: float) -> None:
    rays, sure = clip()
    turned = seen(from_heading(rays, torch.full(sure.shape, yaw)), sure)
    straight = seen(rays, sure)
    torch.testing.assert_close(turned.features, straight.features, atol=2e-4, rtol=1e-3)
    off = (turned.yaw - straight.yaw - yaw + math.pi) % (2 * math.pi) - math.pi
    assert float(off.abs().max()) < 1e-4


def test_a_missing_point_is_zeros_whatever_its_ray_says() -> None:
    rays, sure = clip()
    sure[:, 3:7, 4] = 0.0
    other = rays.clone()
    other[:, 3:7, 4] = torch.tensor([-0.3, 0.8, 0.1])
    torch.testing.assert_close(seen(rays, sure).features, seen(other, sure).features)
    assert not seen(rays, sure).features[:, 3:7, 4 * 5 : 5 * 5].any()


def test_hand_computed_features_of_one_point_to_the_right_and_up() -> None:
    # All points at tangent 0 but the nose, 0.3 to the right and 0.4 up of it.
    rays = torch.zeros(1, 1, POINTS, 3)
    rays[..., 0] = 1.0
    rays[0, 0, 0] = torch.tensor([1.0, 0.4, 0.3])
    sure = torch.ones(1, 1, POINTS)
    sure[0, 0, 1:] = 1e-6  # the nose alone gives bearing and height
    found = seen(rays, sure)
    assert float(found.yaw) == pytest.approx(-math.atan2(0.3, 1.0), abs=1e-4)
    assert float(found.features[0, 0, 5 * POINTS]) == pytest.approx(0.4 / math.hypot(1.0, 0.3), abs=1e-4)
    assert found.features.shape == (1, 1, FEATURES)


def test_a_clip_of_nothing_has_finite_features() -> None:
    found = seen(torch.zeros(1, 4, POINTS, 3), torch.zeros(1, 4, POINTS))
    assert bool(found.features.isfinite().all()) and bool(found.yaw.isfinite().all())


def test_a_point_behind_the_camera_is_none_of_the_person() -> None:
    rays, sure = clip()
    rays[:, :, 7] = torch.tensor([-1.0, 0.0, 0.0])
    torch.testing.assert_close(seen(rays, sure).features[..., 35:40], torch.zeros(2, 12, 5))


def test_the_bearing_passes_half_a_turn_without_a_jump() -> None:
    angle = torch.linspace(2.8, 3.6, 30)
    unit = torch.stack((torch.cos(angle), torch.zeros(30), -torch.sin(angle)), -1)[None, :, None].repeat(
        1, 1, POINTS, 1
    )
    yaw = bearing(unit, torch.ones(1, 30, POINTS))
    assert float(yaw.diff(dim=1).abs().max()) < 0.05
