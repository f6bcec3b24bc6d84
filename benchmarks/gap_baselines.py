"""What fills gaps without learning anything: each joint by itself, or carried by the joint that it hangs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from scipy.interpolate import CubicSpline

from kinetrace.motion.skeletons import BODY21, INDEX

Points = Float[np.ndarray, "frames channels"]
Seen = Bool[np.ndarray, "frames"]
Motion = Float[np.ndarray, "frames joints 3"]
Visible = Bool[np.ndarray, "frames joints"]

MEASUREMENT_M: Final = 1e-3
"""Spread of the Kalman smoother's measurements; only its ratio to the jerk's matters."""
JERKS: Final = tuple(float(10.0 ** (k / 4)) for k in range(17))
"""Spreads of the white jerk that are tried [m/s³ √s]."""
_HANGS_ON: Final = {
    "knee": "hip", "ankle": "hip", "heel": "hip", "toe": "hip", "hip": "hip", "elbow": "shoulder", "wrist": "shoulder",
    "shoulder": "shoulder", "head": "thorax",
}  # fmt: skip


def copy_last(points: Points, seen: Seen) -> Points:
    """Hold the last visible sample."""
    at = np.maximum.accumulate(np.where(seen, np.arange(len(seen)), 0))
    return points[at]


def linear(points: Points, seen: Seen) -> Points:
    """Draw straight lines."""
    at = np.arange(len(seen))
    return np.stack([np.interp(at, at[seen], column[seen]) for column in points.T], axis=1)


def cubic_spline(points: Points, seen: Seen) -> Points:
    """Draw the cubic spline through all visible samples."""
    return np.asarray(CubicSpline(np.flatnonzero(seen), points[seen])(np.arange(len(seen))))


@dataclass(frozen=True)
class Kalman:
    """Kalman filter and Rauch–Tung–Striebel smoother of constant acceleration with white jerk (Bar-Shalom 2001)."""

    jerk: float
    fps: float

    def __call__(self, points: Points, seen: Seen) -> Points:
        """Smooth each channel by itself; visible samples come out smoothed, too, and are not used."""
        t = 1.0 / self.fps
        step = np.array([[1.0, t, t * t / 2], [0.0, 1.0, t], [0.0, 0.0, 1.0]])
        q = self.jerk**2 * np.array(
            [[t**5 / 20, t**4 / 8, t**3 / 6], [t**4 / 8, t**3 / 3, t**2 / 2], [t**3 / 6, t**2 / 2, t]]
        )
        frames, channels = points.shape
        first = int(np.argmax(seen))
        state, spread = np.zeros((3, channels)), np.diag([1.0, 25.0, 2500.0])
        state[0] = points[first]
        states, spreads = np.zeros((frames, 3, channels)), np.zeros((frames, 3, 3))
        for k in range(frames):
            if k:
                state, spread = step @ state, step @ spread @ step.T + q
            if seen[k]:
                gain = spread[:, 0] / (spread[0, 0] + MEASUREMENT_M**2)
                state = state + gain[:, None] * (points[k] - state[0])
                keep = np.eye(3)
                keep[:, 0] -= gain
                spread = keep @ spread @ keep.T + np.outer(gain, gain) * MEASUREMENT_M**2  # Joseph's form
            states[k], spreads[k] = state, spread
        for k in range(frames - 2, -1, -1):
            ahead = step @ spreads[k] @ step.T + q
            back = np.linalg.solve(ahead, step @ spreads[k]).T
            states[k] += back @ (states[k + 1] - step @ states[k])
        return states[:, 0]


Filler = Callable[[Points, Seen], Points]


def filled(positions: Motion, visible: Visible, wanted: Visible, fill: Filler, around: int = 60) -> Motion:
    """Fill wanted hidden samples joint by joint, each from `around` frames on both sides of its gaps.

    Args:
        positions: World [m].
        visible: Where they are known.
        wanted: What to fill.
        fill: Called with a stretch of one joint or of several that are hidden alike.
        around: Frames.
    """
    out = positions.copy()
    groups: dict[bytes, list[int]] = {}
    for joint in np.flatnonzero(wanted.any(axis=0)):
        groups.setdefault(visible[:, joint].tobytes(), []).append(int(joint))
    for joints in groups.values():
        seen = visible[:, joints[0]]
        for first, last in _gaps(~seen):
            cut = slice(max(0, first - around), min(len(seen), last + around))
            points = positions[cut][:, joints].reshape(cut.stop - cut.start, -1)
            made = fill(points, seen[cut]).reshape(-1, len(joints), 3)
            out[first:last, joints] = made[first - cut.start : last - cut.start]
    return np.where(wanted[..., None], out, positions)


def rigid(positions: Motion, visible: Visible, wanted: Visible) -> Motion:
    """Let hidden joints ride on hip, shoulder or thorax: a spline of the difference; plain splines where that is hidden."""
    base = filled(positions, visible, wanted, cubic_spline)
    out = base.copy()
    for joint in np.flatnonzero(wanted.any(axis=0)):
        side, _, part = BODY21[joint].rpartition("_")
        name = _HANGS_ON.get(part)
        if name is None:
            continue
        on = INDEX[name if name == "thorax" else f"{side}_{name}"]
        if on == joint or not visible[:, on].all():
            continue
        moved = positions[:, [joint]] - positions[:, [on]]
        ridden = filled(moved, visible[:, [joint]], wanted[:, [joint]], cubic_spline)[:, 0] + positions[:, on]
        out[wanted[:, joint], joint] = ridden[wanted[:, joint]]
    return out


def _gaps(hidden: Seen) -> Sequence[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], hidden, [False])).astype(np.int8))).reshape(-1, 2)
    return [(int(a), int(b)) for a, b in edges]
