"""Training of the predictor on one CPU thread; a training that was killed goes on to the same weights."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable

import torch

from kinetrace.models.determinism import reproducible
from kinetrace.training.motion_prediction.checkpoint import Progress, fresh
from kinetrace.training.motion_prediction.loss import path_loss
from kinetrace.training.motion_prediction.window_table import WindowTable
from schemas.cmu_prediction import PredictionParams
from schemas.errors import ArtifactError, ComputeError

RISE = 200
"""Steps over which the learning rate rises."""
LEAST = 0.01
"""Share of the learning rate that is left at the end of the half cosine down which it falls."""
LARGEST_GRADIENT = 1.0
SEED_STRIDE = 1_000_003
"""Prime; seeds of steps of different trainings do not meet."""


def train(
    table: WindowTable,
    params: PredictionParams,
    progress: Progress | None = None,
    steps: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep: Callable[[Progress], None] = lambda progress: None,
    keep_every: int = 200,
) -> Progress:
    """Train a predictor, from the start or from where a training stopped.

    Step k draws its batch and dropout from the seed and k alone: the weights are the same bits however often the training
    was interrupted.

    Args:
        table: Where windows are drawn from.
        params: Size and budget.
        progress: An interrupted training.
        steps: Wraps the step numbers, for a progress bar.
        keep: Is handed the training every `keep_every` steps and at the end.
        keep_every: Steps.

    Raises:
        ArtifactError: The interrupted training had other parameters or files.
        ComputeError: The loss is not finite.
    """
    digest = table_digest(table)
    with reproducible(params.seed, "cpu"):
        if progress is None:
            progress = fresh(params, digest)
        elif (progress.params, progress.data_sha256) != (params, digest):
            raise _another_training(progress, params)
        progress.network.train()
        for step in steps(range(progress.step, params.steps)):
            progress.losses.append(_step(progress, table, step))
            progress.step = step + 1
            if progress.step % keep_every == 0 and progress.step < params.steps:
                keep(progress)
    keep(progress)
    return progress


def _step(progress: Progress, table: WindowTable, step: int) -> float:
    params = progress.params
    for group in progress.optimiser.param_groups:
        group["lr"] = params.learning_rate * schedule(step, params.steps)
    seed = params.seed * SEED_STRIDE + step
    torch.manual_seed(seed)  # of dropout
    given, wanted = table.draw(params, torch.Generator().manual_seed(seed))
    losses = [
        path_loss(opinion, wanted, params.step_weight, params.frame_power)
        for opinion in progress.network.opinions(given)
    ]
    loss = torch.stack(losses).sum()  # each member learns by itself
    value = float(loss.detach()) / len(losses)
    if not math.isfinite(value):
        raise ComputeError(
            where="prediction training", field="loss", expected="a finite loss", found=f"{value} at step {step}",
            fix=f"Lower the learning rate, now {params.learning_rate:g}.",
        )  # fmt: skip
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(progress.network.parameters(), LARGEST_GRADIENT)
    progress.optimiser.step()
    _average(progress, min(params.average, (step + 1) / (step + 10)))
    return value


@torch.no_grad()
def _average(progress: Progress, kept: float) -> None:
    for mean, now in zip(progress.average.parameters(), progress.network.parameters(), strict=True):
        mean.lerp_(now, 1.0 - kept)


def schedule(step: int, steps: int) -> float:
    """Give the learning rate at a step as a share of the largest: a linear rise, times half a cosine."""
    fall = 0.5 * (1.0 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / RISE) * (LEAST + (1.0 - LEAST) * fall)


def table_digest(table: WindowTable) -> str:
    """Give the SHA-256 of everything that batches are drawn from."""
    digest = hashlib.sha256()
    for part in (table.frames, table.starts, table.counts, table.shares):
        digest.update(part.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _another_training(progress: Progress, params: PredictionParams) -> ArtifactError:
    theirs, ours = progress.params.model_dump(), params.model_dump()
    differ = [f"{name} {theirs[name]}" for name in ours if theirs[name] != ours[name]]
    return ArtifactError(
        where="checkpoint.pt", field="training", expected="the parameters and files that are given now",
        found=f"a training with {', '.join(differ) or 'other files'}",
        fix="Resume with the same ones, or train into another folder.",
    )  # fmt: skip
