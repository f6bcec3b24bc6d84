"""Dilated convolutions over time, in the manner of Pavllo 2019: the clip goes in whole and comes out whole.

Each layer sees the frames before and after, three times as far as the layer below. Convolutions are written as products
with frames laid side by side, which one core does fastest.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu, pad

from kinetrace.models.lifter.features import FEATURES
from kinetrace.motion.skeletons import BODY21
from schemas.lifter import LifterParams

JOINTS: Final = len(BODY21) - 1
"""All but the pelvis, which everything is relative to."""
LEAST_SPREAD: Final = 1e-3
"""Statures; no joint is promised to be nearer."""


class OverTime(nn.Module):
    """A convolution over three frames that lie `dilation` apart; beyond the clip's ends there are zeros."""

    def __init__(self, inputs: int, outputs: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.mix = nn.Linear(3 * inputs, outputs)

    def forward(self, x: Float[Tensor, "clips frames inputs"]) -> Float[Tensor, "clips frames outputs"]:
        """Mix."""
        frames, d = x.shape[1], self.dilation
        padded = pad(x, (0, 0, d, d))
        y: Tensor = self.mix(torch.cat([padded[:, k * d : k * d + frames] for k in range(3)], -1))
        return y


class Block(nn.Module):
    """What the frames around say, then a thought about it, added to what was known."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.over_time = OverTime(width, width, dilation) if dilation else nn.Linear(width, width)
        self.mix = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "clips frames width"]) -> Float[Tensor, "clips frames width"]:
        """Add to the numbers of every frame."""
        y = gelu(self.between(self.over_time(self.before(x))), approximate="tanh")
        z: Tensor = x + self.dropout(self.mix(y))
        return z  # a name, so that its type is known


class LifterNetwork(nn.Module):
    """Features of a clip in; joints around the pelvis and the expected error of each out, in statures.

    With no dilations at all it looks at one frame at a time: the baseline that says what time adds.
    """

    def __init__(self, params: LifterParams) -> None:
        super().__init__()
        self.params = params
        width = params.width
        first = OverTime(FEATURES, width, 1) if params.dilations else nn.Linear(FEATURES, width)
        self.first: nn.Module = first
        dilations = params.dilations or (0, 0, 0)
        self.blocks = nn.ModuleList(Block(width, d, params.dropout) for d in dilations)
        self.last = nn.LayerNorm(width)
        self.places = nn.Linear(width, 3 * JOINTS)
        self.straight = nn.Linear(FEATURES, 3 * JOINTS, bias=False)
        self.spread = nn.Linear(width, JOINTS)
        with torch.no_grad():
            self.places.weight.mul_(0.1)
            self.straight.weight.mul_(0.1)
            self.spread.weight.mul_(0.1)
            self.spread.bias.fill_(-3.0)

    def forward(
        self, features: Float[Tensor, "clips frames columns"]
    ) -> tuple[Float[Tensor, "clips frames joints 3"], Float[Tensor, "clips frames joints"]]:
        """Give places (ahead, up, right) and expected errors of all joints but the pelvis."""
        x = self.first(features)
        for block in self.blocks:
            x = block(x)
        with torch.autocast(features.device.type, enabled=False):  # sixteen bits would round answers to millimetres
            x = self.last(x.float())
            places = self.places(x) + self.straight(features)
            # What the spread learns must not bend the places.
            spread = LEAST_SPREAD + self.spread(x.detach()).clamp(-12.0, 2.0).exp()
        return places.reshape(*features.shape[:2], JOINTS, 3), spread

    @property
    def reach(self) -> int:
        """Frames to each side that a frame's answer depends on, apart from the averages of the features."""
        return 1 + sum(self.params.dilations) if self.params.dilations else 0


def count_parameters(network: nn.Module) -> int:
    """Count the numbers that were learned."""
    return sum(weight.numel() for weight in network.parameters())
