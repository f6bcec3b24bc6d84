from __future__ import annotations

import math

import pytest
import torch
from jaxtyping import TypeCheckError

from kinetrace.models.corrector.evidence import Evidence
from kinetrace.models.corrector.network import Corrected
from kinetrace.training.corrector.loss import FLOOR, SURPRISE, USUAL_ERROR, corrector_loss


def said(off: float, expected: float, scale: float = 0.004, hidden: bool = True) -> tuple[Corrected, torch.Tensor]:
    wanted = torch.zeros(1, 4, 2, dtype=torch.bool)
    wanted[0, 1:3, 0] = True
    positions = torch.zeros(1, 4, 2, 3)
    positions[..., 0] = off
    evidence = Evidence(
        torch.zeros(1, 1, 4, 2, 3),
        torch.zeros(1, 1),
        positions,
        torch.full((1, 4, 2), scale),
        wanted,
        wanted & hidden,
        torch.zeros(1, 4, 1),
    )
    return Corrected(positions, torch.full((1, 4, 2), expected), evidence), torch.zeros(1, 4, 2, 3)


def test_by_hand() -> None:
    answer, clean = said(0.003, 0.002)
    unit = math.sqrt(USUAL_ERROR * (0.004 + FLOOR))
    want = 0.003 / unit + SURPRISE * (0.003 / 0.002 + math.log(0.002))
    assert float(corrector_loss(answer, clean, 1.0)) == pytest.approx(want, rel=1e-4)


def test_only_wanted_samples_count() -> None:
    answer, clean = said(0.003, 0.002)
    moved = clean.clone()
    moved[0, 0], moved[0, :, 1] = 9.0, 9.0
    assert float(corrector_loss(answer, moved, 1.0)) == float(corrector_loss(answer, clean, 1.0))


def test_surprise_is_least_where_the_expected_distance_is_the_distance() -> None:
    values = [float(corrector_loss(*said(0.003, e), 1.0)) for e in (0.0015, 0.003, 0.006)]
    assert values[1] < min(values[0], values[2])


def test_nothing_wanted_costs_nothing_and_the_slope_at_no_error_is_finite() -> None:
    answer, clean = said(0.0, 0.002)
    positions = answer.positions.clone().requires_grad_()
    loss = corrector_loss(answer._replace(positions=positions), clean, 1.0)
    (slope,) = torch.autograd.grad(loss, positions)
    assert bool(slope.isfinite().all())
    none = answer._replace(evidence=answer.evidence._replace(wanted=torch.zeros_like(answer.evidence.wanted)))
    assert float(corrector_loss(none, clean, 1.0)) == 0.0


def test_a_target_of_other_joints_is_refused() -> None:
    answer, clean = said(0.003, 0.002)
    with pytest.raises(TypeCheckError, match="clean"):
        corrector_loss(answer, clean[..., :2], 1.0)
