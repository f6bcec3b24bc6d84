"""A film alone does not know how its camera is held: the ground under the person is taken as flat, and feet as standing on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import gaussian_filter1d, percentile_filter

from kinetrace.motion.skeletons import joint_index

WINDOW_S: Final = 1.2
"""Somebody who walks, rises or squats has a sole on the ground within this; a step takes 0.6 s."""
LOW: Final = 10
"""Of the soles' heights within the window [%]."""
SMOOTH_S: Final = 0.3
WORTH_SAYING_M: Final = 0.01


def on_flat_ground(
    time: Float[np.ndarray, "frames"],
    positions: Float[np.ndarray, "frames 21 3"],
    marked: UInt8[np.ndarray, "frames 21"],
) -> tuple[Float[np.ndarray, "frames 21 3"], tuple[str, ...]]:
    """Raise and lower a body slowly, so that the ground that its soles reach stays level.

    A tilted or swaying camera that was taken for level and still lets a walker climb or sink. The course of the lowest sole
    over each second or so is what the ground seems to do; it is taken out. Jumps are shorter and stay.

    Args:
        time: [s].
        positions: Y up [m].
        marked: Their marks; frames without a body do not count.

    Returns:
        The body, its ground at 0, and a remark.
    """
    there = marked.any(axis=1)
    soles = positions[:, joint_index("r_heel", "r_toe", "l_heel", "l_toe"), 1].min(axis=1)
    step = float(np.median(np.diff(time)))
    lowest = np.interp(time, time[there], soles[there])
    window = max(3, 2 * round(0.5 * WINDOW_S / step) + 1)
    course = percentile_filter(lowest, LOW, size=window, mode="nearest")
    course = gaussian_filter1d(course, SMOOTH_S / step, mode="nearest")
    moved = positions.copy()
    moved[..., 1] -= course[:, None]
    wander = float(np.ptp(course[there]))
    if wander < WORTH_SAYING_M:
        return moved, ()
    return moved, (
        f"flat ground assumed: the soles' ground wandered by {100.0 * wander:.0f} cm over the film, taken out",
    )
