"""Between a recording's own frames and the corrector's: every k-th frame of a fast one, k − 1 frames put in for a slow one."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.interpolate import CubicSpline, PchipInterpolator

WORKING_HZ: Final = 60.0
SLOWEST, FASTEST = 5.0, 2000.0


class WorkingRate(NamedTuple):
    """`times` frames are put in for each of the recording's, or one in `every` is taken; one of the two is 1."""

    times: int
    every: int


def working_rate(fps: float) -> WorkingRate:
    """Give the whole factor that brings a rate nearest to 60 Hz, by ratio: 120 → 60, 100 → 50, 30 → 60, 25 → 50."""
    factors = range(1, math.ceil(max(fps, WORKING_HZ**2 / fps) / WORKING_HZ) + 1)
    ways = [WorkingRate(1, k) for k in factors] + [WorkingRate(k, 1) for k in factors if k > 1]
    return min(ways, key=lambda way: abs(math.log(fps * way.times / way.every / WORKING_HZ)))


def averaged(
    positions: Float[np.ndarray, "frames joints 3"], seen: Bool[np.ndarray, "frames joints"], every: int
) -> Float[np.ndarray, "frames joints 3"]:
    """Average each visible sample with its visible neighbours, in a triangle `every` frames wide on each side."""
    if every == 1:
        return positions
    total, weight = np.zeros_like(positions), np.zeros(seen.shape)
    known = np.where(seen[..., None], positions, 0.0)
    for off in range(1 - every, every):
        here, there = slice(max(0, -off), len(seen) - max(0, off)), slice(max(0, off), len(seen) + min(0, off))
        total[here] += (every - abs(off)) * known[there]
        weight[here] += (every - abs(off)) * seen[there]
    return np.asarray(np.where(seen[..., None], total / np.maximum(weight, 1.0)[..., None], positions))


def spread_out(
    positions: Float[np.ndarray, "frames joints 3"], seen: Bool[np.ndarray, "frames joints"], times: int
) -> tuple[Float[np.ndarray, "more joints 3"], Bool[np.ndarray, "more joints"]]:
    """Put `times` − 1 frames between every two, by cubic splines where both are visible."""
    if times == 1:
        return positions, seen
    frames = len(positions)
    at = np.arange((frames - 1) * times + 1)
    out, known = np.zeros((len(at), *positions.shape[1:])), np.zeros((len(at), seen.shape[1]), dtype=bool)
    for joint in range(seen.shape[1]):
        there = np.flatnonzero(seen[:, joint])
        if len(there) >= 2:
            out[:, joint] = CubicSpline(there * times, positions[there, joint])(at)
            before, after = at // times, -(-at // times)
            known[:, joint] = seen[before, joint] & seen[after, joint]
        out[::times, joint] = positions[:, joint]
        known[::times, joint] = seen[:, joint]
    return out, known


def between(
    samples: Float[np.ndarray, "frames channels"], known: Bool[np.ndarray, "frames"], wanted: Bool[np.ndarray, "frames"]
) -> Float[np.ndarray, "wanted channels"]:
    """Give wanted frames by a cubic spline through the known ones, by a monotone one where few are known.

    Wanted frames may lie a frame or two beyond the known ones.
    """
    at = np.flatnonzero(known)
    curve = CubicSpline if len(at) > 3 else PchipInterpolator
    return np.asarray(curve(at, samples[at], axis=0)(np.flatnonzero(wanted)))
