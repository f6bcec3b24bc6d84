from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError

from kinetrace.training.motion_prediction.loss import path_loss


def test_a_constant_offset_costs_its_length_and_nothing_for_steps() -> None:
    truth = torch.randn(2, 25, 75)
    off = truth + torch.tensor([3.0, 4.0, 0.0]).repeat(25)
    assert path_loss(off, truth, 7.0).item() == pytest.approx(5.0, abs=2e-3)


def test_one_jump_of_one_joint_costs_two_steps() -> None:
    truth, off = torch.zeros(1, 25, 75), torch.zeros(1, 25, 75)
    off[0, 10, 0] = 30.0
    without, within = path_loss(off, truth, 0.0).item(), path_loss(off, truth, 1.0).item()
    assert without == pytest.approx(30 / 625, abs=2e-4) and within - without == pytest.approx(60 / 600, abs=2e-4)


def test_near_frames_can_weigh_more_and_a_constant_offset_costs_the_same() -> None:
    truth, first, last = torch.zeros(1, 25, 75), torch.zeros(1, 25, 75), torch.zeros(1, 25, 75)
    first[0, 0, 0] = last[0, 24, 0] = 30.0
    ratio = path_loss(first, truth, 0.0, 1.0).item() / path_loss(last, truth, 0.0, 1.0).item()
    assert ratio == pytest.approx(25.0, rel=0.05)
    off = torch.tensor([3.0, 4.0, 0.0]).repeat(25).expand(1, 25, 75)
    assert path_loss(off, truth, 0.0, 1.0).item() == pytest.approx(5.0, abs=2e-3)


def test_where_nothing_is_off_the_slope_is_finite() -> None:
    truth = torch.zeros(1, 25, 75)
    guess = truth.clone().requires_grad_()
    torch.autograd.backward(path_loss(guess, truth, 1.0))
    assert guess.grad is not None and bool(guess.grad.isfinite().all())


def test_another_number_of_frames_is_refused() -> None:
    with pytest.raises(TypeCheckError, match="windows 25 75"):
        path_loss(torch.zeros(1, 24, 75), torch.zeros(1, 24, 75), 1.0)
