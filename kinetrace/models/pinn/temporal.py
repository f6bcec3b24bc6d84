"""Mixing over time: a diagonal state-space model that runs both ways through a clip, in seconds rather than frames."""

from __future__ import annotations

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.pinn.scan import parallel_scan

RATES_PER_S = (1.0, 60.0)
"""Where the decay rates start [1/s]: memories of a second down to a frame at 60 Hz."""
FREQUENCIES_HZ = (0.0, 8.0)
"""Where the turning rates start [Hz]: human movement lies below 8 Hz."""


class DiagonalStateSpace(nn.Module):
    """ẋ = Λ x + B u, y = C x, forward and back in time, Λ diagonal in conjugate pairs (S5: Smith 2023, arXiv 2208.04933).

    Discretised at the clip's own frame rate by zero-order hold, a = exp(λ/f), so that the same weights mean the same
    seconds at any rate; the drive is scaled to unit gain at resonance.
    """

    def __init__(self, width: int, d_state: int) -> None:
        super().__init__()
        pairs = d_state // 2
        spaced = torch.linspace(math.log(RATES_PER_S[0]), math.log(RATES_PER_S[1]), pairs)
        turning = torch.linspace(*FREQUENCIES_HZ, pairs)[torch.randperm(pairs)]
        self.log_rate = nn.Parameter(spaced.repeat(2))
        self.frequency = nn.Parameter(turning.repeat(2))
        self.into = nn.Linear(width, 4 * pairs, bias=False)
        self.out = nn.Linear(4 * pairs, width, bias=False)

    def forward(
        self, u: Float[Tensor, "batch frames joints width"], fps: Float[Tensor, "batch"]
    ) -> Float[Tensor, "batch frames joints width"]:
        """Run every joint's sequence through both directions."""
        decay = self.decay(fps)
        gain = 1 - decay.abs()
        drive = torch.view_as_complex(self.into(u).unflatten(-1, (-1, 2)).contiguous()) * gain[:, None, None]
        ahead, back = drive.chunk(2, dim=-1)
        states = parallel_scan(decay, torch.cat((ahead, back.flip(1)), dim=-1))
        ahead, back = states.chunk(2, dim=-1)
        seen = torch.view_as_real(torch.cat((ahead, back.flip(1)), dim=-1)).flatten(-2)
        y: Tensor = self.out(seen)
        return y

    def decay(self, fps: Float[Tensor, "batch"]) -> Complex[Tensor, "batch states"]:
        """Give a = exp((−rate + 2πi frequency) / f); its size is below 1 whatever the weights are."""
        size = torch.exp(-torch.exp(self.log_rate) / fps[:, None])
        return torch.polar(size, 2 * math.pi * self.frequency / fps[:, None])


class TemporalBlock(nn.Module):
    """x + W₁ g · σ(W₂ g), g = GELU(SSM(y) + d · y), y = LayerNorm(x)."""

    def __init__(self, width: int, d_state: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.memory = DiagonalStateSpace(width, d_state)
        self.direct = nn.Parameter(torch.ones(width))
        self.gated = nn.Linear(width, 2 * width)

    def forward(
        self, x: Float[Tensor, "batch frames joints width"], fps: Float[Tensor, "batch"]
    ) -> Float[Tensor, "batch frames joints width"]:
        """Mix the frames of every joint on its own."""
        y = self.norm(x)
        g = functional.gelu(self.memory(y, fps) + self.direct * y)
        return x + functional.glu(self.gated(g), dim=-1)
