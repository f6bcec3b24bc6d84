"""A graph of 25 joints that maps ten frames to the twenty-five that follow.

Each joint is a node whose features are its velocities and its last place; layers mix features within joints by a shared
matrix and joints by a learned adjacency, as graph networks for this protocol do (Mao 2019, Dang 2021), and the answer is
a few cosine terms over the future, added to a linear continuation of each coordinate.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.cmu_protocol import FRAMES_IN, FRAMES_OUT, PREDICTED
from schemas.cmu_prediction import PredictionParams

JOINTS: Final = len(PREDICTED)
COORDINATES: Final = 3 * JOINTS
VELOCITY_GAIN: Final = 30.0
PLACE_GAIN: Final = 2.0
ANSWER_GAIN: Final = 0.1
"""Inputs are thousandths of the protocol's scale; these bring velocities, places and answers near one."""


def cosine_terms(frames: int, terms: int) -> Float[Tensor, "terms frames"]:
    """Give the first rows of the orthonormal cosine transform (DCT-II)."""
    k, t = torch.arange(terms)[:, None], torch.arange(frames)[None]
    rows = math.sqrt(2.0 / frames) * torch.cos(math.pi * (t + 0.5) * k / frames)
    rows[0] /= math.sqrt(2.0)
    return rows


class GraphLayer(nn.Module):
    """h + gelu(A (norm(h) W + b)): a matrix for features, shared by joints, and one for joints, shared by features."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.features = nn.Linear(width, width)
        self.adjacency = nn.Parameter(torch.eye(JOINTS) + torch.randn(JOINTS, JOINTS) * 0.3 / math.sqrt(JOINTS))
        self.dropout = dropout

    def forward(self, tokens: Float[Tensor, "joints windows width"]) -> Float[Tensor, "joints windows width"]:
        """Add one layer's answer."""
        inner: Tensor = self.features(self.norm(tokens))
        mixed = torch.mm(self.adjacency, inner.flatten(1)).view_as(tokens)
        answer = functional.gelu(mixed, approximate="tanh")
        return tokens + functional.dropout(answer, self.dropout, self.training)


class MotionPredictor(nn.Module):
    """Ten frames of 25 joints in, twenty-five frames of them out, both in thousandths of the protocol's scale."""

    terms: Tensor

    def __init__(self, params: PredictionParams) -> None:
        super().__init__()
        self.entry = nn.Linear(3 * FRAMES_IN, params.width)
        self.joints = nn.Parameter(torch.randn(JOINTS, 1, params.width) * 0.02)
        self.layers = nn.ModuleList(GraphLayer(params.width, params.dropout) for _ in range(params.layers))
        self.norm = nn.LayerNorm(params.width)
        self.answer = nn.Linear(params.width, 3 * params.terms)
        self.continuation = nn.Parameter(torch.zeros(FRAMES_OUT, FRAMES_IN - 1))
        self.register_buffer("terms", cosine_terms(FRAMES_OUT, params.terms), persistent=False)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    def forward(self, given: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows 25 75"]:
        """Predict; untrained it predicts that nobody moves."""
        count, last = len(given), given[:, -1:]
        seen = torch.cat((given.diff(dim=1) * VELOCITY_GAIN, last * PLACE_GAIN), 1)
        tokens = self.entry(seen.view(count, FRAMES_IN, JOINTS, 3).permute(2, 0, 1, 3).flatten(2)) + self.joints
        for layer in self.layers:
            tokens = layer(tokens)
        spectrum = self.answer(self.norm(tokens)).view(JOINTS, count, -1, 3) * ANSWER_GAIN
        moved = torch.einsum("jwkc,kt->wtjc", spectrum, self.terms).flatten(2)
        return last + moved + torch.matmul(self.continuation, given[:, :-1] - last)


def count_parameters(network: nn.Module) -> int:
    """Count the numbers that were learned."""
    return sum(weight.numel() for weight in network.parameters())
