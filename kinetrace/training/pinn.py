"""Training of the PINN encoder; a training that was killed goes on to the same weights."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.determinism import reproducible
from kinetrace.models.pinn.corruption import axis_spread, corrupt
from kinetrace.models.pinn.losses import losses
from kinetrace.models.pinn.stencils import differentiate
from kinetrace.models.pinn.window_frame import bridge
from kinetrace.training.pinn_checkpoint import Progress, fresh
from kinetrace.training.pinn_data import WindowTable, configuration
from kinetrace.training.resumed import another_training
from schemas.errors import ComputeError
from schemas.pinn import PinnParams

WARM_UP = 0.05
"""Share of the steps over which the learning rate rises; after that it falls along a half cosine."""
LARGEST_GRADIENT = 1.0
SEED_STRIDE = 1_000_003
"""Prime; seeds of steps of different trainings do not meet."""


def train(
    table: WindowTable,
    params: PinnParams,
    device: str = "cpu",
    progress: Progress | None = None,
    steps: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep: Callable[[Progress], None] = lambda progress: None,
    keep_every: int = 200,
) -> Progress:
    """Train an encoder, from the start or from where a training stopped.

    Step k draws its batch, scale and corruption from the seed and k alone: on one CPU the weights are the same bits
    however often the training was interrupted.

    Args:
        table: Windows of clean recordings.
        params: Size, corruption, budget.
        device: Where to crunch the numbers.
        progress: An interrupted training, on the device.
        steps: Wraps the step numbers, for a progress bar.
        keep: Is handed the training every `keep_every` steps and at the end.
        keep_every: Steps.

    Raises:
        ArtifactError: The interrupted training had other parameters or recordings.
        ComputeError: The loss is not finite, or the device's memory is full.
    """
    config, digest = configuration(table, params), data_digest(table)
    with reproducible(params.seed, device):
        if progress is None:
            progress = fresh(config, digest, device)
        elif (progress.config.params, progress.data_sha256) != (params, digest):
            raise another_training(progress.config.params, params)
        there = table.to(device)
        try:
            for step in steps(range(progress.step, params.steps)):
                progress.losses.append(_step(progress, there, step))
                progress.step = step + 1
                if progress.step % keep_every == 0 and progress.step < params.steps:
                    keep(progress)
        except torch.OutOfMemoryError:
            raise ComputeError(
                where="pinn training", field="memory", expected=f"room for {params.batch_size} clips on {device}",
                found="none left", fix="Lower --batch-size, or train the --small encoder.",
            ) from None  # fmt: skip
    keep(progress)
    return progress


def _step(progress: Progress, table: WindowTable, step: int) -> float:
    params = progress.config.params
    progress.optimisers.scale(schedule(step, params.steps), progress.config)
    loss = batch_loss(progress, table, step)
    value = float(loss.detach())
    if not math.isfinite(value):
        raise ComputeError(
            where="pinn training", field="loss", expected="a finite loss", found=f"{value} at step {step}",
            fix=f"Lower --learning-rate (now {params.learning_rate:g}) or --matrix-rate (now {params.matrix_rate:g}).",
        )  # fmt: skip
    progress.optimisers.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(progress.network.parameters(), LARGEST_GRADIENT)
    progress.optimisers.step()
    return value


def batch_loss(progress: Progress, table: WindowTable, step: int) -> Float[Tensor, ""]:
    """Give the loss of the batch of one step: clean windows, scaled, corrupted, encoded, held against the clean ones."""
    params, network = progress.config.params, progress.network
    device = table.starts.device
    generator = torch.Generator(device=device).manual_seed(params.seed * SEED_STRIDE + step)
    windows = table.draw(params.batch_size, generator)
    clean, present = table.take(windows)
    rate = table.rate_of(windows)
    fps = torch.tensor(table.rates, dtype=clean.dtype, device=device)[rate]
    limit = torch.tensor(progress.config.jerk_limits, dtype=clean.dtype, device=device)[rate]
    u = torch.rand(params.batch_size, 1, 1, 1, generator=generator, device=device)
    clean = clean * (1 + params.stature_range * (2 * u - 1))
    shown = corrupt(clean, present, fps, params, generator)
    state, frame = network.look(shown.positions, shown.visible, fps)
    target = differentiate(bridge(frame.enter(clean), present, network.embedding.mean[:, :3]), fps)
    encoded = network(state, shown.visible, fps)
    sigma = axis_spread(params.noise_mm / 1000)
    return losses(encoded.s_hat, target, present, fps, limit, sigma).total(params)


def schedule(step: int, steps: int) -> float:
    """Give the learning rate at a step as a share of the largest: a linear rise, then half a cosine down to 0."""
    rise = max(1, round(WARM_UP * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def data_digest(table: WindowTable) -> str:
    """Give the SHA-256 of everything that batches are drawn from."""
    digest = hashlib.sha256(repr((table.counts, table.rates, table.window)).encode())
    for array in (table.positions, table.present, table.starts):
        digest.update(array.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
