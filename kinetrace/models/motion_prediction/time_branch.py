"""Cosine terms of time, mixed by matrices that all features share, as in siMLPe (Guo 2023)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from kinetrace.models.cmu_protocol import FRAMES_IN, PREDICTED
from schemas.cmu_prediction import PredictionParams

COORDINATES = 3 * len(PREDICTED)


class TimeLayer(nn.Module):
    """h + norm(W h + b) over time; every few layers the features of a term are mixed as well."""

    def __init__(self, terms: int, width: int, dropout: float, mixes_features: bool) -> None:
        super().__init__()
        self.mix = nn.Parameter(torch.empty(terms, terms))
        self.bias = nn.Parameter(torch.zeros(terms, 1))
        self.norm = nn.LayerNorm(width)
        self.features = nn.Linear(width, width) if mixes_features else None
        self.feature_norm = nn.LayerNorm(width) if mixes_features else None
        self.dropout = dropout
        nn.init.xavier_uniform_(self.mix, gain=1e-2)
        if self.features is not None:
            nn.init.xavier_uniform_(self.features.weight, gain=1e-2)
            nn.init.zeros_(self.features.bias)

    def forward(self, tokens: Float[Tensor, "terms windows width"]) -> Float[Tensor, "terms windows width"]:
        """Add one layer's answer."""
        mixed = torch.addmm(self.bias, self.mix, tokens.reshape(len(tokens), -1)).view_as(tokens)
        tokens = tokens + functional.dropout(self.norm(mixed), self.dropout, self.training)
        if self.features is None or self.feature_norm is None:
            return tokens
        answer = self.feature_norm(self.features(functional.gelu(tokens, approximate="tanh")))
        return tokens + functional.dropout(answer, self.dropout, self.training)


class TimeBranch(nn.Module):
    """A token a cosine term; its features are mixtures of all coordinates."""

    def __init__(self, params: PredictionParams) -> None:
        super().__init__()
        self.terms = params.time_terms
        self.spread = nn.Parameter(torch.randn(self.terms, FRAMES_IN) * 0.3)
        self.entry = nn.Linear(COORDINATES, params.width)
        every = params.time_features_every
        self.layers = nn.ModuleList(
            TimeLayer(self.terms, params.width, params.time_dropout, k % every == every - 1)
            for k in range(params.time_layers)
        )
        self.norm = nn.LayerNorm(params.width)
        self.answer = nn.Linear(params.width, COORDINATES)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)

    def forward(self, seen: Float[Tensor, "windows 10 75"]) -> Float[Tensor, "windows terms 75"]:
        """Give the cosine terms of each coordinate's future."""
        frames = seen.transpose(0, 1).reshape(FRAMES_IN, -1)
        tokens = self.entry(torch.mm(self.spread, frames).view(self.terms, len(seen), COORDINATES))
        for layer in self.layers:
            tokens = layer(tokens)
        answer: Tensor = self.answer(self.norm(tokens))
        return answer.transpose(0, 1)
