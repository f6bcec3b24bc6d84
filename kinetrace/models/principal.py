"""Whitened principal components: where the default encoder begins, and the basis that actions are written in."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kinetrace.models.features import ROOT, HeadingFeatures, View
from kinetrace.models.layers import SkipNet
from kinetrace.models.networks import ActionReader, Decoder, Predictor
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.step_embedding import HALF_REACH_S
from kinetrace.models.world_model import WorldModel

LEAST_PART = 0.02
"""A component whose spread is below this part of the largest is scaled as if it had it: noise is not blown up."""

LEAST_TURN_RAD = 0.01
"""A turn that recordings hardly show is not blown up to a common one."""

RIDGE = 1e-2
"""Part of the actions' variance, which is 1."""

LEAST_SCALE_M = 1e-3
"""A position that varies by less than a millimetre is not driven by a velocity."""


def components(x: Float[Tensor, "rows columns"], count: int) -> tuple[Tensor, Tensor]:
    """Give principal directions (columns, found) and their spreads; `found` is `count` or what there is.

    Each direction is turned so that its largest weight is positive.
    """
    centred = (x - x.mean(dim=0)).double()
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(x))
    found = min(count, x.shape[1])
    directions, spread = vectors.flip(1)[:, :found], values.flip(0)[:found].clamp_min(0).sqrt()
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    return directions * torch.where(largest < 0, -1.0, 1.0), spread


@torch.no_grad()
def begin_at_components(model: WorldModel, x: Float[Tensor, "anchors features"]) -> None:
    """Let encoder and decoder begin as whitening by principal components and its inverse.

    Where there are fewer features than latents the further latents keep their fresh weights.

    Args:
        model: Fresh networks of the default recipe.
        x: Standardised features of the training part.
    """
    if not isinstance(model.encoder, SkipNet):
        return
    directions, spread = components(x, model.encoder.line.get_parameter("weight").shape[0])
    scale = spread.clamp_min(LEAST_PART * max(float(spread[0]), 1e-6))
    found = len(scale)
    for encoder in (model.encoder, model.target_encoder):
        encoder.get_submodule("line").get_parameter("weight")[:found] = (directions / scale).T.float()
        encoder.get_submodule("line").get_parameter("bias").zero_()
    line = model.decoder.get_submodule("pose").get_submodule("line")
    line.get_parameter("weight").zero_()
    line.get_parameter("weight")[:, :found] = (directions * scale).float()
    line.get_parameter("bias").zero_()


@torch.no_grad()
def begin_with_inertia(model: WorldModel, view: View, standardiser: Standardiser) -> None:
    """Let a residual predictor begin by moving every joint, and the root, with its velocity.

    With W whitening and W+ its inverse, W S W+ is what a shift S of positions by velocities does to latents; the gate is
    dt / 0.3 s for short steps. Call after `begin_at_components`.

    Args:
        model: Networks; only a residual predictor in the heading frame is touched.
        view: Says which columns are positions and velocities.
        standardiser: Of the columns.
    """
    known = all(
        isinstance(part, kind)
        for part, kind in ((model.predictor, Predictor), (model.decoder, Decoder), (model.encoder, SkipNet))
    )
    if not known or not isinstance(view, HeadingFeatures):
        return
    whiten = model.encoder.get_submodule("line").get_parameter("weight")
    back = model.decoder.get_submodule("pose").get_submodule("line").get_parameter("weight")
    place, speed = view.posed, slice(view.posed.stop, 2 * view.posed.stop - view.posed.start)
    unit = standardiser.scale[place].clamp_min(LEAST_SCALE_M)
    ratio = (standardiser.scale[speed] / unit)[:, None]
    model.decoder.get_buffer("ratio").copy_(ratio.T)
    if not model.predictor.residual:
        return
    model.predictor.get_submodule("line").get_parameter("weight").copy_(
        HALF_REACH_S * whiten[:, place] @ (ratio * back[speed])
    )
    drift = whiten[:, place] @ (standardiser.mean[speed] / unit)
    model.predictor.get_submodule("line").get_parameter("bias").copy_(HALF_REACH_S * drift)
    columns = [view.names.index(f"{ROOT}.{name}") for name in ("velocity.forward", "velocity.right", "yaw_rate")]
    half = HALF_REACH_S / 2 * standardiser.scale[columns][:, None] * back[columns]
    line = model.decoder.get_submodule("way").get_submodule("line")
    line.get_parameter("weight")[:, :-1] = torch.cat((half, half), dim=1)
    line.get_parameter("bias").copy_(HALF_REACH_S * standardiser.mean[columns])


