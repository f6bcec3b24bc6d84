"""How much of a latent space is used, and its two main directions."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from schemas.world_model import RankMetrics

DEAD = 0.01
"""A dimension whose spread is below this part of the latent's root mean square spread carries nothing."""


def effective_rank(singular: Float[Tensor, "values"]) -> float:
    """Give RankMe, the exponential of the entropy of normalised singular values (Garrido 2023, arXiv 2210.02885)."""
    total = float(singular.sum())
    if total <= 0:
        return 0.0
    p = singular / total
    return float(torch.exp(-torch.special.xlogy(p, p).sum()))


def rank_metrics(z: Float[Tensor, "anchors latent"], x: Float[Tensor, "anchors features"]) -> RankMetrics:
    """Measure the rank of latents beside that of what they encode; columns are centred first.

    Args:
        z: Latents.
        x: Standardised features of the same anchors.

    Returns:
        RankMe of z, of x and of as many principal components of x as z has dimensions; participation ratio
        (sum of variances)^2 / sum of squared variances; number of dead dimensions.
    """
    of_z, of_x = (torch.linalg.svdvals((m - m.mean(dim=0)).double()) for m in (z, x))
    variance = of_z.square()
    spread = z.double().std(dim=0, correction=0)
    used = float(variance.square().sum())
    return RankMetrics(
        rankme_z=effective_rank(of_z),
        rankme_x=effective_rank(of_x),
        rankme_pca=effective_rank(of_x[: z.shape[1]]),
        participation_ratio=float(variance.sum()) ** 2 / used if used > 0 else 0.0,
        dead_dimensions=int((spread <= DEAD * spread.square().mean().sqrt()).sum()),
    )


def main_plane(z: Float[Tensor, "anchors latent"]) -> Float[Tensor, "anchors 2"]:
    """Project latents on their first two principal directions, each turned so that its largest weight is positive."""
    centred = (z - z.mean(dim=0)).double()
    directions = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
    largest = directions.gather(1, directions.abs().argmax(dim=1, keepdim=True))
    directions = directions * torch.where(largest < 0, -1.0, 1.0)
    flat = torch.zeros(len(z), 2, dtype=torch.float64)
    flat[:, : len(directions)] = centred @ directions.T
    return flat.float()
