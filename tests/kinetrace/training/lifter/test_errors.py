from __future__ import annotations

import numpy as np
import torch
from made_lifter import STANDING

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.training.lifter.errors import marks
from kinetrace.training.lifter.points import points_of

CLIPS, FRAMES = 300, 48


def scene(clips: int = CLIPS) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Somebody who faces X, seen from the right (Z); the left limbs are behind the right ones."""
    joints = torch.from_numpy((STANDING / 1.75).astype(np.float32)).expand(clips, FRAMES, 21, 3)
    points = points_of(joints, torch.Generator().manual_seed(0), 0.0)
    camera = torch.tensor([0.0, 0.7, 2.0]).expand(clips, FRAMES, 3)
    return points, camera, torch.zeros(points.shape[:3], dtype=torch.bool)


def test_without_noise_points_are_true_and_those_outside_are_missing() -> None:
    points, camera, cut = scene(2)
    cut[1, :, 4] = True
    found = marks(points, camera, cut, torch.Generator().manual_seed(0), 0.0)
    assert torch.equal(found.places, points)
    assert torch.equal(found.confidence, (~cut).float())


def test_errors_are_as_large_as_was_measured() -> None:
    points, camera, cut = scene()
    found = marks(points, camera, cut, torch.Generator().manual_seed(0))
    off = (found.places - points)[..., :2][:, :, [KEYPOINTS.index(n) for n in ("r_shoulder", "r_hip", "r_knee")]]
    size = off.norm(dim=-1)
    assert 0.008 < float(size.median()) < 0.02  # 1.1 to 2 per cent of stature less the definitions' part
    steady = off.mean(1, keepdim=True)
    assert float(steady.std()) > float((off - steady).std()) * 0.8
    assert 0.0 < float((size < 1e-7).all(1).all(1).float().mean()) < 0.15  # some clips are perfect


def test_the_far_side_is_trusted_less_and_is_further_off() -> None:
    points, camera, cut = scene()
    found = marks(points, camera, cut, torch.Generator().manual_seed(0))
    near, far = ([KEYPOINTS.index(f"{s}_{j}") for j in ("knee", "ankle", "hip")] for s in "rl")
    assert float(found.confidence[:, :, far].mean()) < float(found.confidence[:, :, near].mean()) - 0.05
    off = (found.places - points)[..., :2].norm(dim=-1)
    assert float(off[:, :, far].mean()) > 1.2 * float(off[:, :, near].mean())


def test_confidence_lies_between_nothing_and_one_and_some_points_go_missing() -> None:
    points, camera, cut = scene()
    sure = marks(points, camera, cut, torch.Generator().manual_seed(0)).confidence
    assert float(sure.min()) == 0.0 and float(sure.max()) <= 1.0
    assert 0.005 < float((sure == 0).float().mean()) < 0.1


def test_what_is_cut_off_is_doubted_or_missing() -> None:
    points, camera, cut = scene()
    cut[:, :, 10] = True
    sure = marks(points, camera, cut, torch.Generator().manual_seed(0)).confidence
    assert float((sure[:, :, 10] == 0).float().mean()) > 0.4
    assert float(sure[:, :, 10].mean()) < float(sure[:, :, 9].mean()) - 0.2


def test_the_same_generator_makes_the_same_errors() -> None:
    points, camera, cut = scene(4)
    first, again = (marks(points, camera, cut, torch.Generator().manual_seed(9)) for _ in range(2))
    assert torch.equal(first.places, again.places) and torch.equal(first.confidence, again.confidence)
