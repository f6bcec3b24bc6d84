from __future__ import annotations

import pytest
import torch
from made_lifter import TINY

from kinetrace.training.lifter.loss import lifting_loss


def made(frames: int = 4) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    wanted = torch.randn(2, frames, 21, 3, generator=generator)
    wanted[:, :, 0] = 0.0
    return wanted, torch.full((2, frames, 20), 0.1), torch.ones(2, frames)


def test_the_truth_costs_nothing_but_its_spread() -> None:
    wanted, spread, weight = made()
    _, error = lifting_loss(wanted, spread, wanted, weight, TINY)
    assert float(error) == pytest.approx(0.0, abs=2e-5)


def test_one_joint_off_by_hand() -> None:
    wanted, spread, weight = made()
    other = wanted.clone()
    other[:, :, 5, 1] += 0.2
    _, error = lifting_loss(other, spread, wanted, weight, TINY)
    assert float(error) == pytest.approx(0.2 / 20, abs=2e-5)


def test_the_best_spread_is_the_mean_error() -> None:
    wanted, _, weight = made()
    other = wanted + 0.1 / 3**0.5
    other[:, :, 0] = 0.0
    losses = [float(lifting_loss(other, torch.full((2, 4, 20), s), wanted, weight, TINY)[0]) for s in (0.05, 0.1, 0.2)]
    assert losses[1] < min(losses[0], losses[2])


def test_shaking_costs_more_than_standing_off() -> None:
    wanted, spread, weight = made(6)
    steady, shaking = wanted.clone(), wanted.clone()
    steady[:, :, 1:] += 0.05
    shaking[:, ::2, 1:] += 0.05
    shaking[:, 1::2, 1:] -= 0.05
    first, second = (lifting_loss(x, spread, wanted, weight, TINY)[0] for x in (steady, shaking))
    assert float(second) > float(first) + 0.1


def test_frames_without_weight_do_not_count_and_one_frame_is_enough() -> None:
    wanted, spread, weight = made()
    other = wanted.clone()
    other[:, 2] += 1.0
    weight[:, 2] = 0.0
    assert float(lifting_loss(other, spread, wanted, weight, TINY)[1]) == pytest.approx(0.0, abs=2e-5)
    alone = lifting_loss(wanted[:, :1], spread[:, :1], wanted[:, :1], weight[:, :1], TINY)[0]
    assert bool(alone.isfinite())
