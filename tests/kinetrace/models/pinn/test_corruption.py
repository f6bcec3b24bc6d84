from __future__ import annotations

import math

import pytest
import torch
from made_pinn import made_recording, tiny_params

from kinetrace.models.pinn.corruption import axis_spread, corrupt
from kinetrace.models.pinn.joints import LEFT_HIP, PELVIS, RIGHT_HIP

FPS = torch.tensor([30.0] * 64)
CLEAN = torch.from_numpy(made_recording(40).positions)[None].expand(64, -1, -1, -1)
PRESENT = torch.ones(64, 40, 17, dtype=torch.bool)


def corrupted(seed: int = 0, **changed: object) -> tuple[torch.Tensor, torch.Tensor]:
    return corrupt(CLEAN, PRESENT, FPS, tiny_params(**changed), torch.Generator().manual_seed(seed))


def test_the_spread_gives_the_distance() -> None:
    assert axis_spread(2 * math.sqrt(2 / math.pi)) == pytest.approx(1.0)
    noise = axis_spread(0.02) * torch.randn(200_000, 3, generator=torch.Generator().manual_seed(1))
    assert float(torch.linalg.vector_norm(noise, dim=-1).mean()) == pytest.approx(0.02, rel=0.01)


def test_noise_reaches_from_nothing_to_the_largest() -> None:
    positions, _ = corrupted(noise_mm=20.0)
    far = torch.linalg.vector_norm(positions - CLEAN, dim=-1).mean(dim=(1, 2)) * 1000
    assert float(far.min()) < 2.0
    assert 17.0 < float(far.max()) < 21.5
    assert float(far.mean()) == pytest.approx(10.0, abs=2.0)


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    (a, seen), (b, seen_again), (c, _) = corrupted(1), corrupted(1), corrupted(2)
    assert torch.equal(a, b) and torch.equal(seen, seen_again)
    assert not torch.equal(a, c)


def test_joints_and_stretches_are_hidden_about_as_often_as_asked() -> None:
    _, throughout = corrupted(hide_joint=0.3, hide_span=0.0)
    assert 0.2 < float((~throughout).any(dim=1).float().mean()) < 0.3
    assert bool(((~throughout).all(dim=1) | throughout.all(dim=1)).all()), "throughout or not at all"
    _, stretches = corrupted(hide_joint=0.0, hide_span=0.5, span_s=0.2)
    assert 0.3 < float((~stretches).any(dim=1).float().mean()) < 0.5
    assert int((~stretches).sum(dim=1).max()) <= 7


def test_what_gives_the_window_its_frame_is_never_hidden_throughout() -> None:
    _, visible = corrupted(hide_joint=0.9, hide_span=0.0)
    assert bool(visible[:, :, [PELVIS, LEFT_HIP, RIGHT_HIP]].all())


def test_what_was_not_recorded_stays_hidden() -> None:
    present = PRESENT.clone()
    present[:, 3, 8] = False
    _, visible = corrupt(CLEAN, present, FPS, tiny_params(), torch.Generator().manual_seed(0))
    assert not bool(visible[:, 3, 8].any())
