"""Minimal correction: how little of a failed plan must be taken back for it to succeed, and of which part of the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from jaxtyping import Float

PARTS: Final = {
    "left leg": ("l_hip", "l_knee", "l_ankle"),
    "right leg": ("r_hip", "r_knee", "r_ankle"),
    "arms": ("l_shoulder", "r_shoulder", "l_elbow", "r_elbow"),
    "trunk": ("lumbar", "neck"),
    "pelvis": (),
}
"""Parts that are taken back alone, and what the names of their degrees of freedom begin with; the pelvis is the root."""


def smallest_success(succeeds: Callable[[float], bool], tries: int, *, whole_first: bool = False) -> float | None:
    """Bisect the way from a failed plan (0) to the recorded motion (1) for the smallest fraction that succeeds.

    The first try is half-way; a success sends the next try nearer to the plan, a failure nearer to the recording.
    Success is taken to be monotone along the way; where it is not, the answer is still a fraction that succeeded.

    Args:
        succeeds: Tries a fraction in simulation.
        tries: At most this many.
        whole_first: Try the whole way before anything else, and give up where not even that succeeds.

    Returns:
        The smallest fraction that was seen to succeed, or None where none was.
    """
    low, high, best = 0.0, 1.0, None
    if whole_first:
        if tries < 1 or not succeeds(1.0):
            return None
        best, tries = 1.0, tries - 1
    for _ in range(tries):
        middle = (low + high) / 2.0
        if succeeds(middle):
            high = best = middle
        else:
            low = middle
    return best


def part_mask(part: str, dof_names: tuple[str, ...]) -> Float[np.ndarray, "nv"]:
    """Say which degrees of freedom belong to a part: 1 for its own, 0 for others.

    Args:
        part: A key of `PARTS`.
        dof_names: Of the actuated degrees of freedom; the root's six come before them.
    """
    joints = [float(name.startswith(PARTS[part])) if PARTS[part] else 0.0 for name in dof_names]
    return np.array([float(part == "pelvis")] * 6 + joints)
