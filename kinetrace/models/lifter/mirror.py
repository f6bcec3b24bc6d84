"""A clip and its answer seen in a mirror: left becomes right, and what lay to the right lies to the left."""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.motion.skeletons import BODY21


def _partners(names: tuple[str, ...]) -> list[int]:
    other = {"l_": "r_", "r_": "l_"}
    return [names.index(other.get(name[:2], name[:2]) + name[2:]) for name in names]


POINT_PARTNER: Final = tuple(_partners(KEYPOINTS))
"""Of each image point the one on the other side; itself on the midline."""
JOINT_PARTNER: Final = tuple(_partners(BODY21))
"""The same of BODY21."""


def mirrored_rays(directions: Float[Tensor, "*n points 3"]) -> Float[Tensor, "*n points 3"]:
    """Give rays, or places, of image points with their sides exchanged; twice gives them back."""
    return directions[..., list(POINT_PARTNER), :] * _flip(directions)


def mirrored_joints(positions: Float[Tensor, "*n joints 3"]) -> Float[Tensor, "*n joints 3"]:
    """Give joints with their sides exchanged; twice gives them back."""
    return positions[..., list(JOINT_PARTNER), :] * _flip(positions)


def _flip(like: Tensor) -> Float[Tensor, "3"]:
    return torch.tensor([1.0, 1.0, -1.0]).to(like)
