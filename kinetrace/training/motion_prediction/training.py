"""Training of the predictor on one CPU thread; a training that was killed goes on to the same weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import torch

from kinetrace.training.averaged import descend, finite, go_on
from kinetrace.training.motion_prediction.checkpoint import Progress, fresh
from kinetrace.training.motion_prediction.loss import path_loss
from kinetrace.training.motion_prediction.window_table import WindowTable
from schemas.cmu_prediction import PredictionParams

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
    return go_on(
        progress, lambda: fresh(params, digest), params, digest,
        lambda now, step: _step(now, table, step), steps, keep, keep_every,
    )  # fmt: skip


def _step(progress: Progress, table: WindowTable, step: int) -> float:
    params = progress.params
    seed = params.seed * SEED_STRIDE + step
    torch.manual_seed(seed)  # of dropout
    given, wanted = table.draw(params, torch.Generator().manual_seed(seed))
    losses = [
        path_loss(opinion, wanted, params.step_weight, params.frame_power)
        for opinion in progress.network.opinions(given)
    ]
    loss = torch.stack(losses).sum()  # each member learns by itself
    value = finite(float(loss.detach()) / len(losses), progress, step)
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    descend(progress, step, params.average)
    return value


def table_digest(table: WindowTable) -> str:
    """Give the SHA-256 of everything that batches are drawn from."""
    digest = hashlib.sha256()
    for part in (table.frames, table.starts, table.counts, table.shares):
        digest.update(part.contiguous().numpy().tobytes())
    return digest.hexdigest()
