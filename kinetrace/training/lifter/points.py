"""The pose network's points on a body: where they lie beside the joints of BODY21."""

from __future__ import annotations

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.motion.skeletons import INDEX
from kinetrace.training.lifter.cameras import wander

_OFFSET: Final = {
    "shoulder": 0.014, "hip": 0.016, "elbow": 0.008, "wrist": 0.010, "knee": 0.008, "ankle": 0.008, "heel": 0.012,
    "toe": 0.010, "ear": 0.010, "nose": 0.010,
}  # fmt: skip
"""Spread of where the network puts a point beside the joint, fixed over a clip, along each axis of the body [statures]."""
TOE_TIP: Final = (-0.01, 0.05)
"""How far the network's toe lies ahead of BODY21's, which is the ball of the foot [statures]."""
EAR_BELOW_VERTEX: Final = 0.073
EAR_APART: Final = 0.044
NOSE_AHEAD: Final = 0.068
"""Of a head 0.13 m from ear to vertex, 0.15 m wide and 0.12 m from ear to nose tip at a stature of 1.74 m."""
LOOKING_DEG: Final = 18.0
"""Spread of the head's turn against the trunk; BODY21 does not say where a head looks."""


def points_of(
    joints: Float[Tensor, "clips frames 21 3"], generator: torch.Generator, offsets: float = 1.0
) -> Float[Tensor, "clips frames points 3"]:
    """Put KEYPOINTS on bodies.

    Args:
        joints: BODY21 in statures.
        generator: Source of chance.
        offsets: Times the spread of definitions; 0 puts every point into its joint.
    """
    clips = len(joints)
    across = _level(joints[:, :, INDEX["r_shoulder"]] - joints[:, :, INDEX["l_shoulder"]]
                    + joints[:, :, INDEX["r_hip"]] - joints[:, :, INDEX["l_hip"]])  # fmt: skip
    head = _head(joints, across, generator)
    beyond = TOE_TIP[0] + (TOE_TIP[1] - TOE_TIP[0]) * torch.rand(clips, 1, 1, generator=generator)
    found = []
    for name in KEYPOINTS:
        if name in head:
            found.append(head[name])
            continue
        point = joints[:, :, INDEX[name]]
        if name.endswith("toe"):
            along = normalize(point - joints[:, :, INDEX[name.replace("toe", "heel")]], dim=-1)
            point = point + offsets * beyond * along
        found.append(point)
    sizes = torch.tensor([_OFFSET[name.rpartition("_")[2]] for name in KEYPOINTS])
    shift = offsets * sizes[:, None] * torch.randn(clips, 1, len(KEYPOINTS), 3, generator=generator)
    up = torch.zeros_like(across)
    up[..., 1] = 1.0
    ahead = torch.linalg.cross(up, across)
    axes = torch.stack((ahead, up, across), -2)[:, :, None]
    return torch.stack(found, 2) + torch.matmul(shift[..., None, :], axes)[..., 0, :]


def _head(joints: Tensor, across: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    clips, frames = joints.shape[:2]
    up = normalize(joints[:, :, INDEX["head"]] - joints[:, :, INDEX["neck"]], dim=-1)
    fixed = torch.randn(clips, 1, 1, generator=generator)
    turn = math.radians(LOOKING_DEG) * (0.7 * fixed + 0.7 * wander(clips, frames, 1, 30, generator))
    right = normalize(across - (across * up).sum(-1, keepdim=True) * up, dim=-1)
    ahead = torch.linalg.cross(up, right)
    right, ahead = (
        torch.cos(turn) * right - torch.sin(turn) * ahead,
        torch.cos(turn) * ahead + torch.sin(turn) * right,
    )
    ears = joints[:, :, INDEX["head"]] - EAR_BELOW_VERTEX * up
    drop = (0.035 * torch.rand(clips, 1, 1, generator=generator) - 0.02) * up
    return {
        "l_ear": ears - EAR_APART * right, "r_ear": ears + EAR_APART * right, "nose": ears + NOSE_AHEAD * ahead - drop,
    }  # fmt: skip


def _level(vectors: Tensor) -> Tensor:
    """Give the unit vector along the floor; where there is none, across a body that faces X."""
    flat = vectors * torch.tensor([1.0, 0.0, 1.0])
    length = flat.norm(dim=-1, keepdim=True)
    return torch.where(length > 1e-3, flat / length.clamp_min(1e-3), torch.tensor([0.0, 0.0, 1.0]))
