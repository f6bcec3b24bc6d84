"""How a time step is shown to a network."""

from __future__ import annotations

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

FREQUENCIES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Fourier features of the time step [Hz]: from a slow squat's cycle to twice a fast walker's step frequency."""

HALF_REACH_S = 0.3
"""Step at which the gate is half open [s]."""


class StepEmbedding(nn.Module):
    """In seconds: the step, its logarithm, sines and cosines. In frames: the number of frames, as the seed has it."""

    frequencies: Tensor

    def __init__(self, delta: Literal["seconds", "frames"], fps: float) -> None:
        super().__init__()
        self.delta, self.fps = delta, fps
        self.register_buffer("frequencies", 2 * math.pi * torch.tensor(FREQUENCIES), persistent=False)

    @property
    def columns(self) -> int:
        """Width of the embedding."""
        return 1 if self.delta == "frames" else 2 + 2 * len(FREQUENCIES)

    def forward(self, dt_s: Float[Tensor, "*n"]) -> Float[Tensor, "*n columns"]:
        """Show steps of `dt_s` seconds."""
        dt = dt_s[..., None]
        if self.delta == "frames":
            return dt * self.fps
        angle = dt * self.frequencies
        return torch.cat((dt, torch.log(dt + 1e-2), torch.sin(angle), torch.cos(angle)), dim=-1)


def gate(dt_s: Float[Tensor, "*n"], half_s: float = HALF_REACH_S) -> Float[Tensor, "*n 1"]:
    """Give dt / (dt + 0.3 s): exactly 0 for no step, linear for short ones, bounded for long ones."""
    dt = dt_s[..., None]
    return dt / (dt + half_s)
