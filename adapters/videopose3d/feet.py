"""Feet on the floor: they stand still there, on it and not in it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.banded import Terms, along
from adapters.videopose3d.points import POINT, POINTS, coefficients
from adapters.videopose3d.sight import Sight
from kinetrace.motion.segment_parameters import ANKLE_HEIGHT

SOLES: Final = ("r_heel", "r_toe", "l_heel", "l_toe")
FEET: Final = {**dict.fromkeys(SOLES, 0.0), "r_ankle": ANKLE_HEIGHT, "l_ankle": ANKLE_HEIGHT}
"""Heights over the floor of a foot that stands on it [statures]."""
FLOOR_NOISE_M: Final = 0.012
"""A sole on a scanned floor: the scan's centimetre and the shoe."""
NEAR_FLOOR_M: Final = 0.04
STILL_SPEED: Final = 0.15
"""What a standing foot still moves by in the solution [m/s]."""
_AT: Final = coefficients(*({name: 1.0} for name in SOLES))
_UP: Final = np.array([0.0, 1.0, 0.0])


def floor_terms(sight: Sight, body: Float[np.ndarray, "frames 17 3"]) -> Terms:
    """Say that soles near the floor, or under it, are on it; nothing where the floor is not known."""
    heights = np.einsum("sp,tp->ts", _AT, body[..., 1]) - (sight.floor if np.isfinite(sight.floor) else 0.0)
    trust = np.where(heights < 0.0, 1.0, 1.0 / (1.0 + (heights / NEAR_FLOOR_M) ** 2) ** 2)
    weight = trust / FLOOR_NOISE_M**2 * float(np.isfinite(sight.floor))
    frames = len(body)
    way = np.broadcast_to(_UP, (len(SOLES), frames, 3))
    return along(_AT, way, np.full((len(SOLES), frames), np.nan_to_num(sight.floor)), weight.T)


def stillness(
    sight: Sight, body: Float[np.ndarray, "frames 17 3"], stature: float, slow: float
) -> Float[np.ndarray, "steps 17"]:
    """Give the weight with which each point of a foot stands still from a frame to the next.

    A foot that moves slowly for a walker's is taken to stand; what it moves is then noise.

    Args:
        sight: Times and floor.
        body: The points as they are known so far.
        slow: Feet that are faster are not standing [m/s].
    """
    step = np.diff(sight.time)[:, None]
    out = np.zeros((len(body) - 1, len(POINTS)))
    for name, clearance in FEET.items():
        path = body[:, POINT[name]]
        speed = np.linalg.norm(np.diff(path, axis=0), axis=1) / step[:, 0]
        out[:, POINT[name]] = 1.0 / (1.0 + (speed / slow) ** 2) ** 2
        if np.isfinite(sight.floor):
            above = np.maximum(0.5 * (path[1:, 1] + path[:-1, 1]) - sight.floor - clearance * stature, 0.0)
            out[:, POINT[name]] /= (1.0 + (above / NEAR_FLOOR_M) ** 2) ** 2
    return np.asarray(out / (STILL_SPEED * step) ** 2)
