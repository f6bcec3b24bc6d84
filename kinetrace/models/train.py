"""Training of a world model on one dataset, all of it resident where the numbers are crunched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.determinism import reproducible
from kinetrace.models.features import feature_map
from kinetrace.models.losses import kinetrace_loss, seed_loss
from kinetrace.models.sampling import copy_cost, epoch_batches, short_horizon_batches
from kinetrace.models.standardiser import Standardiser, fit_standardiser
from kinetrace.models.world_model import WorldModel
from schemas.dataset import Part, TransitionArrays
from schemas.errors import ComputeError
from schemas.world_model import WorldModelConfig, WorldModelParams

CURVE_POINTS = 200

Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class Trained:
    """A trained world model, on the CPU, in evaluation mode."""

    model: WorldModel
    config: WorldModelConfig
    loss_curve: tuple[float, ...]
    steps: int
    steps_full_schedule: int


def choose_device(asked: str) -> str:
    """Turn the parameter into a device: `auto` takes a GPU where there is one.

    Raises:
        ComputeError: A GPU was asked for and there is none.
    """
    if asked == "cuda" and not torch.cuda.is_available():
        raise ComputeError(
            where="params.yaml",
            field="world_model.device",
            expected="a CUDA device",
            found="none",
            fix="Set it to auto or cpu.",
        )
    return "cpu" if asked == "cpu" or not torch.cuda.is_available() else "cuda"


def device_name(device: str) -> str:
    """Name a device for the record: cpu, or cuda with the model of the GPU."""
    return device if device == "cpu" else f"{device}:{torch.cuda.get_device_name()}"


def train(
    table: TransitionArrays,
    joints: tuple[str, ...],
    fps: float,
    params: WorldModelParams,
    device: str = "cpu",
    progress: Progress = lambda steps: steps,
) -> Trained:
    """Train a world model on the training pairs of a dataset.

    Args:
        table: Stage 5's states and pairs.
        joints: Names of the states' joints.
        fps: Anchors a second.
        params: Recipe and budget.
        device: cpu or cuda; on the CPU equal arguments give equal bits.
        progress: Wraps the loop over steps, to show how far it is.

    Returns:
        The trained networks with all that is needed to use them.

    Raises:
        ComputeError: The loss is no longer a number.
        ArtifactError: The joints do not carry the recipe's features.
    """
    view = feature_map(params.recipe, joints)
    features = view.extract(torch.from_numpy(table.states))
    in_training = torch.from_numpy(table.part == Part.TRAIN)
    standardiser = fit_standardiser(features[in_training], view.spread_floor)
    x = standardiser.apply(features)
    full = params.epochs * -(-len(table.train_pairs) // params.batch_size)
    steps = budget(full, params)
    with reproducible(params.seed, device) as generator:
        model = WorldModel(
            recipe=params.recipe,
            features=x.shape[1],
            latent=params.latent_dim,
            hidden=params.hidden_dim,
            dropout=params.dropout,
            fps=fps,
        ).to(device)
        weight = 1 / copy_cost(x[in_training], int(table.train_pairs[:, 1].max())).to(device)
        steps_shown = progress(range(steps))
        losses = _fit(model, x.to(device), table.train_pairs, weight, fps, params, generator, steps_shown)
        curve = _curve(losses, params)
        model.cpu().eval()
        with torch.no_grad():
            spread = model.encoder(x[in_training]).std(dim=0, correction=0)
    config = _config(params, joints, fps, view.names, standardiser, spread)
    return Trained(model, config, curve, steps, full)


def budget(full: int, params: WorldModelParams) -> int:
    """Give the number of steps.

    The seed stops at its epochs or at `max_steps`, whichever is first. The default recipe draws pairs with repetition,
    so an epoch means nothing to it: `max_steps` alone counts, and `epochs` only where that is null.

    Args:
        full: Steps of the full schedule of epochs.
        params: Recipe and budget.
    """
    if params.max_steps is None:
        return full
    return min(full, params.max_steps) if params.recipe == "seed" else params.max_steps


def _fit(
    model: WorldModel,
    x: Float[Tensor, "anchors features"],
    pairs: np.ndarray,
    weight: Float[Tensor, "horizons"],
    fps: float,
    params: WorldModelParams,
    generator: torch.Generator,
    steps: Iterable[int],
) -> list[Tensor]:
    model.train()
    model.target_encoder.eval()
    start, horizon = torch.from_numpy(pairs).long().to(x.device).unbind(1)
    seed = params.recipe == "seed"
    draw = epoch_batches(len(horizon), params.batch_size, generator)
    if not seed:
        draw = short_horizon_batches(horizon, params.batch_size, generator)
    optimiser = torch.optim.AdamW(model.trainable(), lr=params.learning_rate, fused=True)
    losses = []
    for _, batch in zip(steps, draw, strict=False):
        t, dh = start[batch], horizon[batch]
        now, ahead, dt = x[t], x[t + dh], dh / fps
        if seed:
            loss = seed_loss(model, now, dt, ahead)
        else:
            loss = kinetrace_loss(model, now, dt, ahead, weight[dh], params.anti_collapse)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        model.follow(params.ema)
        losses.append(loss.detach())
    return losses


def _curve(losses: list[Tensor], params: WorldModelParams) -> tuple[float, ...]:
    values = torch.stack(losses).double().cpu()
    if not bool(torch.isfinite(values).all()):
        first = int(torch.argmin(torch.isfinite(values).int()))
        raise ComputeError(
            where="stage s06_world_model",
            field="loss",
            expected="a finite loss",
            found=f"none from step {first} on",
            fix=f"Lower `world_model.learning_rate` (now {params.learning_rate:g}).",
        )
    stretches = np.array_split(values.numpy(), min(CURVE_POINTS, len(values)))
    return tuple(float(s.mean()) for s in stretches)


def _config(
    params: WorldModelParams,
    joints: tuple[str, ...],
    fps: float,
    names: tuple[str, ...],
    standardiser: Standardiser,
    spread: Float[Tensor, "latent"],
) -> WorldModelConfig:
    return WorldModelConfig(
        recipe=params.recipe,
        joints=joints,
        fps=fps,
        feature_names=names,
        feature_mean=tuple(standardiser.mean.tolist()),
        feature_scale=tuple(standardiser.scale.tolist()),
        latent_std=tuple(spread.tolist()),
        params=params,
    )
