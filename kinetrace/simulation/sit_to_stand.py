"""Rising from a chair and sitting down again, with still feet and a still seat."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from kinetrace.simulation.body import positions
from kinetrace.simulation.minimum_jerk import minimum_jerk
from kinetrace.simulation.person import Person
from kinetrace.simulation.room import SEAT_HEIGHT
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
from schemas.errors import UsageError

LEAST_RISE: Final = 0.08
"""Less than this is no rise: stage 2 counts none either [m]."""

HIP_OVER_SEAT: Final = 0.05
"""Hip joint above the seat's top when sitting, in statures: flesh and pelvis under it (about 9 cm)."""

SHANK_SITTING: Final = np.radians(16.0)
"""Feet are drawn back under the knees before rising (Schenkman 1990)."""

KNEE_STANDING: Final = np.radians(4.0)
SHANK_STANDING: Final = np.radians(4.0)

SHANK_FORWARD: Final = np.radians(8.0)
"""How much further the shank leans in between (Roebroeck 1994)."""

TRUNK_SITTING: Final = np.radians(4.0)
TRUNK_PEAK: Final = np.radians(42.0)
"""Trunk flexion at seat-off (Schenkman 1990: flexion-momentum phase ends near 40 degrees)."""

LEAN, RISE, STAND, LOWER = 0.18, 0.37, 0.06, 0.36
"""Parts of a repetition: trunk leans, body rises, stands, sits down; the rest of it is sitting."""


def rise_and_sit(person: Person, seconds: float, fps: float, repetitions: int | None) -> Truth:
    """Rise from a seat and sit down, again and again; seat-off is the instant the hips begin to rise.

    Args:
        person: Who rises.
        seconds: The whole recording [s].
        fps: Frames a second.
        repetitions: How often; None takes one in about 2.8 s.

    Raises:
        UsageError: So many do not fit.
    """
    rest = 0.5
    count, each = plan_repetitions(seconds, repetitions, ordinary_s=2.8, shortest_s=1.5, rest_s=rest)
    time = np.arange(round(seconds * fps)) / fps
    up, lean = np.zeros_like(time), np.zeros_like(time)
    times = []
    for i in range(count):
        start = rest + i * each
        seat_off = start + LEAN * each
        upright = seat_off + RISE * each
        down = upright + STAND * each
        seated = down + LOWER * each
        up += minimum_jerk(time, seat_off, upright) - minimum_jerk(time, down, seated)
        lean += minimum_jerk(time, start, seat_off) - minimum_jerk(time, seat_off, upright)
        lean += minimum_jerk(time, down, down + 0.7 * LOWER * each)
        lean -= minimum_jerk(time, down + 0.7 * LOWER * each, start + each)
        times.append((start, seat_off, seated))
    return _truth(person, fps, time, up, lean, tuple(times))


def sitting_knee(person: Person) -> float:
    """Give the knee flexion [rad] at which the hips are over the seat at sitting height.

    Raises:
        UsageError: The chair is too high for these legs.
    """
    height = SEAT_HEIGHT + HIP_OVER_SEAT * person.height_m - person.ankle_height

    def above(knee: float) -> float:
        hip = lowered(person, hip_over_ankle(person, np.array([SHANK_SITTING]), np.array([knee])))
        return float(hip[0, 1] - height)

    if above(KNEE_STANDING) < LEAST_RISE:
        raise UsageError(
            where="simulate", field="height_m", expected=f"hips that rise at least {LEAST_RISE:g} m from a chair of "
            f"{SEAT_HEIGHT:g} m", found=f"{above(KNEE_STANDING):.2f} m for a stature of {person.height_m:g} m",
            fix="This chair is for statures from about 1.25 m on.",
        )  # fmt: skip
    return float(brentq(above, KNEE_STANDING, np.radians(125.0), xtol=1e-10))


def _truth(
    person: Person, fps: float, time: Float[np.ndarray, "frames"], up: Float[np.ndarray, "frames"],
    lean: Float[np.ndarray, "frames"], times: tuple[tuple[float, float, float], ...],
) -> Truth:  # fmt: skip
    seated = sitting_knee(person)
    knee = seated + up * (KNEE_STANDING - seated)
    shank = SHANK_SITTING + up * (SHANK_STANDING - SHANK_SITTING) + 4 * up * (1 - up) * SHANK_FORWARD
    upright = float(balancing_lean(person, np.array([SHANK_STANDING]), np.array([KNEE_STANDING]))[0])
    rest = TRUNK_SITTING + up * (upright - TRUNK_SITTING)
    drive = standing_drive(
        person,
        lowered(person, hip_over_ankle(person, shank, knee)),
        rest + lean * (TRUNK_PEAK - TRUNK_SITTING),
        ARM_REST + (1 - up) * np.radians(35.0),
        ELBOW_REST + (1 - up) * np.radians(30.0),
    )
    return Truth(
        movement="sit_to_stand", person=person, fps=fps, time=time, positions=positions(person, drive),
        pelvis_yaw=np.zeros_like(time), contacts=np.ones((len(time), 2), dtype=np.uint8), repetitions=times,
        seat_height_m=SEAT_HEIGHT,
    )  # fmt: skip
