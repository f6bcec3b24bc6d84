"""All the chance of training, a hundred steps at a time, as a function of seed, rank and place in the schedule alone.

Nothing is carried from one stretch of steps to the next, so a run that is taken up again draws what it would have drawn,
and a model in a stack draws what it would have drawn alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.training.world_model.table import StateTable

CHUNK = 100
"""Steps that are drawn together: a draw costs far more than the step that uses it."""

HORIZON_POWER = 0.75
"""Chance of a horizon falls as dh to this power."""

TOLD = 0.33
"""Part of the pairs at which the predictor is told the action."""

EDITED = 0.6
"""Part of these at which a limb is turned besides."""

TURN_RAD = 0.15
"""Standard deviation of its turn, about the two axes of its joint."""


@dataclass(frozen=True)
class Draws:
    """What up to `CHUNK` steps draw for one model, or for stacked ones (their axis is the second).

    Attributes:
        start: Anchor at which each pair begins.
        horizon: Its step [anchors].
        told: 1 where the predictor is told the action.
        edit: Which limb is turned, where one is.
        angle: How far [rad]; 0 where none is.
        keep: For every dropout layer 1 / (1 - p) for columns that stay, else 0.
    """

    start: Int[Tensor, "steps *models batch"]
    horizon: Int[Tensor, "steps *models batch"]
    told: Float[Tensor, "steps *models batch"]
    edit: Int[Tensor, "steps *models batch"]
    angle: Float[Tensor, "steps *models batch"]
    keep: tuple[Float[Tensor, "steps *models batch _"], ...]


def generator(seed: int, rank: int, purpose: int, number: int, device: str) -> torch.Generator:
    """Give a generator that depends on the four numbers alone."""
    mixed = int(np.random.SeedSequence([seed, rank, purpose, number]).generate_state(1, np.uint64)[0])
    return torch.Generator(device=device).manual_seed(mixed & (2**63 - 1))


class HorizonSampler:
    """Draws pairs: an anchor by its chance, then a horizon that it can reach, short ones more often."""

    def __init__(self, table: StateTable, device: str) -> None:
        usable = torch.nonzero(table.reach > 0)[:, 0]
        self.anchors = usable.to(device)
        self.reach = table.reach[usable].clamp_max(table.longest).to(device)
        self.until = torch.cumsum(table.chance[usable], dim=0).to(device)
        horizons = torch.arange(1, table.longest + 1, dtype=torch.float64)
        self.weight = torch.cat((torch.zeros(1), torch.cumsum(horizons**-HORIZON_POWER, dim=0))).double().to(device)

    def pairs(self, seed: int, rank: int, chunk: int, batch: int) -> tuple[Tensor, Tensor]:
        """Give starts and horizons of a chunk."""
        source = generator(seed, rank, 0, chunk, str(self.until.device))
        u = torch.rand((2, CHUNK, batch), generator=source, device=self.until.device, dtype=torch.float64)
        row = torch.searchsorted(self.until, u[0] * self.until[-1], right=True).clamp_max(len(self.until) - 1)
        most = self.weight[self.reach[row]]
        horizon = torch.searchsorted(self.weight, u[1] * most, right=True)
        return self.anchors[row], torch.minimum(horizon, self.reach[row])


class EpochSampler:
    """Goes through all pairs in a new random order again and again (the seed's way), in batches that are all full."""

    def __init__(self, pairs: Int[Tensor, "pairs 2"], device: str) -> None:
        self.every = pairs.long().to(device)
        self._known: tuple[int, Tensor] | None = None

    def pairs(self, seed: int, rank: int, chunk: int, batch: int) -> tuple[Tensor, Tensor]:
        """Give starts and horizons of a chunk."""
        count = len(self.every)
        at, end = chunk * CHUNK * batch, (chunk + 1) * CHUNK * batch
        parts = []
        while at < end:
            epoch, skip = divmod(at, count)
            take = min(count - skip, end - at)
            parts.append(self._order(seed, rank, epoch)[skip : skip + take])
            at += take
        chosen = self.every[torch.cat(parts)].view(CHUNK, batch, 2)
        return chosen[..., 0].contiguous(), chosen[..., 1].contiguous()

    def _order(self, seed: int, rank: int, epoch: int) -> Tensor:
        if self._known is None or self._known[0] != epoch:
            source = generator(seed, rank, 1, epoch, str(self.every.device))
            order = torch.randperm(len(self.every), generator=source, device=self.every.device)
            self._known = (epoch, order)
        return self._known[1]


Sampler = HorizonSampler | EpochSampler


def draw(
    sampler: Sampler,
    seed: int,
    rank: int,
    chunk: int,
    batch: int,
    drops: list[tuple[float, int]],
    device: str,
    edits: int = 0,
) -> Draws:
    """Draw what one model needs for a chunk of steps.

    Args:
        sampler: Of its pairs.
        seed: Its seed.
        rank: Number of the process.
        chunk: Which hundred of steps.
        batch: Pairs a step.
        drops: Chance and width of every dropout layer.
        device: Where.
        edits: Turns of limbs to choose from; 0: none is ever turned.
    """
    start, horizon = sampler.pairs(seed, rank, chunk, batch)
    source = generator(seed, rank, 2, chunk, device)
    told = torch.rand((CHUNK, batch), generator=source, device=device) < TOLD
    edit, angle = _turned(told, edits, source)
    keep = tuple(_kept((CHUNK, batch, columns), p, source) for p, columns in drops)
    return Draws(start, horizon, told.float(), edit, angle, keep)


def _turned(told: Tensor, edits: int, source: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw turns of limbs for a part of the pairs at which the action is told: who is not told could not know."""
    if not edits:
        return torch.zeros_like(told, dtype=torch.int64), torch.zeros_like(told, dtype=torch.float32)
    chosen = torch.rand(told.shape, generator=source, device=told.device) < EDITED
    edit = torch.randint(edits, told.shape, generator=source, device=told.device)
    angle = TURN_RAD * torch.randn(told.shape, generator=source, device=told.device)
    return edit, angle * (told & chosen)


def _kept(shape: tuple[int, int, int], p: float, source: torch.Generator) -> Tensor:
    """Draw columns that stay, four from every random number of 64 bits: a chance is met to 1 in 65 536."""
    count = shape[0] * shape[1] * shape[2]
    words = torch.empty(-(-count // 4), dtype=torch.int64, device=source.device)
    words.random_(-(2**63), None, generator=source)
    stays = words.view(torch.int16)[:count].view(shape) >= round(p * 65_536) - 32_768
    return stays * (1 / (1 - p))
