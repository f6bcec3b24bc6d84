"""One made capture: a person, a movement, a room and a sensor, from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kinetrace.simulation.balance import stand
from kinetrace.simulation.gait import walk
from kinetrace.simulation.person import Person, make_person
from kinetrace.simulation.room import World, make_planes, make_world
from kinetrace.simulation.sensors import Sensed, SensorParams, sense
from kinetrace.simulation.sit_to_stand import rise_and_sit
from kinetrace.simulation.squat import squat
from kinetrace.simulation.truth import Truth
from schemas.base import Movement, Sex
from schemas.capture import Plane
from schemas.errors import UsageError

FPS: Final = 60.0
"""ARKit's frame rate."""

SECONDS_RANGE: Final = (1.0, 600.0)
MOVEMENTS: Final = ("gait", "squat", "sit_to_stand", "balance")


@dataclass(frozen=True)
class Recording:
    """A simulated capture before it is written: exact truth, and what the sensor made of it."""

    truth: Truth
    world: World
    sensed: Sensed
    planes: tuple[Plane, ...]
    seed: int
    asked: str


def simulate(
    movement: Movement,
    seconds: float,
    seed: int,
    *,
    height_m: float = 1.75,
    mass_kg: float = 70.0,
    sex: Sex = "m",
    speed: float | None = None,
    repetitions: int | None = None,
    sensor: SensorParams | None = None,
) -> Recording:
    """Make a capture; the same arguments give the same numbers.

    Args:
        movement: gait, squat, sit_to_stand or balance.
        seconds: How long [s].
        seed: Chance of the sensor, the room and the sway.
        height_m: Stature [m].
        mass_kg: Body mass [kg].
        sex: For segment lengths.
        speed: Of walking [m/s]; None takes an ordinary walk of this person.
        repetitions: Of squats and sit-to-stands; None takes as many as fit at an ordinary pace.
        sensor: How good the tracking is; None takes ordinary ARKit.

    Raises:
        UsageError: A movement, time, person, speed or number of repetitions that cannot be.
    """
    check_asked(seconds, seed)
    person = make_person(height_m, mass_kg, sex)
    movement_rng, room_rng, sensor_rng = (
        np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(3)
    )
    truth = perform(movement, person, seconds, FPS, speed, repetitions, movement_rng)
    world = make_world(room_rng)
    sensed = sense(truth, world, sensor or SensorParams(), sensor_rng)
    asked = f"simulated by kinetrace simulate {movement} --seconds {seconds:g} --seed {seed}"
    return Recording(truth, world, sensed, make_planes(truth, world), seed, asked)


def check_asked(seconds: float, seed: int) -> None:
    """Refuse a length or a seed that cannot be.

    Raises:
        UsageError: Says which.
    """
    if not SECONDS_RANGE[0] <= seconds <= SECONDS_RANGE[1]:
        raise UsageError(
            where="simulate", field="seconds", expected=f"{SECONDS_RANGE[0]:g} to {SECONDS_RANGE[1]:g} s",
            found=f"{seconds:g} s", fix="Ask for a length in seconds, e.g. --seconds 10.",
        )  # fmt: skip
    if seed < 0:
        raise UsageError(
            where="simulate", field="seed", expected="0 or above", found=str(seed), fix="Any whole number from 0 on will do.",
        )  # fmt: skip


def perform(
    movement: Movement,
    person: Person,
    seconds: float,
    fps: float,
    speed: float | None,
    repetitions: int | None,
    rng: np.random.Generator,
) -> Truth:
    """Let a person move.

    Args:
        movement: gait, squat, sit_to_stand or balance.
        person: Who.
        seconds: How long [s].
        fps: Frames a second.
        speed: Of walking [m/s]; None takes an ordinary walk of this person.
        repetitions: Of squats and sit-to-stands; None takes as many as fit.
        rng: Chance of the sway.

    Raises:
        UsageError: A movement, speed or number of repetitions that cannot be.
    """
    if movement == "gait":
        return walk(person, seconds, fps, speed)
    if movement == "squat":
        return squat(person, seconds, fps, repetitions)
    if movement == "sit_to_stand":
        return rise_and_sit(person, seconds, fps, repetitions)
    if movement == "balance":
        return stand(person, seconds, fps, rng)
    raise UsageError(
        where="simulate", field="movement", expected=" or ".join(MOVEMENTS), found=movement,
        fix="Choose one of these four.",
    )  # fmt: skip
