"""Joints as nodes of a learned graph, as graph networks for this protocol have them (Mao 2019, Dang 2021)."""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.cmu_protocol import FRAMES_IN, PREDICTED
from schemas.cmu_prediction import PredictionParams

JOINTS: Final = len(PREDICTED)


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
        return tokens + functional.dropout(functional.gelu(mixed, approximate="tanh"), self.dropout, self.training)


class GraphBranch(nn.Module):
    """A token a joint; its features are the joint's velocities and last place, its answer the joint's cosine terms."""

    def __init__(self, params: PredictionParams) -> None:
        super().__init__()
        self.terms = params.graph_terms
        self.entry = nn.Linear(3 * FRAMES_IN, params.width)
        self.joints = nn.Parameter(torch.randn(JOINTS, 1, params.width) * 0.02)
        self.layers = nn.ModuleList(GraphLayer(params.width, params.graph_dropout) for _ in range(params.graph_layers))
        self.norm = nn.LayerNorm(params.width)
        self.answer = nn.Linear(params.width, 3 * self.terms)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    def forward(self, seen: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows terms 75"]:
        """Give the cosine terms of each coordinate's future."""
        count = len(seen)
        tokens = self.entry(seen.view(count, FRAMES_IN, JOINTS, 3).permute(2, 0, 1, 3).flatten(2)) + self.joints
        for layer in self.layers:
            tokens = layer(tokens)
        spectrum: Tensor = self.answer(self.norm(tokens)).view(JOINTS, count, self.terms, 3)
        return spectrum.permute(1, 2, 0, 3).flatten(2)
