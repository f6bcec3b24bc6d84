"""Phases of root speed: static, transition, dynamic."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from schemas.planning import PlanPhase

NAMES: Final[tuple[Literal["static", "transition", "dynamic"], ...]] = ("static", "transition", "dynamic")
SHORTEST_RUN: Final = 3
"""Anchors; 0.1 s at 30 Hz. Shorter than any posture change of a person (simple reaction time is about 0.2 s)."""


def root_speed_phases(
    root_velocity: Float[np.ndarray, "anchors 3"], seen: Bool[np.ndarray, "anchors"]
) -> tuple[PlanPhase, ...]:
    """Cut the recording where the root's speed passes its mean minus or plus one standard deviation.

    Static is below mean − sd, dynamic above mean + sd, transition in between; runs shorter than `SHORTEST_RUN` anchors
    take the name of the run before them (the first: of the one after). Anchors at which the root was not seen have no
    part in mean and deviation and take the name of their nearest neighbour: a held root stands still only on paper.

    Args:
        root_velocity: Velocity of the pelvis [m/s].
        seen: Whether it was measured; at least once.

    Returns:
        Phases in order, without gaps; `end_anchor` is the last anchor that belongs to the phase.
    """
    speed = np.linalg.norm(root_velocity.astype(np.float64), axis=1)
    at = np.flatnonzero(seen)
    nearest = at[np.abs(np.arange(len(speed))[:, None] - at).argmin(axis=1)]
    mean, spread = speed[at].mean(), speed[at].std()
    speed = speed[nearest]
    level = 1 + (speed > mean + spread).astype(np.int64) - (speed < mean - spread).astype(np.int64)
    return tuple(
        PlanPhase(name=NAMES[name], start_anchor=start, end_anchor=end) for name, start, end in _runs(_merged(level))
    )


def _merged(level: Int[np.ndarray, "anchors"]) -> Int[np.ndarray, "anchors"]:
    """Give every short run the level of its neighbour."""
    merged = level.copy()
    runs = _runs(level)
    long_enough = [run for run in runs if run[2] - run[1] + 1 >= SHORTEST_RUN]
    current = long_enough[0][0] if long_enough else runs[0][0]
    for name, start, end in runs:
        if end - start + 1 >= SHORTEST_RUN:
            current = name
        merged[start : end + 1] = current
    return merged


def _runs(level: Int[np.ndarray, "anchors"]) -> list[tuple[int, int, int]]:
    """List (level, first, last) of every stretch of equal levels."""
    edges = np.flatnonzero(np.diff(level)) + 1
    starts = [0, *edges.tolist()]
    ends = [*(edges - 1).tolist(), len(level) - 1]
    return [(int(level[start]), start, end) for start, end in zip(starts, ends, strict=True)]
