"""Which pairs make a batch, and how much each horizon weighs."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor

DRAWS_AT_ONCE = 500
"""Batches drawn together: a draw over many pairs costs far more than the step that uses it."""

HORIZON_POWER = 1.5
"""Chance of a horizon falls as dh^-1.5. Of 0 (every pair alike), 1, 1.5 and 2, measured on six recordings, 1.5 gave the
best held-out skill at 1 to 10 frames without losing decoded accuracy."""

LEAST_CHANGE = 1e-3
"""Least mean squared change of a standardised state; a motionless recording must not get unbounded weights."""


def epoch_batches(pairs: int, batch: int, generator: torch.Generator) -> Iterator[Int[Tensor, "batch"]]:
    """Go through all pairs in a new random order again and again (the seed's way); the last batch may be short."""
    while True:
        yield from torch.split(torch.randperm(pairs, generator=generator, device=generator.device), batch)


def short_horizon_batches(
    horizons: Int[Tensor, "pairs"], batch: int, generator: torch.Generator
) -> Iterator[Int[Tensor, "batch"]]:
    """Draw pairs with short horizons more often; every pair can be drawn.

    Drawing pairs alike would spend nine steps in ten on horizons of more than a second, which one recording cannot
    teach. The chance of a pair is dh^-1.5 / n(dh), with n(dh) the number of pairs at its horizon.

    Args:
        horizons: dh of every pair [frames].
        batch: Pairs a batch.
        generator: Source of chance, on the device of `horizons`.
    """
    chance = 1.0 / (horizons.double() ** HORIZON_POWER * torch.bincount(horizons)[horizons])
    reach = torch.cumsum(chance, dim=0)
    while True:
        draws = torch.rand((DRAWS_AT_ONCE, batch), generator=generator, device=generator.device, dtype=torch.float64)
        yield from torch.searchsorted(reach, draws * reach[-1]).clamp_max(len(horizons) - 1)


def copy_cost(x: Float[Tensor, "anchors features"], longest: int) -> Float[Tensor, "horizons"]:
    """Give the mean squared change of x over each horizon from 0 to the longest, at least `LEAST_CHANGE`.

    Args:
        x: Standardised features of the training anchors, one after the other in time.
        longest: Longest horizon [frames], below the number of anchors.
    """
    cost = [(x[h:] - x[: len(x) - h]).square().mean() for h in range(longest + 1)]
    return torch.stack(cost).clamp_min(LEAST_CHANGE)
