"""What the corrector is trained to lower: distances, and its own surprise at them."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.corrector.network import Corrected

USUAL_ERROR = 0.006
"""A centimetre [statures]; an error weighs by the root of this times the guesses' own: neither easy nor hard windows rule."""
FLOOR = 1e-5
SURPRISE = 0.05


def corrector_loss(
    said: Corrected, clean: Float[Tensor, "n frames joints 3"], hidden_weight: float
) -> Float[Tensor, ""]:
    """Give the mean over windows of the weighted distances of wanted samples, plus a share of −log p of these distances.

    The distances are taken to be exponentially distributed about the expected one, so that it becomes their mean.

    Args:
        said: The answer.
        clean: What was recorded, in the window's frame [statures].
        hidden_weight: Of hidden samples against noisy ones.
    """
    wanted = said.evidence.wanted
    size = torch.sqrt((said.positions - clean).square().sum(-1) + 1e-16)
    weight = torch.where(said.evidence.hidden, hidden_weight, 1.0) * wanted
    unit = torch.sqrt(USUAL_ERROR * (_mean(said.evidence.scale, wanted) + FLOOR))
    far = _mean(size, weight) / unit
    expected = said.expected.clamp_min(1e-9)
    surprise = torch.where(wanted, size.detach() / expected + expected.log(), 0.0)
    some = wanted.flatten(1).any(1)
    return (far + SURPRISE * _mean(surprise, wanted))[some].sum() / some.sum().clamp_min(1)


def _mean(
    x: Float[Tensor, "n frames joints"], weight: Float[Tensor, "n frames joints"] | Bool[Tensor, "n frames joints"]
) -> Float[Tensor, "n"]:
    kept = weight.to(x)
    return (x * kept).flatten(1).sum(1) / kept.flatten(1).sum(1).clamp_min(1e-9)
