"""What a prediction is trained to lower: how far joints are off, and how far their steps from frame to frame are."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

_SMALL = 1e-8
"""Keeps the slope of a distance finite where it is zero; 0.1 of the protocol's millimetres."""


def path_loss(
    predicted: Float[Tensor, "windows 25 75"],
    truth: Float[Tensor, "windows 25 75"],
    step_weight: float,
    frame_power: float = 0.0,
) -> Float[Tensor, ""]:
    """Give the mean distance of joints plus that of their steps between frames (Guo 2023, siMLPe, eq. 9 to 11).

    Args:
        predicted: What is said.
        truth: What came.
        step_weight: Of the steps.
        frame_power: Frame t of the future weighs as t to minus this, so that near frames are not drowned by far ones.
    """
    off = (predicted - truth).reshape(*truth.shape[:2], -1, 3)
    weight = torch.arange(1, truth.shape[1] + 1, dtype=truth.dtype) ** -frame_power
    near = _distance(off).mean((0, 2)) * weight / weight.mean()
    return near.mean() + step_weight * _distance(off.diff(dim=1)).mean()


def _distance(vectors: Float[Tensor, "windows frames joints 3"]) -> Float[Tensor, "windows frames joints"]:
    return torch.sqrt(vectors.square().sum(-1) + _SMALL)
