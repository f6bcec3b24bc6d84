"""One person's stride at one speed: its length and duration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kinetrace.simulation.person import Person
from schemas.errors import UsageError

WALK_RATIO: Final = 0.0062
"""Step length over cadence [m per step/min], much the same at every speed (Sekiya and Nagasaki 1998: about 0.006), at
legs of 0.83 m from hip to ankle."""

REFERENCE_LEG: Final = 0.83

ORDINARY_STEP: Final = 0.80
"""Step length at an ordinary pace, in leg lengths from hip to ankle (Winter 1991)."""

ORDINARY_SPEED: Final = 1.2
"""An indoor walk [m/s] (Bohannon 1997: comfortable 1.27 to 1.46; indoors a little less), at the reference leg."""

SPEED_RANGE: Final = (0.8, 1.4)
"""Speeds [m/s] at which these curves and a foot that does not bend at the toes make a human walk, at the reference leg."""


@dataclass(frozen=True)
class Stride:
    """A stride: length [m], duration [s]."""

    person: Person
    speed: float
    length: float
    duration: float

    @property
    def reach(self) -> float:
        """Give the step as a part of an ordinary one; the foot rolls over by as much less in a short step."""
        return 0.5 * self.length / (ORDINARY_STEP * self.person.leg)


def make_stride(person: Person, speed: float | None) -> Stride:
    """Choose cadence and step length for a speed by the walk ratio, with dynamic similarity between statures (Hof 1996).

    Args:
        person: The walker.
        speed: Walking speed [m/s]; None takes an ordinary walk of this person.

    Raises:
        UsageError: A speed at which these curves do not hold.
    """
    size = person.leg / REFERENCE_LEG
    unit = float(np.sqrt(size))
    pace = ORDINARY_SPEED * unit if speed is None else speed
    slowest, fastest = SPEED_RANGE[0] * unit, SPEED_RANGE[1] * unit
    if not slowest <= pace <= fastest:
        raise UsageError(
            where="simulate", field="speed", expected=f"{slowest:.2f} to {fastest:.2f} m/s for this person",
            found=f"{pace:g} m/s", fix=f"{ORDINARY_SPEED * unit:.2f} m/s is an ordinary walk for these legs.",
        )  # fmt: skip
    ratio = WALK_RATIO * size**1.5
    cadence = np.sqrt(60.0 * pace / ratio)
    return Stride(person, pace, length=float(2 * ratio * cadence), duration=float(120.0 / cadence))
