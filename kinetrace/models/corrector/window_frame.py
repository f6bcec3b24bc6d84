"""A window seen from the person: origin in the middle of the body, forward where the body faces, lengths in statures."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.heading import facing_yaw, from_heading, to_heading
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX

USUAL_STATURE_M = 1.7
"""Where no leg is seen [m]."""
STATURES_M = (0.6, 2.4)
_PELVIS = INDEX["pelvis"]
_GIRDLES = ((INDEX["r_hip"], INDEX["l_hip"]), (INDEX["r_shoulder"], INDEX["l_shoulder"]))
_LEGS = tuple(((INDEX[f"{s}_hip"], INDEX[f"{s}_knee"]), (INDEX[f"{s}_knee"], INDEX[f"{s}_ankle"])) for s in "lr")


class WindowFrame(NamedTuple):
    """Where a window's frame lies in the world, and how long its unit is."""

    origin: Float[Tensor, "n 3"]
    yaw: Float[Tensor, "n"]
    stature: Float[Tensor, "n"]

    def enter(self, positions: Float[Tensor, "n frames joints 3"]) -> Float[Tensor, "n frames joints 3"]:
        """Express world positions as (forward, up, right) from the origin, in statures."""
        moved = (positions - self.origin[:, None, None]) / self.stature[:, None, None, None]
        return to_heading(moved, self.yaw[:, None, None].expand(moved.shape[:-1]))

    def leave(self, positions: Float[Tensor, "n frames joints 3"]) -> Float[Tensor, "n frames joints 3"]:
        """Put positions back into the world; undoes `enter`."""
        turned = from_heading(positions, self.yaw[:, None, None].expand(positions.shape[:-1]))
        return turned * self.stature[:, None, None, None] + self.origin[:, None, None]


def window_frame(
    positions: Float[Tensor, "n frames joints 3"], visible: Bool[Tensor, "n frames joints"]
) -> WindowFrame:
    """Find each window's frame from whatever is visible in it.

    The origin is the mean pelvis, else the mean of all visible joints; the heading comes from the hips, else from the
    shoulders, else the world's own axes are kept; the stature from the legs' lengths, else it is an adult's.

    Args:
        positions: World, Y up [m].
        visible: Where they are known; frames in which nothing is take no part.
    """
    pelvis = visible[..., _PELVIS]
    every = _mean(positions.flatten(1, 2), visible.flatten(1))
    origin = torch.where(pelvis.any(1)[:, None], _mean(positions[:, :, _PELVIS], pelvis), every)
    across = torch.zeros_like(origin)
    across[:, 2] = 1.0
    for right, left in reversed(_GIRDLES):
        both = visible[..., right] & visible[..., left]
        found = _mean(positions[:, :, right] - positions[:, :, left], both)
        across = torch.where(both.any(1)[:, None], found, across)
    return WindowFrame(origin, facing_yaw(across, torch.zeros_like(across)), _stature(positions, visible))


def _stature(
    positions: Float[Tensor, "n frames joints 3"], visible: Bool[Tensor, "n frames joints"]
) -> Float[Tensor, "n"]:
    total, legs = torch.zeros(len(positions)).to(positions), torch.zeros(len(positions)).to(positions)
    for leg in _LEGS:
        length, seen = torch.zeros_like(total), torch.ones_like(total, dtype=torch.bool)
        for a, b in leg:
            both = visible[..., a] & visible[..., b]
            length = length + _mean((positions[:, :, a] - positions[:, :, b]).norm(dim=-1, keepdim=True), both)[:, 0]
            seen = seen & both.any(1)
        total, legs = total + length * seen, legs + seen
    found = torch.where(legs > 0, total / legs.clamp_min(1) / LEG_OF_STATURE, USUAL_STATURE_M)
    return found.clamp(*STATURES_M)


def _mean(x: Float[Tensor, "n samples channels"], kept: Bool[Tensor, "n samples"]) -> Float[Tensor, "n channels"]:
    # About the first kept sample: far from the room's origin a plain mean would lose millimetres.
    first = x[torch.arange(len(x), device=x.device), kept.to(torch.uint8).argmax(1)]
    weight = kept[..., None].to(x)
    moved = (torch.where(kept[..., None], x - first[:, None], 0.0) * weight).sum(1) / weight.sum(1).clamp_min(1)
    return torch.where(kept.any(1)[:, None], first + moved, torch.zeros_like(first))
