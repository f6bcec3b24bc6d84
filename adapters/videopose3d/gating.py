"""Landmarks that are taken out because they cannot be where the network says."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.ndimage import median_filter

UNSEEN = 0.1
"""Less visible than this a landmark is invented, not seen."""
LEAP_HEIGHTS = 0.1
"""Farther than this from the median of the five frames around it no limb gets: 0.17 m, and back, within 0.1 s at 30 Hz."""


def gate(
    points: Float[np.ndarray, "frames 33 2"],
    visibility: Float[np.ndarray, "frames 33"],
    size: tuple[int, int],
    height: float,
) -> tuple[Float[np.ndarray, "frames 33 2"], Float[np.ndarray, "frames 33"], tuple[str, ...]]:
    """Take out what was not seen, lies outside the picture or leaps there and back.

    Args:
        points: Landmarks [px], NaN where there are none.
        visibility: 0 to 1.
        size: Of the picture [px].
        height: The person's [px].

    Returns:
        Points, NaN where taken out, and visibility, 0 there; what was done.
    """
    there = np.isfinite(points).all(axis=2)
    outside = there & ((points < 0) | (points >= np.array(size))).any(axis=2)
    unseen = there & ~outside & (visibility < UNSEEN)
    filled = np.where(there[:, :, None], points, 0.0)
    course = median_filter(filled, size=(5, 1, 1), mode="nearest")
    around = median_filter(there.astype(np.uint8), size=(5, 1), mode="constant") > 0
    leaps = there & around & ~outside & ~unseen
    leaps &= np.linalg.norm(filled - course, axis=2) > LEAP_HEIGHTS * height
    out = outside | unseen | leaps | ~there
    total = max(int(there.sum()), 1)
    remarks = tuple(
        f"{100 * int(which.sum()) / total:.1f} % of the landmarks {what}: left out"
        for which, what in ((outside, "lie outside the picture"), (unseen, "were not seen"), (leaps, "leap"))
        if which.any()
    )
    return np.where(out[:, :, None], np.nan, points), np.where(out, 0.0, visibility), remarks
