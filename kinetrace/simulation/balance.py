"""Quiet standing: an inverted pendulum held up by a stiff, noisy ankle."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.random import Generator

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.simulation.body import positions
from kinetrace.simulation.person import Person
from kinetrace.simulation.standing import (
    ARM_REST,
    ELBOW_REST,
    balancing_lean,
    hip_over_ankle,
    lowered,
    standing_drive,
)
from kinetrace.simulation.truth import Truth

STIFFNESS: Final = 1.3
"""Ankle stiffness over the toppling torque m g h (Winter 1998; Peterka 2002: somewhat above 1)."""

DAMPING_S: Final = 0.35
"""Ankle damping over m g h [s] (Peterka 2002)."""

NOISE_MEMORY_S: Final = 0.1
"""How long the disturbing torque remembers (Maurer and Peterka 2005)."""

SWAY_AHEAD: Final = 0.0045
SWAY_ASIDE: Final = 0.0030
"""Spread of the centre of mass [m] in quiet standing, eyes open (Winter 1995; Prieto 1996: 3 to 6 mm, less aside)."""

SWAY_HEIGHT: Final = 1.75
"""Stature to which that spread belongs [m]; sway is an angle, so it grows with stature."""

KNEE: Final = np.radians(7.0)
"""Knees are not locked: one leg must reach a little further when the hips sway to the other side."""

SHANK: Final = np.radians(4.0)

SUBSTEPS: Final = 5
SETTLE_S: Final = 20.0


def stand(person: Person, seconds: float, fps: float, rng: Generator) -> Truth:
    """Stand quietly on both feet and sway.

    Args:
        person: Who stands.
        seconds: How long [s].
        fps: Frames a second.
        rng: Chance of the sway.
    """
    time = np.arange(round(seconds * fps)) / fps
    height = 0.55 * person.height_m
    size = person.height_m / SWAY_HEIGHT
    ahead = sway(len(time), fps, height, SWAY_AHEAD * size, rng) / height
    aside = sway(len(time), fps, height, SWAY_ASIDE * size, rng)
    shank, knee = SHANK + ahead, np.full_like(time, KNEE)
    hip = lowered(person, hip_over_ankle(person, shank, knee))
    hip[:, 2] = aside
    lean = balancing_lean(person, np.array([SHANK]), np.array([KNEE])) + ahead
    still = np.ones_like(time)
    drive = standing_drive(person, hip, lean, ARM_REST * still, ELBOW_REST * still)
    return Truth(
        movement="balance", person=person, fps=fps, time=time, positions=positions(person, drive),
        pelvis_yaw=np.zeros_like(time), contacts=np.ones((len(time), 2), dtype=np.uint8),
    )  # fmt: skip


def sway(frames: int, fps: float, height: float, spread: float, rng: Generator) -> Float[np.ndarray, "frames"]:
    """Give the sway of an inverted pendulum of this height on a noisy spring and damper [m].

    theta'' = g/h ((1 - K) theta - B theta' + noise), integrated by semi-implicit Euler; scaled to the spread wanted, about
    its own mean. The path begins after the start has been forgotten.

    Args:
        frames: How many.
        fps: Frames a second.
        height: Of the centre of mass [m].
        spread: Standard deviation wanted [m].
        rng: Chance.
    """
    step = 1.0 / (fps * SUBSTEPS)
    settle = round(SETTLE_S * fps)
    noise = rng.standard_normal((settle + frames) * SUBSTEPS)
    keep = 1.0 - step / NOISE_MEMORY_S
    angle = speed = push = 0.0
    path = np.empty(settle + frames)
    for i in range(settle + frames):
        for k in range(SUBSTEPS):
            push = keep * push + float(noise[i * SUBSTEPS + k])
            speed += step * GRAVITY / height * ((1 - STIFFNESS) * angle - DAMPING_S * speed + push)
            angle += step * speed
        path[i] = angle
    path -= np.mean(path[settle:])
    return np.asarray(path[settle:] * (spread / np.std(path)))
