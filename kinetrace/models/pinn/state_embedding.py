"""States as tokens: every channel of every joint to unit spread, then one linear map and a vector a joint."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from kinetrace.models.pinn.joints import CHANNELS, JOINTS
from kinetrace.models.pinn.stencils import noise_scale


class StateEmbedding(nn.Module):
    """(s − mean) / scale → W s + joint + (hidden, where the sample is not known).

    The scale is what a corrupted clip's spread is expected to be at this frame rate, √(spread² + (gain fᵏ σ)²): noise
    grows with f, f², f³ through the stencils, and at 100 Hz would swamp a scale that was measured at 30.
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        width: int,
        mean: Float[Tensor, "joints channels"],
        spread: Float[Tensor, "joints channels"],
        sigma: float,
    ) -> None:
        super().__init__()
        self.sigma = sigma
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("spread", spread, persistent=False)
        self.linear = nn.Linear(len(CHANNELS), width)
        self.joint = nn.Parameter(torch.randn(len(JOINTS), width) * 0.02)
        self.hidden = nn.Parameter(torch.randn(width) * 0.02)

    def forward(
        self,
        state: Float[Tensor, "batch frames joints 12"],
        visible: Bool[Tensor, "batch frames joints"],
        fps: Float[Tensor, "batch"],
    ) -> Float[Tensor, "batch frames joints width"]:
        """Embed the states of clips in their window frames; hidden positions are bridged ones."""
        hidden = torch.where(visible[..., None], 0.0, self.hidden)
        tokens: Tensor = self.linear(self.standardised(state, fps)) + self.joint + hidden
        return tokens

    def standardised(
        self, state: Float[Tensor, "batch frames joints 12"], fps: Float[Tensor, "batch"]
    ) -> Float[Tensor, "batch frames joints 12"]:
        """Bring every channel of every joint to the spread that is expected of a corrupted clip."""
        noise = noise_scale(fps, self.sigma).repeat_interleave(3, dim=1)
        scale = (self.spread**2 + noise[:, None] ** 2).sqrt()
        return (state - self.mean) / scale[:, None]
