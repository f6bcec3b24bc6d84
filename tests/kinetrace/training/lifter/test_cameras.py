from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from kinetrace.training.lifter.cameras import (
    DISTANCE_M,
    HEIGHT_M,
    LEAST_M,
    PITCH_DEG,
    SWAY_M,
    TILT_DEG,
    draw_cameras,
    tilted,
    wander,
)


def walkers(clips: int = 300, frames: int = 50, way: float = 2.0) -> torch.Tensor:
    pelvis = torch.zeros(clips, frames, 3)
    pelvis[..., 0], pelvis[..., 1] = torch.linspace(-way / 2, way / 2, frames), 0.54
    return pelvis


def test_cameras_stand_where_an_ipad_stands() -> None:
    tall = torch.full((300,), 1.7)
    found = draw_cameras(walkers(way=0.0), torch.Generator().manual_seed(0), stature=tall)
    place = found.place * 1.7
    distance = place[:, :, (0, 2)].norm(dim=-1)
    slack = 6 * SWAY_M * 2
    assert DISTANCE_M[0] - slack < float(distance.min()) and float(distance.max()) < DISTANCE_M[1] + slack
    assert HEIGHT_M[0] - slack < float(place[..., 1].min()) and float(place[..., 1].max()) < HEIGHT_M[1] + slack
    low, high = (math.radians(end) for end in PITCH_DEG)
    assert low - 1e-6 <= float(found.pitch.min()) and float(found.pitch.max()) <= high + 1e-6
    angle = torch.atan2(-place[:, 0, 2], place[:, 0, 0])
    assert float(torch.histc(angle, 8, -math.pi, math.pi).min()) > 15  # from all around
    assert float(found.tilt.norm(dim=1).max()) <= math.radians(TILT_DEG)


def test_nobody_walks_through_the_camera() -> None:
    pelvis = walkers(way=4.0)
    found = draw_cameras(pelvis, torch.Generator().manual_seed(0), torch.zeros(300), torch.full((300,), 1.7))
    ahead = (found.place - pelvis)[..., 0]
    assert float(ahead.min()) > LEAST_M / 1.7 - 0.15


def test_a_camera_that_was_asked_for_looks_at_the_person_from_there() -> None:
    asked = torch.full((40,), math.pi / 2)
    found = draw_cameras(walkers(40, way=0.0), torch.Generator().manual_seed(0), asked)
    direction = torch.nn.functional.normalize(found.place[:, 0] * torch.tensor([1.0, 0.0, 1.0]), dim=-1)
    torch.testing.assert_close(direction, torch.tensor([[0.0, 0.0, -1.0]]).expand(40, 3), atol=0.1, rtol=0)
    assert float((found.yaw - -math.pi / 2).abs().max()) < 0.9  # its axis passes near the person


def test_the_same_generator_draws_the_same_cameras() -> None:
    first, again = (draw_cameras(walkers(5), torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first.place, again.place) and torch.equal(first.tilt, again.tilt)


def test_tilting_is_the_rotation_by_that_vector() -> None:
    vectors, tilt = torch.randn(3, 4, 5, 3), torch.tensor([[0.05, -0.02], [0.0, 0.08], [0.0, 0.0]])
    found = tilted(vectors, tilt)
    for k in range(3):
        turn = Rotation.from_rotvec([float(tilt[k, 0]), 0.0, float(tilt[k, 1])]).as_matrix()
        np.testing.assert_allclose(found[k], vectors[k].numpy() @ turn.T, atol=1e-5)


def test_a_wandering_path_is_smooth_and_of_about_unit_spread() -> None:
    path = wander(500, 61, 2, 12, torch.Generator().manual_seed(0))
    assert path.shape == (500, 61, 2)
    assert 0.7 < float(path.std()) < 1.0
    assert float(path.diff(dim=1).std()) == pytest.approx(math.sqrt(2) / 10, rel=0.1)  # 7 knots over 60 steps
    assert wander(2, 1, 1, 12, torch.Generator().manual_seed(0)).shape == (2, 1, 1)
