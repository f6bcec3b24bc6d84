"""What training minimises, one sum for every arm; each term gives one number a model."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.batch import Batch, PlacedBatch
from kinetrace.models.features import View
from kinetrace.models.networks import ActionReader, Decoder
from kinetrace.models.spread import sigreg_loss, vicreg_loss
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.world_model import WorldModel
from schemas.world_model import Arm

LATENT_WEIGHT = 0.3
FEATURE_WEIGHT = 0.3
LINEAR_WEIGHT = 1.0
INVERSE_WEIGHT = 0.1
LITTLE = 0.1
"""Weight of accelerations there: positions and velocities are what a latent is asked for."""

SOFT_M = 1e-3
"""Below a millimetre the distance of a joint is rounded to its square, which has a slope at zero."""

SeedObjective = Callable[[WorldModel, Batch], Tensor]
PlacedObjective = Callable[[WorldModel, PlacedBatch], Tensor]


def seed_loss(model: WorldModel, batch: Batch, probe: bool = True) -> Float[Tensor, "*models"]:
    """Give the seed's loss: squared distance of the predicted latent from the target encoder's, dropout off there.

    The decoder, which the seed does not have, learns beside it as a probe on latents cut off from the graph; it leaves
    no trace in the others.

    Args:
        model: The networks, in training mode.
        batch: Pairs.
        probe: False: the seed's recipe alone, nothing that decodes.
    """
    z = model.encoder(batch.x)
    ahead = model.predictor(z, batch.dt_s)
    with torch.no_grad():
        target = model.target_encoder(batch.ahead)
    if not probe:
        return _mean(ahead - target)
    both = model.decoder(torch.cat((z, ahead), dim=-2).detach())
    return _mean(ahead - target) + 2 * _mean(both - torch.cat((batch.x, batch.ahead), dim=-2))


def kinetrace_loss(
    model: WorldModel, batch: PlacedBatch, arm: Arm, view: View, standardiser: Standardiser, columns: Tensor
) -> Float[Tensor, "*models"]:
    """Give the default recipe's loss.

    Prediction in latents and of features, both over what copying costs at that step; the mean distance of the decoded
    joints from where they were, over how far joints move in such a step; reconstruction; the action read back. With
    `grounded` the decoder's errors reach encoder and predictor, and a collapsed latent could not be decoded; else the
    decoder is a probe.

    Args:
        model: The networks, in training mode.
        batch: Pairs.
        arm: The factors in force.
        view: Places features in the world.
        standardiser: Gives the features their units back.
        columns: Weight of every column of x in what the latent must give back linearly.
    """
    z = model.encoder(batch.x)
    action = _action(model, batch)
    ahead = model.predictor(z, batch.dt_s, action)
    target = _target(model, batch, arm)
    loss = LATENT_WEIGHT * _mean(ahead - target, batch.weight)
    grounded = arm.anti_collapse == "grounded"
    seen, seen_ahead = (z, ahead) if grounded else (z.detach(), ahead.detach())
    features = model.features_ahead(batch.x, seen, seen_ahead, batch.dt_s)
    loss = loss + _mean(model.decoder(seen) - batch.x) + FEATURE_WEIGHT * _mean(features - batch.ahead, batch.weight)
    if isinstance(model.decoder, Decoder):
        if grounded:
            loss = loss + LINEAR_WEIGHT * _mean((model.decoder.pose.line(z) - batch.x) * columns.sqrt())
        placed = view.place(standardiser.undo(features), model.decoder.travel(seen, seen_ahead, batch.dt_s))
        away = ((placed - batch.placed).square().sum(dim=-1) + SOFT_M**2).sqrt() - SOFT_M
        loss = loss + (away.mean(dim=-1) * batch.scale).mean(dim=-1)
    if isinstance(model.inverse, ActionReader) and action is not None:
        read = model.inverse(z, model.target_encoder(batch.ahead))
        loss = loss + INVERSE_WEIGHT * _mean(read - model.inverse.coefficients(batch.turned))
    if arm.anti_collapse == "vicreg":
        loss = loss + vicreg_loss(z)
    if arm.anti_collapse == "sigreg":
        loss = loss + sigreg_loss(z)
    return loss


def column_weights(names: tuple[str, ...], spread: Float[Tensor, "features"]) -> Float[Tensor, "features"]:
    """Weigh columns by one over their variance, accelerations by a tenth of it.

    Args:
        names: Of the columns.
        spread: Their variances.
    """
    little = torch.tensor([LITTLE if ".acceleration." in name else 1.0 for name in names])
    return little / spread


def _target(model: WorldModel, batch: PlacedBatch, arm: Arm) -> Tensor:
    if arm.anti_collapse in ("ema", "grounded", "frozen_teacher"):
        with torch.no_grad():
            kept: Tensor = model.target_encoder(batch.ahead)
        return kept
    own: Tensor = model.encoder(batch.ahead)
    return own


def _action(model: WorldModel, batch: PlacedBatch) -> Tensor | None:
    if not isinstance(model.inverse, ActionReader):
        return None
    told = batch.told[..., None]
    return torch.cat((model.inverse.coefficients(batch.turned) * told, told), dim=-1)


def _mean(error: Tensor, weight: Tensor | None = None) -> Tensor:
    a_row = error.square().mean(dim=-1)
    return (a_row if weight is None else a_row * weight).mean(dim=-1)
