"""Two ways to keep latents apart without a decoder."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

VARIANCE_WEIGHT = 1.0
COVARIANCE_WEIGHT = 0.04
"""VICReg (Bardes 2022, arXiv 2105.04906) weighs variance : covariance as 25 : 1."""

SIGREG_WEIGHT = 5.0
SUBSPACE = 16
"""Latents a subspace: each is asked to be Gaussian of itself, which fewer directions can check than for all at once."""

POINTS = torch.linspace(-4.0, 4.0, 17)
"""Where characteristic functions are compared (the Epps-Pulley test of LeJEPA, Balestriero 2025, arXiv 2511.08544)."""


def vicreg_loss(z: Float[Tensor, "*models batch latent"]) -> Float[Tensor, "*models"]:
    """Punish latents that do not spread (standard deviation below 1) or repeat each other (VICReg's last two terms).

    Args:
        z: Latents of a batch, two or more.

    Returns:
        Weighted hinge on the standard deviation plus squared covariance off the diagonal, a latent dimension.
    """
    centred = z - z.mean(dim=-2, keepdim=True)
    covariance = centred.transpose(-1, -2) @ centred / (z.shape[-2] - 1)
    variance = covariance.diagonal(dim1=-2, dim2=-1)
    hinge = functional.relu(1 - torch.sqrt(variance + 1e-4)).mean(dim=-1)
    shared = (covariance.square().sum(dim=(-2, -1)) - variance.square().sum(dim=-1)) / z.shape[-1]
    return VARIANCE_WEIGHT * hinge + COVARIANCE_WEIGHT * shared


def sigreg_loss(z: Float[Tensor, "*models batch latent"]) -> Float[Tensor, "*models"]:
    """Ask the latents of every subspace of 16 to be a standard Gaussian along fixed directions.

    The squared distance of the empirical characteristic function from exp(-t^2 / 2), weighted by the same, as the
    integral over t. The directions are an orthonormal cosine basis (DCT-II) of the subspace beside its own axes, so
    that nothing is drawn.

    Args:
        z: Latents of a batch.
    """
    width = min(SUBSPACE, z.shape[-1])
    used = z[..., : z.shape[-1] // width * width].reshape(*z.shape[:-1], -1, width)
    seen = torch.cat((used, used @ _cosines(width).to(z)), dim=-1)
    points = POINTS.to(z)
    normal = torch.exp(-points.square() / 2)
    angle = seen[..., None] * points
    real, imaginary = (f(angle).mean(dim=-4) for f in (torch.cos, torch.sin))
    gap = ((real - normal).square() + imaginary.square()) * normal
    apart: Tensor = SIGREG_WEIGHT * torch.trapezoid(gap, points, dim=-1).mean(dim=(-2, -1))
    return apart


def _cosines(width: int) -> Tensor:
    n = torch.arange(width, dtype=torch.float32)
    basis = torch.cos(math.pi / width * (n[:, None] + 0.5) * n[None])
    normed: Tensor = basis / torch.linalg.vector_norm(basis, dim=0)
    return normed
