"""What stays on the device throughout training: every state once, and how far ahead each may look."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.models.features import View
from kinetrace.models.networks import INERTIA_S
from kinetrace.models.standardiser import Standardiser

LEAST_CHANGE = 1e-3
"""Least mean squared change of a standardised state; a motionless recording must not get unbounded weights."""

LEAST_MOVED_M = 1e-3
"""The same for distances of joints [m]."""

MEASURED = 20_000
"""Pairs that are enough to measure a horizon by."""

REACH_S = 2.0
"""The default recipe trains on steps of up to two seconds; beyond, one movement does not tell the next."""


@dataclass(frozen=True)
class StateTable:
    """Anchors of one or many recordings, one after the other.

    Attributes:
        x: Standardised features.
        positions: Joints [m], world.
        root: Root [m], world.
        yaw: Turn of the frame that the features are in [rad].
        angles: Of the pose [rad]; none where positions are in the world.
        reach: How many anchors of the same stretch follow each.
        chance: Relative chance of each to begin a pair.
        group: Which of the groups below each is of.
        cost: Mean squared change of x over 0, 1, 2 … anchors, in every group.
        moved: Mean distance over as many by which joints miss where inertia would take them [m].
        spread: Variance of every column of x.
        step_s: Time between anchors [s].
    """

    x: Float[Tensor, "anchors features"]
    positions: Float[Tensor, "anchors joints 3"]
    root: Float[Tensor, "anchors 3"]
    yaw: Float[Tensor, "anchors"]
    angles: Float[Tensor, "anchors angles"]
    reach: Int[Tensor, "anchors"]
    chance: Float[Tensor, "anchors"]
    group: Int[Tensor, "anchors"]
    cost: Float[Tensor, "groups horizons"]
    moved: Float[Tensor, "groups horizons"]
    spread: Float[Tensor, "features"]
    step_s: float

    @property
    def longest(self) -> int:
        """Longest step [anchors]."""
        return self.cost.shape[1] - 1


def reach_within(stretch: Int[Tensor, "anchors"]) -> Int[Tensor, "anchors"]:
    """Count the anchors that follow each in its stretch.

    Args:
        stretch: Number of the stretch each belongs to; equal numbers lie together; -1: to none.

    Returns:
        The counts; 0 where there is no stretch.
    """
    changes = torch.nonzero(stretch[1:] != stretch[:-1])[:, 0] + 1
    bounds = torch.cat((torch.zeros(1, dtype=torch.long), changes, torch.tensor([len(stretch)])))
    ends = torch.repeat_interleave(bounds[1:], bounds[1:] - bounds[:-1])
    return torch.where(stretch >= 0, ends - 1 - torch.arange(len(stretch)), 0)


def state_table(
    states: Float[Tensor, "anchors joints 9"],
    stretch: Int[Tensor, "anchors"],
    chance: Float[Tensor, "anchors"],
    view: View,
    standardiser: Standardiser,
    step_s: float,
    group: Int[Tensor, "anchors"] | None = None,
    longest: int | None = None,
) -> StateTable:
    """Make the table of causal states.

    Args:
        states: All anchors.
        stretch: Which stretch each belongs to; pairs never leave one; -1: not trained on.
        chance: Relative chance of each anchor.
        view: What the model sees of them.
        standardiser: Of its columns.
        step_s: Time between anchors [s].
        group: Kinds of recording whose errors are not to be compared, 0, 1, 2 …; None: one.
        longest: Longest step [anchors]; None: two seconds, or what there is.
    """
    reach = reach_within(stretch)
    if longest is None:
        longest = min(round(REACH_S / step_s), int(reach.max()))
    x = standardiser.apply(view.extract(states))
    positions = states[..., :3].contiguous()
    root = positions[:, view.joints.index("pelvis") if "pelvis" in view.joints else 0].contiguous()
    kinds = torch.zeros(len(states), dtype=torch.long) if group is None else group
    costs = [
        _change(x, states, torch.where(kinds == g, reach, 0), longest, step_s) for g in range(int(kinds.max()) + 1)
    ]
    return StateTable(
        x=x,
        positions=positions,
        root=root,
        yaw=view.yaw(states),
        angles=view.angles(states),
        reach=reach,
        chance=chance.double(),
        group=kinds,
        cost=torch.stack([c[0] for c in costs]),
        moved=torch.stack([c[1] for c in costs]),
        spread=x[stretch >= 0].var(dim=0, correction=0).clamp_min(LEAST_CHANGE),
        step_s=step_s,
    )


def _change(x: Tensor, states: Tensor, reach: Tensor, longest: int, step_s: float) -> tuple[Tensor, Tensor]:
    cost, moved = [x.new_zeros(())], [x.new_zeros(())]
    for h in range(1, longest + 1):
        start = torch.nonzero(reach >= h)[:, 0]
        if not len(start):
            cost.append(cost[-1])
            moved.append(moved[-1])
            continue
        start = start[:: max(1, len(start) // MEASURED)]
        cost.append((x[start + h] - x[start]).square().mean())
        change = states[start + h, :, :3] - states[start, :, :3]
        glide = states[start, :, 3:6] * (INERTIA_S * (1 - math.exp(-h * step_s / INERTIA_S)))
        moved.append(torch.minimum(_length(change), _length(change - glide)))
    return torch.stack(cost).clamp_min(LEAST_CHANGE), torch.stack(moved).clamp_min(LEAST_MOVED_M)


def _length(change: Tensor) -> Tensor:
    return change.square().sum(dim=-1).sqrt().mean()
