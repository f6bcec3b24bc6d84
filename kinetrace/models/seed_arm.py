"""The seed's networks, kept as they are: absolute prediction, step in frames, one hidden layer of ReLU each."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.layers import Dropout, Maker


def seed_encoder(features: int, hidden: int, latent: int, dropout: float, make: Maker) -> nn.Sequential:
    """Build features -> hidden, ReLU, dropout -> latent."""
    return nn.Sequential(make(features, hidden), nn.ReLU(), Dropout(dropout, hidden), make(hidden, latent))


def seed_decoder(features: int, hidden: int, latent: int, make: Maker) -> nn.Sequential:
    """Build latent -> hidden, ReLU -> features: the probe by which millimetres come out of the seed's latents."""
    return nn.Sequential(make(latent, hidden), nn.ReLU(), make(hidden, features))


class SeedPredictor(nn.Module):
    """The seed's predictor: latent and step in frames, straight to the latent ahead."""

    def __init__(self, latent: int, hidden: int, dropout: float, fps: float, make: Maker) -> None:
        super().__init__()
        self.fps = fps
        self.net = nn.Sequential(make(latent + 1, hidden), nn.ReLU(), Dropout(dropout, hidden), make(hidden, latent))

    def forward(
        self, z: Float[Tensor, "*n latent"], dt_s: Float[Tensor, "*n"], action: Tensor | None = None
    ) -> Float[Tensor, "*n latent"]:
        """Predict the latent `dt_s` seconds ahead; the seed knows no actions."""
        ahead: Tensor = self.net(torch.cat((z, (dt_s * self.fps)[..., None]), dim=-1))
        return ahead
