"""Zero mean and unit spread for every column, by the training part alone."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Standardiser:
    """Column mean and scale; `apply` and `undo` are each other's inverse."""

    mean: Float[Tensor, "features"]
    scale: Float[Tensor, "features"]

    def apply(self, x: Float[Tensor, "*n features"]) -> Float[Tensor, "*n features"]:
        """Standardise."""
        return (x - self.mean) / self.scale

    def undo(self, x: Float[Tensor, "*n features"]) -> Float[Tensor, "*n features"]:
        """Give the physical units back."""
        return x * self.scale + self.mean


def fit_standardiser(x: Float[Tensor, "anchors features"], floor: float) -> Standardiser:
    """Measure mean and spread of every column of the training part.

    Args:
        x: Features of the training anchors, physical units.
        floor: Least scale of a column, as a part of the median spread of all columns.

    Returns:
        The standardiser; a scale is 1 where nothing moves at all.
    """
    spread = x.std(dim=0, correction=0)
    scale = spread.clamp_min(floor * float(spread.median()))
    return Standardiser(x.mean(dim=0), torch.where(scale > 0, scale, torch.ones_like(scale)))
