"""Squats with still feet: minimum-jerk knees, a trunk that keeps balance."""

from __future__ import annotations

from typing import Final

import numpy as np

from kinetrace.simulation.body import positions
from kinetrace.simulation.minimum_jerk import minimum_jerk
from kinetrace.simulation.person import Person
from kinetrace.simulation.standing import (
    ARM_REST,
    ELBOW_REST,
    balancing_lean,
    hip_over_ankle,
    lowered,
    plan_repetitions,
    standing_drive,
)
from kinetrace.simulation.truth import Truth

KNEE_STANDING: Final = np.radians(4.0)
KNEE_BOTTOM: Final = np.radians(100.0)
"""Peak knee flexion of a squat to about parallel (Escamilla 2001: 90 to 110 degrees)."""

SHANK_STANDING: Final = np.radians(4.0)
SHANK_BOTTOM: Final = np.radians(30.0)
"""Dorsiflexion at the bottom (Hemmerich 2006: 30 to 38 degrees in deep squats)."""

ARMS_BOTTOM: Final = np.radians(80.0)
"""Arms are held out in front as counterweight."""

DESCENT, BOTTOM, ASCENT = 0.40, 0.04, 0.36
"""Parts of a repetition; the rest of it is standing."""


def squat(person: Person, seconds: float, fps: float, repetitions: int | None) -> Truth:
    """Squat down and up, again and again, standing still before and after.

    Args:
        person: Who squats.
        seconds: The whole recording [s].
        fps: Frames a second.
        repetitions: How often; None takes one in about 3 s.

    Raises:
        UsageError: So many do not fit.
    """
    rest = 0.5
    count, each = plan_repetitions(seconds, repetitions, ordinary_s=3.0, shortest_s=1.5, rest_s=rest)
    time = np.arange(round(seconds * fps)) / fps
    depth = np.zeros_like(time)
    times = []
    for i in range(count):
        start = rest + i * each
        bottom, rise = start + DESCENT * each, start + (DESCENT + BOTTOM) * each
        end = rise + ASCENT * each
        depth += minimum_jerk(time, start, bottom) - minimum_jerk(time, rise, end)
        times.append((start, 0.5 * (bottom + rise), end))
    knee = KNEE_STANDING + depth * (KNEE_BOTTOM - KNEE_STANDING)
    shank = SHANK_STANDING + depth * (SHANK_BOTTOM - SHANK_STANDING)
    drive = standing_drive(
        person,
        lowered(person, hip_over_ankle(person, shank, knee)),
        balancing_lean(person, shank, knee),
        ARM_REST + depth * ARMS_BOTTOM,
        ELBOW_REST * (1 - 0.5 * depth),
    )
    return Truth(
        movement="squat", person=person, fps=fps, time=time, positions=positions(person, drive),
        pelvis_yaw=np.zeros_like(time), contacts=np.ones((len(time), 2), dtype=np.uint8), repetitions=tuple(times),
    )  # fmt: skip