@torch.no_grad()
def write_action_basis(model: WorldModel, change: Float[Tensor, "pairs angles"]) -> None:
    """Let an action be the whitened principal components of how the pose's angles change.

    Args:
        model: Networks; those without actions are left alone.
        change: Changes of angles between anchors of the training part [rad].
    """
    if not isinstance(model.inverse, ActionReader):
        return
    directions, spread = components(change, model.inverse.basis.shape[1])
    scale = spread.clamp_min(max(LEAST_PART * float(spread[0]), LEAST_TURN_RAD))
    model.inverse.basis.zero_()
    model.inverse.basis[:, : len(scale)] = (directions / scale).float()


@torch.no_grad()
def begin_to_act(
    model: WorldModel,
    x: Float[Tensor, "pairs features"],
    ahead: Float[Tensor, "pairs features"],
    change: Float[Tensor, "pairs angles"],
    dt_s: float,
) -> None:
    """Let the effect of an action begin as the ridge regression of what inertia leaves of latents' changes.

    Args:
        model: Networks, after `write_action_basis`; those without actions are left alone.
        x: Standardised features.
        ahead: The same `dt_s` later.
        change: Of the pose's angles [rad].
        dt_s: The step [s].
    """
    predictor = model.predictor
    if not isinstance(model.inverse, ActionReader) or not isinstance(predictor, Predictor) or predictor.effect is None:
        return
    action = model.inverse.coefficients(change)
    z = model.encoder(x)
    left = model.encoder(ahead) - predictor.eval()(z, torch.full((len(x),), dt_s))
    predictor.train()
    gram = action.T @ action + len(x) * RIDGE * torch.eye(action.shape[1])
    weight = predictor.effect.line.get_parameter("weight")
    weight.zero_()
    weight[:, z.shape[1] :] = torch.linalg.solve(gram, action.T @ left).T
    predictor.effect.line.get_parameter("bias").zero_()


@torch.no_grad()
def whiten(model: WorldModel, x: Float[Tensor, "anchors features"]) -> None:
    """Turn and scale the latent so that it is white on these states, without changing anything that is decoded.

    z' = T (z - m) with T = V diag(1 / s) of the latents' principal components. T goes into what ends in a latent, its
    inverse into what begins from one; predictions, decodings and probes by linear maps stay what they are. Training
    leaves latents with the scales that it happened to find; white, no direction of them is drowned.

    Args:
        model: Trained networks of the default recipe with a residual predictor; others are left as they are.
        x: Standardised features.
    """
    predictor, decoder = model.predictor, model.decoder
    if not isinstance(predictor, Predictor) or not isinstance(decoder, Decoder) or not predictor.residual:
        return
    if not isinstance(model.encoder, SkipNet):
        return
    z = model.encoder(x).double()
    directions, spread = components(z.float(), z.shape[1])
    scale = spread.clamp_min(LEAST_PART * float(spread[0]))
    there, back = (directions / scale).T, directions * scale
    mean = z.mean(dim=0)
    for encoder in (model.encoder, model.target_encoder):
        for name in ("line", "last"):
            _after(encoder.get_submodule(name), there)
        bias = encoder.get_submodule("line").get_parameter("bias")
        bias.copy_(bias - (there @ mean).float())
    latent = z.shape[1]
    for layer in (predictor.line, predictor.last):
        _after(layer, there)
    readers: list[tuple[nn.Module, int]] = [(predictor.line, 1), (predictor.first, 1), (decoder.trust, 1)]  # type: ignore[list-item]
    readers += [(decoder.pose.line, 1), (decoder.pose.first, 1)]
    if predictor.effect is not None:
        readers += [(predictor.effect.line, 1), (predictor.effect.first, 1)]
        for layer in (predictor.effect.line, predictor.effect.last):
            _after(layer, there)
    pairs = [net for net in (decoder.way, getattr(model.inverse, "net", None)) if isinstance(net, SkipNet)]
    readers += [(layer, 2) for net in pairs for layer in (net.line, net.first)]
    for reader, times in readers:
        if isinstance(reader, nn.Module):
            _before(reader, back, mean, latent, times)


def _after(layer: nn.Module, there: Tensor) -> None:
    """Let a layer give T y for the y it gave."""
    for name in ("weight", "bias"):
        value = layer.get_parameter(name)
        value.copy_((there @ value.double()).float())


def _before(layer: nn.Module, back: Tensor, mean: Tensor, latent: int, times: int) -> None:
    """Let a layer take z' for each of its first `times` latents where it took z = back z' + mean."""
    weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
    for part in range(times):
        columns = slice(part * latent, (part + 1) * latent)
        old = weight[:, columns].double()
        bias.copy_((bias.double() + old @ mean).float())
        weight[:, columns] = (old @ back).float()
