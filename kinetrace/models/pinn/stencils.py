"""Velocity, acceleration and jerk of batches of clips by compact stencils, and where they can be trusted."""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

NOISE_GAINS: Final = (1.0, math.sqrt(1 / 2), math.sqrt(6), math.sqrt(20))
"""Spread of p, v/f, a/f², j/f³ under white noise of spread 1: the root of the stencils' summed squares."""


def differentiate(p: Float[Tensor, "batch frames joints 3"], fps: Float[Tensor, "batch"]) -> Float[
    Tensor, "batch frames joints 12"
]:  # fmt: skip
    """Put p, v, a, j side by side.

    v = (p₊ − p₋) f/2, a = (p₊ − 2p + p₋) f², j at t+½ = (p₊₂ − 3p₊ + 3p − p₋) f³: the compact forms see
    frame-alternating jitter. At the ends v is one-sided and a, j are those of the nearest frame with a whole stencil;
    `whole_stencils` marks these frames.

    Args:
        p: Positions of gap-free clips [m].
        fps: Frame rate of each clip [Hz].

    Returns:
        The states [m, m/s, m/s², m/s³]; a is 0 in clips below 3 frames, j below 4, v below 2.
    """
    frames = p.shape[1]
    f = fps[:, None, None, None]
    v = a = j = torch.zeros_like(p)
    if frames >= 2:
        step = torch.diff(p, dim=1) * f
        v = torch.cat((step[:, :1], (step[:, 1:] + step[:, :-1]) / 2, step[:, -1:]), dim=1)
    if frames >= 3:
        a = _held(torch.diff(p, n=2, dim=1) * f**2, 1, 1)
        first, last = _one_sided(p[:, :3]), -_one_sided(p[:, -3:].flip(1))
        v = torch.cat((first * f, v[:, 1:-1], last * f), dim=1)
    if frames >= 4:
        j = _held(torch.diff(p, n=3, dim=1) * f**3, 1, 2)
    return torch.cat((p, v, a, j), dim=-1)


def _one_sided(p: Float[Tensor, "batch 3 joints 3"]) -> Float[Tensor, "batch 1 joints 3"]:
    """Second-order difference at the first of three frames."""
    return (-3 * p[:, :1] + 4 * p[:, 1:2] - p[:, 2:3]) / 2


def _held(x: Float[Tensor, "batch inner joints 3"], before: int, after: int) -> Float[Tensor, "batch frames joints 3"]:
    first, last = x[:, :1], x[:, -1:]
    return torch.cat((first.expand(-1, before, -1, -1), x, last.expand(-1, after, -1, -1)), dim=1)


def whole_stencils(present: Bool[Tensor, "batch frames joints"]) -> Bool[Tensor, "batch frames joints 4"]:
    """Say for p, v, a and j of each sample whether every position in its stencil is there.

    Boundary frames have no whole stencil: the first and last for v and a, the first and last two for j.
    """
    outside = torch.zeros_like(present[:, :1])
    before = torch.cat((outside, present[:, :-1]), dim=1)
    after = torch.cat((present[:, 1:], outside), dim=1)
    after2 = torch.cat((after[:, 1:], outside), dim=1)
    inner = before & present & after
    return torch.stack((present, inner, inner, inner & after2), dim=-1)


def noise_scale(fps: Float[Tensor, "batch"], sigma: float) -> Float[Tensor, "batch 4"]:
    """Give the spread of p, v, a, j that white noise on positions makes: gain · fᵏ · σ.

    Args:
        fps: Frame rate of each clip [Hz].
        sigma: Spread of the noise on each axis [m].
    """
    gains = torch.tensor(NOISE_GAINS, dtype=fps.dtype, device=fps.device)
    powers = torch.arange(4, device=fps.device)
    return gains * fps[:, None] ** powers * sigma
