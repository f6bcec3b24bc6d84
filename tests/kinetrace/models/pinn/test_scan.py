from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.pinn.scan import parallel_scan, recurrence


def problem(frames: int, seed: int, size: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    decay = torch.polar(size * torch.rand(3, 5, generator=random), 6 * torch.rand(3, 5, generator=random))
    drive = torch.randn(3, frames, 2, 5, generator=random, dtype=torch.complex64)
    return decay, drive * (1 - decay.abs())[:, None, None]


@settings(max_examples=30, deadline=None)
@given(frames=st.integers(1, 130), seed=st.integers(0, 999))
def test_the_scan_is_the_recurrence(frames: int, seed: int) -> None:
    decay, drive = problem(frames, seed)
    assert float((parallel_scan(decay, drive) - recurrence(decay, drive)).abs().max()) <= 1e-5


def test_so_are_its_gradients() -> None:
    found = []
    for form in (recurrence, parallel_scan):
        decay, drive = (x.requires_grad_() for x in problem(37, 1))
        weight = torch.randn(3, 37, 2, 5, dtype=torch.complex64, generator=torch.Generator().manual_seed(2))
        torch.autograd.backward((form(decay, drive) * weight).real.sum())
        assert decay.grad is not None and drive.grad is not None
        found.append((decay.grad, drive.grad))
    for want, got in zip(*found, strict=True):
        assert torch.allclose(want, got, rtol=1e-4, atol=1e-4)


def test_an_impulse_decays() -> None:
    drive = torch.zeros(1, 5, 1, 1, dtype=torch.complex64)
    drive[0, 0] = 1.0
    states = parallel_scan(torch.tensor([[0.5 + 0j]]), drive)
    assert states.real.flatten().tolist() == [1.0, 0.5, 0.25, 0.125, 0.0625]


def test_nothing_is_carried_backwards() -> None:
    decay, drive = problem(20, 4)
    later = drive.clone()
    later[:, 12:] += 1.0
    assert torch.equal(parallel_scan(decay, drive)[:, :12], parallel_scan(decay, later)[:, :12])
