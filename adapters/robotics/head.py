"""The top of the head from a band of four markers around it, as Plug-in Gait has."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.robotics.joint_centres import Trial
from adapters.robotics.proportions import trunk_ratios
from schemas.base import Sex

_BAND = ("r_head_front", "l_head_front", "r_head_back", "l_head_back")
MAX_RISE_M = 0.2
"""The vertex lies at most so far above a band around the head: no head is higher [m]."""


def vertex_above_band(trial: Trial, sex: Sex, trunk_m: float) -> Float[np.ndarray, "frames 3"] | None:
    """Give the top of the head [m]: above the middle of the band, square to it.

    How far above follows from de Leva's (1996) distance from C7 to the vertex, scaled by the person's own trunk, less what
    the band already lies above C7, median over frames.

    Args:
        trial: The recording.
        sex: For de Leva's proportions.
        trunk_m: Mid-hips to mid-shoulders [m].

    Returns:
        NaN where a marker is missing; None where the recording has no band or no C7, or they fit no head.
    """
    band = [trial.role(role) for role in _BAND]
    c7 = trial.role("c7")
    there = [track for track in band if track is not None]
    if len(there) < len(_BAND) or c7 is None:
        return None
    right_front, left_front, right_back, left_back = there
    middle = (right_front + left_front + right_back + left_back) / 4
    up = np.cross(right_front + right_back - left_front - left_back, right_front + left_front - right_back - left_back)
    up = up / np.linalg.norm(up, axis=1, keepdims=True)
    height = ((middle - c7) * up).sum(axis=1)
    height = height[np.isfinite(height)]
    if not height.size:
        return None
    rise = trunk_ratios(sex).head * trunk_m - float(np.median(height))
    return np.asarray(middle + rise * up) if 0.0 < rise < MAX_RISE_M else None
