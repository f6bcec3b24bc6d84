"""What one training step sees."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Pairs of anchors a step apart; with stacked models every axis list has one more in front.

    Attributes:
        x: Standardised features now.
        ahead: The same at the end of the step.
        dt_s: The step [s].
    """

    x: Float[Tensor, "*batch features"]
    ahead: Float[Tensor, "*batch features"]
    dt_s: Float[Tensor, "*batch"]


@dataclass(frozen=True)
class PlacedBatch(Batch):
    """The same with what the default recipe's loss needs besides.

    Attributes:
        weight: One over the mean squared change of x over such a step.
        scale: One over the mean distance that joints move over such a step [1/m].
        placed: Joints at the end of the step, in the frame of its beginning [m].
        told: 1 where the predictor is told the action, else 0.
        turned: How far the pose's angles turn over the step [rad].
    """

    weight: Float[Tensor, "*batch"]
    scale: Float[Tensor, "*batch"]
    placed: Float[Tensor, "*batch joints 3"]
    told: Float[Tensor, "*batch"]
    turned: Float[Tensor, "*batch angles"]
