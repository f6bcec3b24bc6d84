"""What training minimises, for both recipes."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from kinetrace.models.world_model import WorldModel

VARIANCE_WEIGHT = 1.0
COVARIANCE_WEIGHT = 0.04
"""VICReg (Bardes 2022, arXiv 2105.04906) weighs variance : covariance as 25 : 1."""


def seed_loss(
    model: WorldModel,
    x: Float[Tensor, "batch features"],
    dt_s: Float[Tensor, "batch"],
    x_ahead: Float[Tensor, "batch features"],
) -> Float[Tensor, ""]:
    """Give the seed's loss: squared distance of the predicted latent from the target encoder's, dropout off there.

    The decoder learns beside it as a probe on latents cut off from the graph; it leaves no trace in the others.

    Args:
        model: The networks, in training mode.
        x: Standardised features at t.
        dt_s: Step [s].
        x_ahead: Standardised features at t + dt.

    Returns:
        The loss.
    """
    z = model.encoder(x)
    ahead = model.predictor(z, dt_s)
    with torch.no_grad():
        target = model.target_encoder(x_ahead)
    probe = functional.mse_loss(model.decoder(z.detach()), x)
    return functional.mse_loss(ahead, target) + probe + functional.mse_loss(model.decoder(ahead.detach()), x_ahead)


def kinetrace_loss(
    model: WorldModel,
    x: Float[Tensor, "batch features"],
    dt_s: Float[Tensor, "batch"],
    x_ahead: Float[Tensor, "batch features"],
    weight: Float[Tensor, "batch"],
    anti_collapse: Literal["none", "vicreg", "grounded"],
) -> Float[Tensor, ""]:
    """Give the default loss: prediction in latents, prediction of the decoded change, and reconstruction.

    Both predictions are weighed by one over what copying costs at that horizon, so that one frame ahead counts as much
    as a second. The change D(z_pred) - D(z_t) is trained because that is how forecasts are decoded. With `grounded`
    the decoder's errors reach encoder and predictor, and a collapsed latent could not be decoded; else the decoder is
    a probe.

    Args:
        model: The networks, in training mode.
        x: Standardised features at t.
        dt_s: Step [s].
        x_ahead: Standardised features at t + dt.
        weight: One over the mean squared change of x at each pair's horizon.
        anti_collapse: What keeps the latents apart.

    Returns:
        The loss.
    """
    z = model.encoder(x)
    ahead = model.predictor(z, dt_s)
    with torch.no_grad():
        target = model.target_encoder(x_ahead)
    seen, seen_ahead = (z, ahead) if anti_collapse == "grounded" else (z.detach(), ahead.detach())
    decoded = model.decoder(seen)
    change = model.decoder(seen_ahead) - decoded
    loss = (
        _weighted(ahead - target, weight) + _weighted(change - (x_ahead - x), weight) + functional.mse_loss(decoded, x)
    )
    return loss + spread_loss(z) if anti_collapse == "vicreg" else loss


def spread_loss(z: Float[Tensor, "batch latent"]) -> Float[Tensor, ""]:
    """Punish latents that do not spread (standard deviation below 1) or repeat each other (VICReg's last two terms).

    Args:
        z: Latents of a batch, two or more.

    Returns:
        Weighted hinge on the standard deviation plus squared covariance off the diagonal, a latent dimension.
    """
    centred = z - z.mean(dim=0)
    covariance = centred.T @ centred / (len(z) - 1)
    variance = covariance.diagonal()
    hinge = functional.relu(1 - torch.sqrt(variance + 1e-4)).mean()
    shared = (covariance.square().sum() - variance.square().sum()) / z.shape[1]
    return VARIANCE_WEIGHT * hinge + COVARIANCE_WEIGHT * shared


def _weighted(error: Float[Tensor, "batch columns"], weight: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
    return (error.square().mean(dim=1) * weight).mean()
