"""The diagonal recurrence h_t = a h_{t−1} + b_t: frame by frame, and in log₂ T steps for all frames at once."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Complex
from torch import Tensor


def recurrence(
    decay: Complex[Tensor, "batch states"], drive: Complex[Tensor, "batch frames joints states"]
) -> Complex[Tensor, "batch frames joints states"]:
    """Go through the frames one by one: the definition that `parallel_scan` is held against."""
    h = torch.zeros_like(drive[:, 0])
    path = []
    for b in drive.unbind(1):
        h = decay[:, None] * h + b
        path.append(h)
    return torch.stack(path, dim=1)


def parallel_scan(
    decay: Complex[Tensor, "batch states"], drive: Complex[Tensor, "batch frames joints states"]
) -> Complex[Tensor, "batch frames joints states"]:
    """Give every state at once by doubling (Hillis & Steele 1986).

    After k doublings each frame holds the sum of its last 2ᵏ drives, each decayed by its age; two neighbouring sums
    2ᵏ apart join into one of twice the length, h_t + a^(2ᵏ) h_(t−2ᵏ).

    Args:
        decay: a of each clip and state, |a| < 1.
        drive: b at each frame.

    Returns:
        h at each frame, h before the first frame being 0.
    """
    states: Tensor = _Scan.apply(decay, drive)  # type: ignore[no-untyped-call]
    return states


def _doubled(decay: Tensor, drive: Tensor) -> Tensor:
    h, power, reach = drive.clone(), decay[:, None, None], 1
    while reach < h.shape[1]:
        h[:, reach:] += power * h[:, :-reach]
        power, reach = power * power, 2 * reach
    return h


class _Scan(torch.autograd.Function):
    """The adjoint of a scan is the scan run backwards with the conjugate decay, so it costs what the scan costs."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, drive: Tensor) -> Tensor:
        states = _doubled(decay, drive)
        ctx.save_for_backward(decay, states)
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        decay, states = ctx.saved_tensors
        to_drive = _doubled(decay.conj(), gradients[0].flip(1)).flip(1)
        to_decay = (states[:, :-1].conj() * to_drive[:, 1:]).sum(dim=(1, 2))
        return to_decay, to_drive
