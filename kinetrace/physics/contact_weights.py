"""How surely each sole or seat point bears: from contact flags, geometry and the sharing of double support."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.filters import gap_free_runs

UNKNOWN: Final = 2
FLAT_M: Final = 0.01
LIFTED_M: Final = 0.04
"""Sole points within 1 cm of the foot's lowest bear fully, 4 cm above it not at all (a shoe's sole yields by 1 cm,
and a rigid foot's heel is 4 cm up when the metatarsal heads alone bear)."""
_FLOOR_GAP_M: Final = 0.03  # the contact height of stage 2: decides where stage 2 could not tell
_RAMP_FLOOR: Final = 0.05


def _smoothstep(x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def feet_bearing(
    contacts: UInt8[np.ndarray, "frames 2"], soles: Float[np.ndarray, "frames 2 points 3"]
) -> Bool[np.ndarray, "frames 2"]:
    """Say which foot bears: as stage 2 found, and where it could not tell, whether the sole is at the floor.

    Args:
        contacts: 0 no, 1 yes, 2 unknown; left, right.
        soles: Sole points, Z up [m].
    """
    low = soles[..., 2].min(axis=2) < _FLOOR_GAP_M
    return np.asarray(np.where(contacts == UNKNOWN, low, contacts == 1))


def foot_weights(bearing: Bool[np.ndarray, "frames 2"]) -> Float[np.ndarray, "frames 2"]:
    """Let a foot take over during double support: its weight rises from first touch until the other foot leaves.

    Smooth transition as in Ren 2008 (J. Biomech. 41:2750): forces pass from foot to foot over the overlap of two
    contacts, and nowhere else; a contact that begins or ends without the other foot on the floor is not ramped.

    Args:
        bearing: Left, right.

    Returns:
        0 where the foot does not bear, else up to 1.
    """
    frames = len(bearing)
    weights = bearing.astype(np.float64)
    for foot in (0, 1):
        own, other = gap_free_runs(bearing[:, foot]), gap_free_runs(bearing[:, 1 - foot])
        for start, stop in own:
            index = np.arange(start, stop)
            for begin, end in other:
                overlap = min(end, stop) - max(begin, start)
                if overlap <= 0:
                    continue
                if start > 0 and begin < start and end < stop:
                    weights[index, foot] *= _smoothstep((index - start + 1) / (overlap + 1))
                if stop < frames and begin > start and end > stop:
                    weights[index, foot] *= _smoothstep((stop - index) / (overlap + 1))
    return np.where(bearing, np.maximum(weights, _RAMP_FLOOR), 0.0)


def sole_weights(
    bearing: Bool[np.ndarray, "frames 2"], soles: Float[np.ndarray, "frames 2 points 3"]
) -> Float[np.ndarray, "frames 2 points"]:
    """Share a foot's weight over its sole points: those lifted off the floor or its lowest point bear less.

    Args:
        bearing: Left, right.
        soles: Sole points, Z up [m].
    """
    above = np.maximum(soles[..., 2], 0.0)
    height = above - above.min(axis=2, keepdims=True)
    flat = _smoothstep((LIFTED_M - height) / (LIFTED_M - FLAT_M))
    return np.asarray(foot_weights(bearing)[:, :, None] * flat)
