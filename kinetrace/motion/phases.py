"""The phase of each frame: what the leg (gait) or the whole body (everything else) is doing."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.contacts import NO, UNKNOWN, YES
from kinetrace.motion.filters import gap_free_runs
from kinetrace.motion.repetitions import EDGE_SHARE, Levels
from schemas.base import Movement, Side
from schemas.physical_state import PhaseInterval, Repetition

PHASES: Final[dict[Movement, tuple[str, ...]]] = {
    "gait": ("swing", "stance", "unknown"),
    "squat": ("standing", "descent", "bottom", "ascent", "unknown"),
    "sit_to_stand": ("sitting", "rising", "standing", "lowering", "unknown"),
    "balance": ("static", "unstable", "unknown"),
    "other": ("still", "moving", "unknown"),
}
"""Names by index, for each movement."""

# Centre-of-mass speed above which standing is no longer quiet [m/s]. Measured over 65 s of
# quiet stance of two people: median 0.002-0.004, greatest 0.009 m/s; a squat's or a step's is above 0.5 m/s.
QUIET_SPEED: Final = 0.05


def gait_phases(contacts: UInt8[np.ndarray, "frames 2"]) -> UInt8[np.ndarray, "frames 2"]:
    """Stance where the foot bears, swing where it does not, unknown where that is unknown."""
    lookup = np.zeros(3, dtype=np.uint8)
    lookup[[NO, YES, UNKNOWN]] = [0, 1, 2]
    return np.asarray(lookup[contacts])


def squat_phases(
    height: Float[np.ndarray, "frames"], repetitions: tuple[Repetition, ...]
) -> UInt8[np.ndarray, "frames"]:
    """Standing outside repetitions; within one, bottom is the last tenth of its own depth around the deepest frame."""
    phase = np.zeros(len(height), dtype=np.uint8)
    for rep in repetitions:
        deepest = height[rep.turn_frame]
        depth = min(height[rep.start_frame], height[rep.end_frame]) - deepest
        low = np.flatnonzero(height[rep.start_frame : rep.end_frame] <= deepest + EDGE_SHARE * depth) + rep.start_frame
        phase[rep.start_frame : low[0]] = 1
        phase[low[0] : low[-1] + 1] = 2
        phase[low[-1] + 1 : rep.end_frame] = 3
    return phase


def sit_to_stand_phases(
    height: Float[np.ndarray, "frames"], level: Levels, repetitions: tuple[Repetition, ...]
) -> UInt8[np.ndarray, "frames"]:
    """Sitting on the low level, standing on the high one; between them rising or lowering by the way the pelvis goes.

    A repetition's forward lean, while still on the seat, is part of rising.
    """
    going_up = np.gradient(height) > 0.0
    phase = np.where(going_up, 1, 3).astype(np.uint8)
    phase[level.at_low(height)] = 0
    phase[level.at_high(height)] = 2
    for rep in repetitions:
        phase[rep.start_frame : rep.turn_frame + 1] = 1
    return phase


def moving(
    com_velocity: Float[np.ndarray, "frames 3"], known: Bool[np.ndarray, "frames"]
) -> UInt8[np.ndarray, "frames"]:
    """Say where the centre of mass leaves quiet stance (1) or stays in it (0); 2 where it is not known."""
    fast = np.linalg.norm(com_velocity, axis=-1) > QUIET_SPEED
    return np.where(known, fast, 2).astype(np.uint8)


def phase_intervals(
    phases: UInt8[np.ndarray, "frames 2"], names: tuple[str, ...], min_frames: int = 1
) -> tuple[PhaseInterval, ...]:
    """Give the stretches of each phase, sides apart where they differ (gait) and as `both` where they never do.

    Args:
        phases: Index into names, left then right.
        names: Phase names.
        min_frames: Shorter stretches are left out.

    Returns:
        Intervals by side and start; `end_frame` is exclusive.
    """
    same = bool((phases[:, 0] == phases[:, 1]).all())
    columns: list[tuple[int, Side]] = [(0, "both")] if same else [(0, "left"), (1, "right")]
    found = []
    for column, side in columns:
        for index, name in enumerate(names):
            for start, stop in gap_free_runs(phases[:, column] == index):
                if stop - start >= min_frames:
                    found.append(PhaseInterval(label=name, side=side, start_frame=start, end_frame=stop))
    return tuple(sorted(found, key=lambda p: (p.side, p.start_frame)))
