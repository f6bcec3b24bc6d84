"""The pose as sixteen numbers: which way thighs, shanks, trunk and arms point. An action is how they change.

Bending one knee changes one of them, the shank's angle, and no other.
"""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.heading import facing_yaw, to_heading

FORWARD, UP, RIGHT = 0, 1, 2
LEGS: Final = (("l_hip", "l_knee"), ("r_hip", "r_knee"), ("l_knee", "l_ankle"), ("r_knee", "r_ankle"))
"""Segments with an angle in the sagittal plane, 0 hanging down, and a part to the right."""
OTHERS: Final = (
    (("pelvis", "neck"), (FORWARD, RIGHT)),
    (("l_shoulder", "l_elbow"), (FORWARD, UP)),
    (("r_shoulder", "r_elbow"), (FORWARD, UP)),
    (("l_elbow", "l_wrist"), (FORWARD,)),
    (("r_elbow", "r_wrist"), (FORWARD,)),
)
"""Segments and the parts of their direction: an arm may point anywhere, where an angle would jump."""
ANGLES: Final = 2 * len(LEGS) + sum(len(axes) for _, axes in OTHERS)
LEAST_M: Final = 1e-4
"""Shorter segments have no direction."""


def pose_angles(positions: Float[Tensor, "*n joints 3"], joints: tuple[str, ...]) -> Float[Tensor, "*n angles"]:
    """Give the directions of limbs and trunk in the heading frame; 0 for what is not there.

    Args:
        positions: Joints, world frame [m].
        joints: Name of every row; hips give the heading.

    Returns:
        Angles [rad] and parts of unit vectors, which for a small turn are angles as well.
    """
    at = {name: positions[..., row, :] for row, name in enumerate(joints)}
    yaw = facing_yaw(at["r_hip"], at["l_hip"])

    def along(ends: tuple[str, str]) -> Tensor:
        if not set(ends) <= set(at):
            return torch.zeros_like(positions[..., 0, :])
        segment = to_heading(at[ends[1]] - at[ends[0]], yaw)
        unit: Tensor = segment / torch.linalg.vector_norm(segment, dim=-1, keepdim=True).clamp_min(LEAST_M)
        return unit

    found = []
    for ends in LEGS:
        way = along(ends)
        found += [torch.atan2(way[..., FORWARD], -way[..., UP]), way[..., RIGHT]]
    for ends, axes in OTHERS:
        way = along(ends)
        found += [way[..., axis] for axis in axes]
    return torch.stack(found, dim=-1)
