"""Training of the lifter on one CPU thread or a GPU; one that was killed goes on, on the CPU to the same weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch

from kinetrace.models.determinism import reproducible
from kinetrace.models.lifter.lift import answer
from kinetrace.training.lifter.checkpoint import Progress, fresh
from kinetrace.training.lifter.draws import clips_of_step
from kinetrace.training.lifter.loss import lifting_loss
from kinetrace.training.lifter.motions import MotionTable
from schemas.errors import ArtifactError, ComputeError
from schemas.lifter import LifterParams

RISE = 200
"""Steps over which the learning rate rises."""
LEAST = 0.01
"""Share of the learning rate that is left at the end of the half cosine down which it falls."""
LARGEST_GRADIENT = 1.0
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
    with reproducible(params.seed, device):
        if progress is None:
            progress = fresh(params, digest)
            progress.network.to(device)
            progress.average.to(device)
        elif (progress.params, progress.data_sha256) != (params, digest):
            raise _another_training(progress, params)
        progress.network.train()
        for step in steps(range(progress.step, params.steps)):
            progress.errors.append(_step(progress, table, step, device))
            progress.step = step + 1
            if progress.step % keep_every == 0 and progress.step < params.steps:
                keep(progress)
    keep(progress)
    return progress


def _step(progress: Progress, table: MotionTable, step: int, device: str) -> float:
    params = progress.params
    for group in progress.optimiser.param_groups:
        group["lr"] = params.learning_rate * schedule(step, params.steps)
    clips = clips_of_step(table, params, step)
    torch.manual_seed(step)  # of dropout
    with torch.autocast(device, torch.bfloat16, enabled=params.mixed):
        positions, spread = answer(progress.network, clips.rays.to(device), clips.confidence.to(device))
    enough = (clips.confidence > 0).sum(-1) >= ENOUGH_POINTS
    weight = torch.where(enough, 1.0, LITTLE).to(device)
    loss, error = lifting_loss(positions, spread[..., 1:], clips.positions.to(device), weight, params)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise ComputeError(
            where="lifter training", field="loss", expected="a finite loss", found=f"{value} at step {step}",
            fix=f"Lower the learning rate, now {params.learning_rate:g}.",
        )  # fmt: skip
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(progress.network.parameters(), LARGEST_GRADIENT)
    progress.optimiser.step()
    _average(progress, min(params.average, (step + 1) / (step + 10)))
    return float(error)


@torch.no_grad()
def _average(progress: Progress, kept: float) -> None:
    for mean, now in zip(progress.average.parameters(), progress.network.parameters(), strict=True):
        mean.lerp_(now, 1.0 - kept)


def schedule(step: int, steps: int) -> float:
    """Give the learning rate at a step as a share of the largest: a linear rise, times half a cosine."""
    fall = 0.5 * (1.0 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / RISE) * (LEAST + (1.0 - LEAST) * fall)


def _another_training(progress: Progress, params: LifterParams) -> ArtifactError:
    theirs, ours = progress.params.model_dump(), params.model_dump()
    differ = [f"{name} {theirs[name]}" for name in ours if theirs[name] != ours[name]]
    return ArtifactError(
        where="checkpoint.pt", field="training", expected="the parameters and recordings that are given now",
        found=f"a training with {', '.join(differ) or 'other recordings'}",
        fix="Resume with the same ones, or train into another folder.",
    )  # fmt: skip
