"""What the lifter is trained for: joints near, moving as they move, bones pointing as they point, errors as expected."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from kinetrace.motion.skeletons import BONES
from schemas.lifter import LifterParams

_PARENTS, _CHILDREN = [a for a, _ in BONES], [b for _, b in BONES]


def lifting_loss(
    positions: Float[Tensor, "clips frames 21 3"],
    spread: Float[Tensor, "clips frames joints"],
    wanted: Float[Tensor, "clips frames 21 3"],
    weight: Float[Tensor, "clips frames"],
    params: LifterParams,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Give the loss, and of it the mean joint error [statures].

    The expected error is fitted to the error as the scale of an exponential law, log s + e/s, which is least where s is the
    mean of e; it pulls at nothing else.

    Args:
        positions: Answered, from the pelvis.
        spread: Expected errors of all but the pelvis.
        wanted: True.
        weight: Of each frame.
        params: Weights of the parts.
    """
    total = weight.sum().clamp_min(1e-6)
    error = _length(positions - wanted)[..., 1:]
    place = (error.mean(-1) * weight).sum() / total
    steps = _length(torch.diff(positions - wanted, dim=1)).mean(-1)
    both = weight[:, 1:] * weight[:, :-1]
    velocity = (steps * both).sum() / both.sum().clamp_min(1e-6)
    turn = 1 - (_bones(positions) * _bones(wanted)).sum(-1)
    bones = (turn.mean(-1) * weight).sum() / total
    told = spread.log() + error.detach() / spread
    stated = (told.mean(-1) * weight).sum() / total
    loss = place + params.velocity_weight * velocity + params.bone_weight * bones + 0.01 * stated
    return loss, place.detach()


def _bones(positions: Tensor) -> Tensor:
    return normalize(positions[:, :, _CHILDREN] - positions[:, :, _PARENTS], dim=-1, eps=1e-4)


def _length(vectors: Tensor) -> Tensor:
    return (vectors.square().sum(-1) + 1e-10).sqrt()
