"""The horizontal frame that walks and turns with a person: where they face, how fast they turn, and rotations to it."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

MIN_HIP_SPREAD = 0.01
"""Horizontal distance of the hips below which a facing direction has no meaning [m]; keeps the yaw rate finite."""


def facing_yaw(right_hip: Float[Tensor, "*n 3"], left_hip: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n"]:
    """Give the turn about Y that takes the world's forward axis to the direction the pelvis faces.

    With r the horizontal vector from left to right hip, facing = up x r, so yaw = atan2(r_x, r_z): 0 when facing +X.

    Args:
        right_hip: Right hip in the world frame [m], X forward, Y up, Z right.
        left_hip: Left hip, the same.

    Returns:
        Yaw [rad], positive counter-clockwise seen from above.
    """
    across = right_hip - left_hip
    return torch.atan2(across[..., 0], across[..., 2])


def facing_yaw_rate(across: Float[Tensor, "*n 3"], across_velocity: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n"]:
    """Differentiate the facing yaw in time: (r'_x r_z - r_x r'_z) / (r_x^2 + r_z^2).

    Args:
        across: Vector from left to right hip [m].
        across_velocity: Its velocity [m/s].

    Returns:
        Yaw rate [rad/s].
    """
    turn = across_velocity[..., 0] * across[..., 2] - across[..., 0] * across_velocity[..., 2]
    spread = across[..., 0] ** 2 + across[..., 2] ** 2
    return turn / spread.clamp_min(MIN_HIP_SPREAD**2)


def to_heading(vectors: Float[Tensor, "*n 3"], yaw: Float[Tensor, "*#n"]) -> Float[Tensor, "*n 3"]:
    """Express world vectors as (forward, up, right) of a person who faces `yaw` [rad]."""
    x, y, z = vectors.unbind(-1)
    cos, sin = torch.cos(yaw), torch.sin(yaw)
    return torch.stack((x * cos - z * sin, y, x * sin + z * cos), dim=-1)


def from_heading(vectors: Float[Tensor, "*n 3"], yaw: Float[Tensor, "*#n"]) -> Float[Tensor, "*n 3"]:
    """Express (forward, up, right) vectors of a person who faces `yaw` [rad] in the world; undoes `to_heading`."""
    return to_heading(vectors, -yaw)
