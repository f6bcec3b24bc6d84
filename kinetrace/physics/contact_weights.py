"""How surely each sole or seat point bears: from contact flags, geometry and the sharing of double support."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from kinetrace.motion.filters import gap_free_runs

FLAT_M: Final = 0.01
LIFTED_M: Final = 0.04
"""Sole points within 1 cm of the foot's lowest bear fully, 4 cm above it not at all (a shoe's sole yields by 1 cm,
and a rigid foot's heel is 4 cm up when the metatarsal heads alone bear)."""
_RAMP_FLOOR: Final = 0.05


def _smoothstep(x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def foot_weights(bearing: Bool[np.ndarray, "frames 2"]) -> Float[np.ndarray, "frames 2"]:
    """Let a foot take over during double support: its share rises from first touch until the other foot leaves.

    Forces pass from foot to foot over the overlap of two contacts, and nowhere else (Ren 2008, J. Biomech. 41:2750); a
    contact that begins or ends without the other foot on the floor is not ramped. The share is linear in time: the
    plates' of 15 double supports of three people on seven walks is 0.07, 0.23, 0.40, 0.63, 0.86 at 5, 25, 45, 65 and 85 %
    of it. An overlap that the recording's start or end cuts is taken to be as long as this recording's whole ones; where
    there are none, or it is longer already, it is standing.

    Args:
        bearing: Left, right.

    Returns:
        0 where the foot does not bear, else up to 1.
    """
    frames = len(bearing)
    weights = bearing.astype(np.float64)
    runs = [gap_free_runs(bearing[:, foot]) for foot in (0, 1)]
    passes = [_passes(runs[foot], runs[1 - foot], frames) for foot in (0, 1)]
    whole = [stop - start for foot in (0, 1) for start, stop in passes[foot] if start > 0 and stop < frames]
    usual = round(float(np.median(whole))) if whole else 0
    for foot in (0, 1):
        for start, stop in passes[foot]:
            if (start == 0 or stop == frames) and stop - start > usual:
                continue
            begin = min(start, stop - usual) if start == 0 else start
            end = max(stop, start + usual) if stop == frames else stop
            index = np.arange(start, stop)
            taken = (index - begin + 1) / (end - begin + 1)
            weights[index, foot] *= taken
            weights[index, 1 - foot] *= 1.0 - taken
    return np.where(bearing, np.maximum(weights, _RAMP_FLOOR), 0.0)


def _passes(own: list[tuple[int, int]], other: list[tuple[int, int]], frames: int) -> list[tuple[int, int]]:
    """Give the overlaps over which a foot takes over from the other: it touches during the other's contact and stays.

    At the recording's start the foot that stays longer has taken over, at its end the one that came later is about to.
    """
    found = []
    for start, stop in own:
        for begin, end in other:
            low, high = max(start, begin), min(stop, end)
            came_later = start > begin or (start == begin == 0)
            stays_longer = stop > end or (stop == end == frames)
            if high > low and came_later and stays_longer and not (start == begin and stop == end):
                found.append((low, high))
    return found


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
    return np.asarray(np.sqrt(foot_weights(bearing))[:, :, None] * flat)
