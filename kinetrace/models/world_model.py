"""The networks: encoder, predictor over a time step, slowly following target encoder, and decoder."""

from __future__ import annotations

import copy
import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

FREQUENCIES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Fourier features of the time step [Hz]: from a slow squat's cycle to twice a fast walker's step frequency."""


def encoder(features: int, hidden: int, latent: int, dropout: float) -> nn.Sequential:
    """Build features -> hidden, ReLU, dropout -> latent (the seed's encoder, used by both recipes)."""
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, latent))


class SeedPredictor(nn.Module):
    """The seed's predictor: latent and step in frames, straight to the latent ahead."""

    def __init__(self, latent: int, hidden: int, dropout: float, fps: float) -> None:
        super().__init__()
        self.fps = fps
        self.net = nn.Sequential(
            nn.Linear(latent + 1, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, latent)
        )

    def forward(self, z: Float[Tensor, "n latent"], dt_s: Float[Tensor, "n"]) -> Float[Tensor, "n latent"]:
        """Predict the latent `dt_s` seconds ahead."""
        ahead: Tensor = self.net(torch.cat((z, (dt_s * self.fps)[:, None]), dim=1))
        return ahead


class ResidualPredictor(nn.Module):
    """z + g(dt) f(z, dt) with g = dt / (1 + dt): no step, no change, and a bounded change over long steps.

    f sees the step as its logarithm and as sines and cosines, and its last layer starts at zero, so training starts
    from copying the latent.
    """

    frequencies: Tensor

    def __init__(self, latent: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("frequencies", 2 * math.pi * torch.tensor(FREQUENCIES), persistent=False)
        last = nn.Linear(hidden, latent)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        columns = latent + 1 + 2 * len(FREQUENCIES)
        self.net = nn.Sequential(nn.Linear(columns, hidden), nn.ReLU(), nn.Dropout(dropout), last)

    def forward(self, z: Float[Tensor, "n latent"], dt_s: Float[Tensor, "n"]) -> Float[Tensor, "n latent"]:
        """Predict the latent `dt_s` seconds ahead."""
        dt = dt_s[:, None]
        angle = dt * self.frequencies
        step = torch.cat((torch.log(dt + 1e-3), torch.sin(angle), torch.cos(angle)), dim=1)
        change: Tensor = self.net(torch.cat((z, step), dim=1))
        return z + dt / (1 + dt) * change


class WorldModel(nn.Module):
    """Encoder, predictor, target encoder (moving average of the encoder, never trained) and decoder."""

    def __init__(
        self,
        *,
        recipe: Literal["kinetrace", "seed"],
        features: int,
        latent: int,
        hidden: int,
        dropout: float,
        fps: float,
    ) -> None:
        super().__init__()
        self.encoder = encoder(features, hidden, latent, dropout)
        self.predictor: SeedPredictor | ResidualPredictor = (
            SeedPredictor(latent, hidden, dropout, fps)
            if recipe == "seed"
            else ResidualPredictor(latent, hidden, dropout)
        )
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, features))
        self.target_encoder = copy.deepcopy(self.encoder).requires_grad_(False)

    def trainable(self) -> list[nn.Parameter]:
        """Give the parameters that the optimiser moves, in a fixed order."""
        return [p for part in (self.encoder, self.predictor, self.decoder) for p in part.parameters()]

    @torch.no_grad()
    def follow(self, decay: float) -> None:
        """Move the target encoder a little towards the encoder: target = decay target + (1 - decay) encoder."""
        torch._foreach_lerp_(list(self.target_encoder.parameters()), list(self.encoder.parameters()), 1 - decay)
