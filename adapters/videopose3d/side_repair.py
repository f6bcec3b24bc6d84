"""Left and right limbs that the pose network exchanges for some frames, found by their course and put back.

Seen from the side, the two legs pass each other twice a stride, and a network that looks at single frames may come out
of the passage with the wrong names. Which naming makes the limbs go on as they went (least acceleration) is found over the
whole recording at once, for legs and arms apart. What most frames say is taken as right: an exchange that holds throughout
cannot be told from a mirror, and one that begins or ends while the limbs pass each other leaves no trace there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float

LEGS: Final = ((25, 26), (27, 28), (29, 30), (31, 32))
"""Left and right knees, ankles, heels, toes in the network's list …"""
ARMS: Final = ((13, 14), (15, 16), (17, 18), (19, 20), (21, 22))
""" … elbows, wrists and hands."""
SWITCH: Final = 0.3
"""What a change of naming must gain, in body heights of acceleration summed over the pairs."""
DOUBT: Final = 0.04
"""What each frame costs in which the network is said to be wrong, in the same unit: it seldom is, and where the limbs pass
each other both namings go on about as well."""
CAP: Final = 0.15
"""One point's acceleration counts up to this [heights a frame²]: beyond, it is an outlier and says nothing."""
HIDDEN: Final = 0.5
"""A pair one of which is seen less is guessed at, and its course says nothing."""
MEMORY: Final = 8
"""Over a longer gap nothing can be said from the course [frames]."""


def exchanged(
    points: Float[np.ndarray, "frames 33 2"],
    visibility: Float[np.ndarray, "frames 33"],
    pairs: tuple[tuple[int, int], ...],
    height: float,
) -> Bool[np.ndarray, "frames"]:
    """Find the frames in which the limbs of two sides carry each other's names.

    Args:
        points: Landmarks [px], NaN where not seen.
        visibility: 0 to 1.
        pairs: Left and right of each pair.
        height: The person's [px].

    Returns:
        True in the smaller part of the frames of each run without long gaps.
    """
    left, right = np.array(pairs).T
    limbs = np.stack((points[:, left], points[:, right]), axis=1) / height
    clear = (np.minimum(visibility[:, left], visibility[:, right]) > HIDDEN).astype(float)
    seen = np.flatnonzero(np.isfinite(limbs).all(axis=(1, 2, 3)))
    out = np.zeros(len(points), dtype=bool)
    for run in np.split(seen, np.flatnonzero(np.diff(seen) > MEMORY) + 1):
        if len(run) > 3:
            state = _best(limbs[run], clear[run])
            out[run] = state if 2 * int(state.sum()) <= len(state) else ~state
    return out


def put_back(
    points: Float[np.ndarray, "frames 33 2"], visibility: Float[np.ndarray, "frames 33"], height: float
) -> tuple[Float[np.ndarray, "frames 33 2"], Float[np.ndarray, "frames 33"], tuple[str, ...]]:
    """Put exchanged limbs back.

    Args:
        points: Landmarks [px], NaN where not seen.
        visibility: 0 to 1.
        height: The person's [px].

    Returns:
        Points and visibility; what was done.
    """
    points, visibility, remarks = points.copy(), visibility.copy(), []
    for name, pairs in (("legs", LEGS), ("arms", ARMS)):
        wrong = exchanged(points, visibility, pairs, height)
        if wrong.any():
            left, right = np.array(pairs).T
            rows = np.flatnonzero(wrong)[:, None]
            for values in (points, visibility):
                values[rows, left], values[rows, right] = values[rows, right], values[rows, left]
            remarks.append(f"left and right {name} were exchanged in {int(wrong.sum())} frames: put back")
    return points, visibility, tuple(remarks)


def _best(
    limbs: Float[np.ndarray, "frames 2 pairs 2"], clear: Float[np.ndarray, "frames pairs"]
) -> Bool[np.ndarray, "frames"]:
    """Give the naming of least acceleration (Viterbi over the namings of two frames at a time)."""
    named = np.stack((limbs, limbs[:, ::-1]))
    # namings: of the frame before last, the last and this one
    cost = (SWITCH + DOUBT) * np.add.outer(np.arange(2), np.arange(2)) / 2.0
    back: list[np.ndarray] = []
    for t in range(2, len(limbs)):
        acceleration = named[:, None, None, t - 2] - 2.0 * named[None, :, None, t - 1] + named[None, None, :, t]
        both = np.minimum(np.linalg.norm(acceleration, axis=-1), CAP).sum(axis=-2)
        size = (both * clear[t - 2 : t + 1].min(axis=0)).sum(axis=-1)
        switch = SWITCH * (np.arange(2)[:, None] != np.arange(2)[None, :])
        total = cost[:, :, None] + size + switch[None] + DOUBT * np.arange(2)
        back.append(total.argmin(axis=0))
        cost = total.min(axis=0)
    cost[:, 1] += SWITCH  # an exchange that is said to last to the end has to gain as much as one that ends
    before, last = np.unravel_index(int(cost.argmin()), cost.shape)
    state = [int(last), int(before)]
    for choice in reversed(back):
        state.append(int(choice[state[-1], state[-2]]))
    return np.array(state[::-1], dtype=bool)
