"""Training of the corrector; a training that was killed goes on to the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.corrector.groups import JOINTS, PARTNER
from kinetrace.models.corrector.network import WINDOW
from kinetrace.models.corrector.splines import BANK, Spline, splines
from kinetrace.models.corrector.window_frame import window_frame
from kinetrace.training.averaged import descend, finite, go_on
from kinetrace.training.corrector.checkpoint import Progress, fresh
from kinetrace.training.corrector.corruption import corrupt, mirrored
from kinetrace.training.corrector.loss import corrector_loss
from kinetrace.training.corrector.window_table import WindowTable
from schemas.corrector import CorrectorParams

AVERAGE = 0.999
"""Of the running mean of the weights, that is kept a step."""
COVARIANCE_WINDOWS = 1024
COVARIANCE_GAPS = (6, 12, 24)


def train(
    table: WindowTable,
    params: CorrectorParams,
    device: str = "cpu",
    progress: Progress | None = None,
    steps: Callable[[Iterable[int]], Iterable[int]] = lambda steps: steps,
    keep: Callable[[Progress], None] = lambda progress: None,
    keep_every: int = 200,
) -> Progress:
    """Train a corrector, from the start or from where a training stopped.

    Step k draws its windows and what is hidden in them from the seed and k alone: on one CPU the weights are the same
    bits however often the training was interrupted.

    Args:
        table: Windows of complete recordings.
        params: Size, corruption, budget.
        device: Where to crunch the numbers.
        progress: An interrupted training, on the device.
        steps: Wraps the step numbers, for a progress bar.
        keep: Is handed the training every `keep_every` steps and at the end.
        keep_every: Steps.

    Raises:
        ArtifactError: The interrupted training had other parameters or recordings.
        ComputeError: The loss is not finite.
    """
    digest = table.digest()
    return go_on(
        progress, lambda: fresh(params, departures(table, params.seed), digest, device), params, digest,
        lambda now, step: _step(now, table, step, device), steps, keep, keep_every, device,
    )  # fmt: skip


def _step(progress: Progress, table: WindowTable, step: int, device: str) -> float:
    params = progress.params
    random = np.random.default_rng((params.seed, step))
    parts = [len(part) for part in np.array_split(np.arange(params.batch_size), params.accumulate) if len(part)]
    progress.optimiser.zero_grad()
    total = 0.0
    for size in parts:
        loss = batch_loss(progress, table, size, random, device) * (size / params.batch_size)
        total += float(loss.detach())
        torch.autograd.backward(loss)
    finite(total, progress, step)
    for weight in progress.network.parameters():
        if weight.grad is None:  # of a small batch without noise: the optimiser must remember every weight alike
            weight.grad = torch.zeros_like(weight)
    descend(progress, step, AVERAGE)
    return total


def batch_loss(
    progress: Progress, table: WindowTable, size: int, random: np.random.Generator, device: str
) -> Float[Tensor, ""]:
    """Give the loss of windows drawn now: turned to their heading, some mirrored, scaled, hidden, shaken and corrected."""
    params = progress.params
    world, present = table.draw(size, random)
    frame = window_frame(world, present)
    clean = frame.enter(world)
    flip = torch.from_numpy(random.random(size) < params.mirror_share)[:, None, None]
    clean = torch.where(flip[..., None], mirrored(clean), clean)
    present = torch.where(flip, present[:, :, list(PARTNER)], present)
    scale = 1 + params.stature_range * random.uniform(-1, 1, (size, 1, 1, 1))
    clean = turned(clean, random.uniform(-1, 1, size) * params.turn_range) * torch.from_numpy(scale).float()
    shown = corrupt(clean, present, frame.stature, params, random)
    kind = torch.device(device).type
    with torch.autocast(kind, dtype=torch.bfloat16, enabled=params.mixed_precision):
        said = progress.network(shown.positions.to(device), shown.visible.to(device), shown.wanted.to(device))
    return corrector_loss(said, clean.to(device), params.hidden_weight)


def turned(
    positions: Float[Tensor, "n frames joints 3"], angle: Float[np.ndarray, "n"]
) -> Float[Tensor, "n frames joints 3"]:
    """Turn windows about the vertical: a heading that is found from noisy or few joints is off by as much [rad]."""
    cos, sin = (torch.from_numpy(f(angle)).float()[:, None, None] for f in (np.cos, np.sin))
    x, y, z = positions.unbind(-1)
    return torch.stack((x * cos - z * sin, y, x * sin + z * cos), -1)


def departures(table: WindowTable, seed: int) -> Float[Tensor, "joints joints"]:
    """Measure how joints leave their splines together, each window at equal weight."""
    random = np.random.default_rng((seed, 2**32))
    world, present = table.draw(COVARIANCE_WINDOWS, random)
    clean = window_frame(world, present).enter(world)
    bank = BANK.index(Spline(3, 1.0))
    total, number = torch.zeros(JOINTS, JOINTS), torch.zeros(JOINTS, JOINTS)
    for gap in COVARIANCE_GAPS:
        first = (WINDOW - gap) // 2
        seen = torch.ones(len(clean), WINDOW, dtype=torch.bool)
        seen[:, first : first + gap] = False
        off = clean - splines(clean.flatten(2), seen)[:, bank].reshape(clean.shape)
        off = torch.where(present[..., None], off, 0.0)[:, first : first + gap]
        off = off / off.norm(dim=-1).mean((1, 2)).clamp_min(1e-6)[:, None, None, None]
        there = present[:, 0].float()
        total += torch.einsum("ntjc,ntkc->jk", off, off) / gap
        number += there.T @ there
    return total / number.clamp_min(1.0)
