"""Training of the lifter on one CPU thread or a GPU; one that was killed goes on, on the CPU to the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch

from kinetrace.models.lifter.lift import answer
from kinetrace.training.averaged import descend, finite, go_on
from kinetrace.training.lifter.checkpoint import Progress, fresh
from kinetrace.training.lifter.draws import clips_of_step
from kinetrace.training.lifter.loss import lifting_loss
from kinetrace.training.lifter.motions import MotionTable
from schemas.lifter import LifterParams

ENOUGH_POINTS = 4
LITTLE = 0.1
"""Weight in the loss of a frame with fewer points than that."""


def train(
    table: MotionTable,
    params: LifterParams,
    progress: Progress | None = None,
    steps: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep: Callable[[Progress], None] = lambda progress: None,
    keep_every: int = 200,
    device: str = "cpu",
) -> Progress:
    """Train a lifter, from the start or from where a training stopped.

    Step k draws its clips and dropout from the seed and k alone: on the CPU the weights are the same bits however often the
    training was interrupted.

    Args:
        table: Where motions are drawn from.
        params: Size and budget.
        progress: An interrupted training, on the device.
        steps: Wraps the step numbers, for a progress bar.
        keep: Is handed the training every `keep_every` steps and at the end.
        keep_every: Steps.
        device: `cpu` or `cuda`; clips are drawn on the CPU either way.

    Raises:
        ArtifactError: The interrupted training had other parameters or recordings.
        ComputeError: The loss is not finite.
    """
    digest = table.digest
    return go_on(
        progress, lambda: fresh(params, digest, device), params, digest,
        lambda now, step: _step(now, table, step, device), steps, keep, keep_every, device,
    )  # fmt: skip


def _step(progress: Progress, table: MotionTable, step: int, device: str) -> float:
    params = progress.params
    clips = clips_of_step(table, params, step)
    torch.manual_seed(step)  # of dropout
    with torch.autocast(device, torch.bfloat16, enabled=params.mixed):
        positions, spread = answer(progress.network, clips.rays.to(device), clips.confidence.to(device))
    enough = (clips.confidence > 0).sum(-1) >= ENOUGH_POINTS
    weight = torch.where(enough, 1.0, LITTLE).to(device)
    loss, error = lifting_loss(positions, spread[..., 1:], clips.positions.to(device), weight, params)
    finite(float(loss.detach()), progress, step)
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    descend(progress, step, params.average)
    return float(error)
