"""From a film's frame rate to the lifter's and back."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from kinetrace.models.lifter.features import RATE_HZ

Array = np.ndarray


def at_training_rate(
    directions: Float[Array, "frames points 3"], confidence: Float[Array, "frames points"], fps: float
) -> tuple[Float[Array, "steps points 3"], Float[Array, "steps points"]]:
    """Give rays at the lifter's rate, from the film's first frame to its last.

    Frames are averaged with weights that fall linearly to nothing a step (or a frame, if that is longer) away, each by
    its confidence: a faster film is smoothed, a slower one drawn out, and a missing point does not pull at its ray.

    Args:
        directions: Rays.
        confidence: 0 (missing) to 1.
        fps: Of the film [Hz].
    """
    if fps == RATE_HZ:
        return directions, confidence
    count = len(directions)
    steps = math.ceil((count - 1) * RATE_HZ / fps - 1e-9) + 1
    place = np.minimum(np.arange(steps) * fps / RATE_HZ, count - 1.0)  # in frames of the film
    reach = max(1.0, fps / RATE_HZ)
    offsets = np.arange(-math.ceil(reach), math.ceil(reach) + 1)
    frame = np.floor(place).astype(int)[:, None] + offsets
    inside = (frame >= 0) & (frame < count)
    share = np.clip(1.0 - np.abs(frame - place[:, None]) / reach, 0.0, None) * inside
    frame = np.clip(frame, 0, count - 1)
    weight = share[..., None] * confidence[frame]
    total = weight.sum(1)
    mean = np.einsum("skp,skpc->spc", weight, directions[frame]) / np.maximum(total, 1e-12)[..., None]
    length = np.linalg.norm(mean, axis=-1)
    there = (total > 1e-9) & (length > 1e-6)
    rays = np.divide(mean, length[..., None], out=np.zeros_like(mean), where=there[..., None])
    return rays, np.where(there, total / share.sum(1)[:, None], 0.0)


def at_film_rate(steps: Float[Array, "steps *columns"], frames: int, fps: float) -> Float[Array, "frames *columns"]:
    """Read a path of the lifter's rate at the film's frames, by a cubic spline."""
    if fps == RATE_HZ:
        return steps
    if len(steps) == 1:
        return np.repeat(steps, frames, axis=0)
    place = np.minimum(np.arange(frames) * RATE_HZ / fps, len(steps) - 1.0)
    if len(steps) < 4:
        low = np.minimum(np.floor(place).astype(int), len(steps) - 2)
        part = (place - low).reshape(-1, *(1,) * (steps.ndim - 1))
        return np.asarray((1.0 - part) * steps[low] + part * steps[low + 1])
    return np.asarray(CubicSpline(np.arange(len(steps)), steps, axis=0)(place))
