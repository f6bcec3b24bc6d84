"""A clip seen from its own middle: gaps bridged, origin at its mean pelvis, turned to its mean heading."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.heading import facing_yaw, from_heading, to_heading
from kinetrace.models.pinn.joints import LEFT_HIP, PELVIS, RIGHT_HIP


class WindowFrame(NamedTuple):
    """Where a clip's frame lies in the world: its origin [m] and its heading [rad]."""

    origin: Float[Tensor, "batch 3"]
    yaw: Float[Tensor, "batch"]

    def enter(self, p: Float[Tensor, "batch frames joints 3"]) -> Float[Tensor, "batch frames joints 3"]:
        """Express world positions as (forward, up, right) from the origin."""
        centred = p - self.origin[:, None, None]
        return to_heading(centred, self.yaw[:, None, None].expand(centred.shape[:-1]))

    def leave(self, p: Float[Tensor, "batch frames joints 3"]) -> Float[Tensor, "batch frames joints 3"]:
        """Put positions back into the world; undoes `enter`."""
        return from_heading(p, self.yaw[:, None, None].expand(p.shape[:-1])) + self.origin[:, None, None]


def window_frame(
    p: Float[Tensor, "batch frames joints 3"], visible: Bool[Tensor, "batch frames joints"]
) -> WindowFrame:
    """Find a clip's frame from its visible hips and pelvis; where there are none, the world's own axes at the origin.

    Args:
        p: World positions, Y up [m].
        visible: Where they are known.
    """
    pelvis = visible[:, :, PELVIS]
    origin = _mean(p[:, :, PELVIS], pelvis)
    hips = visible[:, :, LEFT_HIP] & visible[:, :, RIGHT_HIP]
    across = _mean(p[:, :, RIGHT_HIP] - p[:, :, LEFT_HIP], hips)
    straight = torch.tensor((0.0, 0.0, 1.0), dtype=p.dtype, device=p.device)
    across = torch.where(hips.any(dim=1)[:, None], across, straight)
    return WindowFrame(origin, facing_yaw(across, torch.zeros_like(across)))


def _mean(x: Float[Tensor, "batch frames 3"], kept: Bool[Tensor, "batch frames"]) -> Float[Tensor, "batch 3"]:
    # About the first kept sample: far from the room's origin a plain mean would lose millimetres.
    first = x[torch.arange(len(x), device=x.device), kept.to(torch.uint8).argmax(dim=1)]
    weight = kept[..., None].to(x.dtype)
    moved = ((x - first[:, None]) * weight).sum(dim=1) / weight.sum(dim=1).clamp_min(1)
    return torch.where(kept.any(dim=1)[:, None], first + moved, torch.zeros_like(first))


def bridge(
    p: Float[Tensor, "batch frames joints 3"],
    visible: Bool[Tensor, "batch frames joints"],
    never_seen: Float[Tensor, "joints 3"],
) -> Float[Tensor, "batch frames joints 3"]:
    """Fill hidden samples by a straight line in time between their visible neighbours, at the ends by the nearest one.

    Args:
        p: Positions in the window's frame [m].
        visible: Where they are known.
        never_seen: What a joint that is hidden throughout is given [m].
    """
    frames = p.shape[1]
    at = torch.arange(frames, device=p.device)[None, :, None].expand(visible.shape)
    before = torch.where(visible, at, torch.full_like(at, -1)).cummax(dim=1).values
    after = torch.where(visible, at, torch.full_like(at, frames)).flip(1).cummin(dim=1).values.flip(1)
    start = torch.where(before < 0, after, before).clamp(0, frames - 1)
    stop = torch.where(after >= frames, before, after).clamp(0, frames - 1)
    share = (at - start).to(p.dtype) / (stop - start).clamp_min(1).to(p.dtype)
    here, there = (torch.take_along_dim(p, index[..., None], dim=1) for index in (start, stop))
    filled = torch.where(visible[..., None], p, here + (there - here) * share[..., None])
    return torch.where(visible.any(dim=1)[:, None, :, None], filled, never_seen.expand_as(filled))
