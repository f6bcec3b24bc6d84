"""What a prediction is trained to lower: how far joints are off, and how far their steps from frame to frame are."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

_SMALL = 1e-8
"""Keeps the slope of a distance finite where it is zero; 0.1 of the protocol's millimetres."""


def path_loss(
    predicted: Float[Tensor, "windows 25 75"], truth: Float[Tensor, "windows 25 75"], step_weight: float
) -> Float[Tensor, ""]:
    """Give the mean distance of joints plus that of their steps between frames (Guo 2023, siMLPe, eq. 9 to 11)."""
    off = (predicted - truth).unflatten(-1, (-1, 3))
    return _distance(off) + step_weight * _distance(off.diff(dim=1))


def _distance(vectors: Float[Tensor, "windows frames joints 3"]) -> Float[Tensor, ""]:
    return torch.sqrt(vectors.square().sum(-1) + _SMALL).mean()
