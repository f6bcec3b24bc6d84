"""Poses that nobody made: arms of another motion, bones a few degrees off, so that few people's habits are not the rule."""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.heading import from_heading, to_heading
from kinetrace.models.lifter.rigid import LINKS
from kinetrace.motion.skeletons import BODY21, INDEX

OTHER_ARMS: Final = 0.3
"""Part of the clips whose arms are of another clip."""
_TURN_DEG: Final = {"elbow": 12.0, "wrist": 15.0, "thorax": 2.0, "neck": 5.0, "head": 8.0, "shoulder": 3.0, "knee": 2.0,
                    "ankle": 2.0, "heel": 5.0, "toe": 5.0, "hip": 1.5}  # fmt: skip
"""Spread of the turn about each axis by which the bone that ends there is put off for a whole clip; chosen. Trunk and legs
hardly: that a body stands over its feet is what tells depth from in front."""
ARMS: Final = tuple(k for k, (_, child) in enumerate(LINKS) if BODY21[child][2:] in ("elbow", "wrist"))
_HIPS: Final = tuple(next(k for k, (_, c) in enumerate(LINKS) if c == INDEX[f"{side}_hip"]) for side in "rl")
_PAIRS: Final = tuple(
    (next(k for k, (_, c) in enumerate(LINKS) if c == INDEX[f"l_{joint}"]),
     next(k for k, (_, c) in enumerate(LINKS) if c == INDEX[f"r_{joint}"])) for joint in ("hip", "shoulder")
)  # fmt: skip


def varied(
    directions: Float[Tensor, "clips frames links 3"], generator: torch.Generator, amount: float = 1.0
) -> Float[Tensor, "clips frames links 3"]:
    """Change poses a little.

    Args:
        directions: Unit bone vectors in the order of LINKS.
        generator: Source of chance.
        amount: Times the turns; 0 changes nothing, arms included.
    """
    if amount == 0.0:
        return directions
    clips = len(directions)
    directions = _arms_of_others(directions, generator)
    degrees = torch.tensor([_TURN_DEG[BODY21[c].removeprefix("l_").removeprefix("r_")] for _, c in LINKS])
    turn = amount * torch.deg2rad(degrees)[:, None] * torch.randn(clips, len(LINKS), 3, generator=generator)
    for left, right in _PAIRS:  # the pelvis stays the hips' midpoint, the thorax the shoulders'
        turn[:, left] = turn[:, right]
    axis = turn.clamp(-math.pi / 4, math.pi / 4)[:, None].expand_as(directions)
    angle = axis.norm(dim=-1, keepdim=True).clamp_min(1e-9)
    unit = axis / angle
    along = (directions * unit).sum(-1, keepdim=True) * unit
    across = torch.linalg.cross(unit, directions)
    turned: Tensor = directions * torch.cos(angle) + across * torch.sin(angle) + along * (1 - torch.cos(angle))
    return turned


def _arms_of_others(directions: Tensor, generator: torch.Generator) -> Tensor:
    """Give some clips the arms of the clip before them, turned as their own pelvis is turned."""
    some = torch.rand(len(directions), 1, 1, 1, generator=generator) < OTHER_ARMS
    right = directions[:, :, _HIPS[0]] - directions[:, :, _HIPS[1]]
    yaw = torch.atan2(right[..., 0], right[..., 2])[..., None]
    arms = to_heading(directions[:, :, list(ARMS)], yaw).roll(1, 0)
    mixed = directions.clone()
    mixed[:, :, list(ARMS)] = torch.where(some, from_heading(arms, yaw), directions[:, :, list(ARMS)])
    return mixed
