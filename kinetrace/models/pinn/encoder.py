"""The encoder: states of 17 joints in, tokens and cleaner states out."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from kinetrace.models.pinn.corruption import axis_spread
from kinetrace.models.pinn.graph import GraphMix
from kinetrace.models.pinn.head import ResidualHead
from kinetrace.models.pinn.state_embedding import StateEmbedding
from kinetrace.models.pinn.stencils import differentiate
from kinetrace.models.pinn.temporal import TemporalBlock
from kinetrace.models.pinn.window_frame import WindowFrame, bridge, window_frame
from schemas.pinn import PinnConfig


class Encoded(NamedTuple):
    """What the encoder gives of a clip, in the clip's own window frame."""

    token_feat: Float[Tensor, "batch frames joints width"]
    s_hat: Float[Tensor, "batch frames joints 12"]


class PinnEncoder(nn.Module):
    """StateEmbedding, `layers` × (GraphMix, TemporalBlock), LayerNorm, and a head that corrects positions alone."""

    def __init__(self, config: PinnConfig) -> None:
        super().__init__()
        params = config.params
        sigma = axis_spread(params.noise_mm / 1000)
        self.embedding = StateEmbedding(params.width, torch.tensor(config.mean), torch.tensor(config.spread), sigma)
        self.graph = nn.ModuleList(GraphMix(params.width, params.graph_heads) for _ in range(params.layers))
        self.time = nn.ModuleList(TemporalBlock(params.width, params.d_state) for _ in range(params.layers))
        self.norm = nn.LayerNorm(params.width)
        self.head = ResidualHead(params.width, sigma)

    def forward(
        self,
        state: Float[Tensor, "batch frames joints 12"],
        visible: Bool[Tensor, "batch frames joints"],
        fps: Float[Tensor, "batch"],
    ) -> Encoded:
        """Encode clips in their window frames.

        Args:
            state: [p v a j] of the 17 joints [m, m/s, m/s², m/s³], hidden positions bridged (see `look`).
            visible: Where positions are known.
            fps: Frame rate of each clip [Hz].

        Returns:
            The tokens, and [p v a j] of the corrected positions.
        """
        tokens = self.embedding(state, visible, fps)
        for graph, time in zip(self.graph, self.time, strict=True):
            tokens = time(graph(tokens), fps)
        tokens = self.norm(tokens)
        return Encoded(tokens, self.head(tokens, state, fps))

    def look(
        self,
        positions: Float[Tensor, "batch frames joints 3"],
        visible: Bool[Tensor, "batch frames joints"],
        fps: Float[Tensor, "batch"],
    ) -> tuple[Float[Tensor, "batch frames joints 12"], WindowFrame]:
        """Turn world positions into what `forward` takes.

        Args:
            positions: Of the 17 joints, world frame, Y up [m]; anything where hidden.
            visible: Where positions are known.
            fps: Frame rate of each clip [Hz].

        Returns:
            The states in the clips' window frames, gaps bridged, and those frames.
        """
        frame = window_frame(positions, visible)
        bridged = bridge(frame.enter(positions), visible, self.embedding.mean[:, :3])
        return differentiate(bridged, fps), frame
