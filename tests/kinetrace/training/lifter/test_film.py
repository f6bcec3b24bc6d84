from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from made_lifter import made_positions

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.cameras import Cameras, draw_cameras
from kinetrace.training.lifter.film import film, outside


def people(clips: int = 20, frames: int = 24) -> torch.Tensor:
    return torch.from_numpy((made_positions(frames) / 1.75).astype(np.float32)).expand(clips, frames, 21, 3)


def straight(clips: int = 1, frames: int = 1, pitch: float = 0.0) -> Cameras:
    """Two statures before the origin, one high, along X."""
    return Cameras(
        torch.tensor([-2.0, 0.5, 0.0]).expand(clips, frames, 3), torch.zeros(clips, frames), torch.full((clips,), pitch),
        torch.tensor([[0.3, 0.4]]).expand(clips, 2), torch.ones(clips), torch.zeros(clips, 2),
    )  # fmt: skip


def test_true_points_are_unit_rays_from_the_camera_to_the_joints() -> None:
    joints = people()
    cameras = draw_cameras(joints[:, :, 0], torch.Generator().manual_seed(1))
    seen = film(joints, cameras, torch.Generator().manual_seed(2), 0.0, 0.0)
    knee = joints[:, :, INDEX["l_knee"]] - cameras.place
    there = seen.confidence[:, :, KEYPOINTS.index("l_knee")] > 0
    torch.testing.assert_close(
        seen.rays[:, :, KEYPOINTS.index("l_knee")][there], torch.nn.functional.normalize(knee, dim=-1)[there]
    )
    torch.testing.assert_close(seen.positions, joints - joints[:, :, :1])


def test_outside_by_hand() -> None:
    points = torch.tensor([[[[0.0, 0.5, 0.0], [0.0, 0.5, 0.7], [0.0, 1.4, 0.0], [-3.0, 0.5, 0.0], [0.0, 1.2, 0.5]]]])
    assert outside(points, straight())[0, 0].tolist() == [False, True, True, True, False]
    # Raised by 45 degrees, the level point leaves through the lower edge.
    assert outside(points, straight(pitch=math.pi / 4))[0, 0, 0]


def test_a_wrong_up_turns_rays_and_the_wanted_answer_alike() -> None:
    joints = people(1, 6)
    level = straight(1, 6)
    wrong = dataclasses.replace(level, tilt=torch.tensor([[0.0, 0.08]]))
    first, other = (film(joints, c, torch.Generator().manual_seed(3)) for c in (level, wrong))
    there = first.confidence > 0
    before = (first.rays[:, :, 4] * first.positions[:, :, 5]).sum(-1)[there[:, :, 4]]
    after = (other.rays[:, :, 4] * other.positions[:, :, 5]).sum(-1)[there[:, :, 4]]
    torch.testing.assert_close(before, after, atol=1e-5, rtol=1e-4)
    assert float((first.positions - other.positions).abs().max()) > 0.02


def test_a_focal_length_ten_per_cent_too_short_spreads_rays_by_hand() -> None:
    joints = people(1, 1)
    wide = dataclasses.replace(straight(), focal=torch.tensor([1.1]))
    generator = lambda: torch.Generator().manual_seed(4)  # noqa: E731
    first, other = film(joints, straight(), generator()), film(joints, wide, generator())
    tangent = [c.rays[0, 0, 13, 2] / c.rays[0, 0, 13, 0] for c in (first, other)]
    assert float(tangent[1] / tangent[0]) == pytest.approx(1.1, abs=1e-4)


def test_what_is_missing_has_no_ray() -> None:
    joints = people()
    seen = film(
        joints, draw_cameras(joints[:, :, 0], torch.Generator().manual_seed(5)), torch.Generator().manual_seed(6)
    )
    assert not seen.rays[seen.confidence == 0].any()
    norm = seen.rays[seen.confidence > 0].norm(dim=-1)
    torch.testing.assert_close(norm, torch.ones_like(norm))
