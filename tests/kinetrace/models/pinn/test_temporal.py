from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.pinn.temporal import DiagonalStateSpace, TemporalBlock

FPS = torch.tensor([30.0, 100.0])


def memory(seed: int = 0) -> DiagonalStateSpace:
    torch.manual_seed(seed)
    return DiagonalStateSpace(8, 6)


@settings(max_examples=15, deadline=None)
@given(shift=st.floats(-20, 20), fps=st.floats(1, 1000))
def test_it_cannot_explode_whatever_the_weights_are(shift: float, fps: float) -> None:
    model = memory()
    with torch.no_grad():
        model.log_rate += shift
    assert bool((model.decay(torch.tensor([fps])).abs() <= 1).all())


def test_it_hears_the_future_and_the_past() -> None:
    model = memory()
    u = torch.zeros(1, 9, 1, 8)
    u[0, 4] = 1.0
    y = model(u, FPS[:1]) - model(torch.zeros_like(u), FPS[:1])
    assert bool((y[0, :, 0].abs().sum(dim=-1) > 1e-6).all())


def test_a_second_is_a_second_at_any_rate() -> None:
    decay = memory().decay(torch.tensor([10.0, 40.0]))
    assert torch.allclose(decay[0], decay[1] ** 4, atol=1e-5)


def test_clips_and_joints_do_not_hear_each_other() -> None:
    torch.manual_seed(0)
    block = TemporalBlock(8, 6)
    x = torch.randn(2, 7, 3, 8)
    other = x.clone()
    other[1] += 1.0
    other[0, :, 2] -= 1.0
    assert torch.equal(block(x, FPS)[0, :, :2], block(other, FPS)[0, :, :2])


def test_one_frame_is_enough() -> None:
    assert TemporalBlock(8, 6)(torch.randn(2, 1, 3, 8), FPS).shape == (2, 1, 3, 8)
