"""What a reader of the physical state should know before trusting it."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from kinetrace.motion.centre_of_mass import CentreOfMass
from kinetrace.motion.contacts import SIDES, SOLE, UNKNOWN
from kinetrace.motion.filters import FilteredMotion
from kinetrace.motion.locomotion import Locomotion
from schemas.base import Movement
from schemas.motion import Validity
from stages.s02_physical_state.feet import AnkleZero, Contact

WHOLE_BODY = 0.995  # mass fractions of de Leva's tables add up to 1 within rounding


def notes(
    declared: Movement | None,
    guess: tuple[Movement, float],
    locomotion: Locomotion,
    com: CentreOfMass,
    filtered: FilteredMotion,
    ankle_zero: AnkleZero,
    contact: Contact,
    validity: UInt8[np.ndarray, "frames joints"],
) -> tuple[str, ...]:
    """Say in sentences what was guessed, left out or could not be known."""
    found = []
    name, confidence = guess
    if declared is None:
        found.append(f"movement not declared; the motion looks like {name} (confidence {confidence:.2f})")
    elif declared != name:
        found.append(f"declared {declared}, but the motion looks like {name} (confidence {confidence:.2f})")
    if locomotion.treadmill and "gait" in (declared or name):
        speed = float(np.linalg.norm(locomotion.ground_velocity))
        found.append(
            f"treadmill: the flat foot moves at {speed:.2f} m/s under a pelvis that stays; contacts are against the belt"
        )
    if com.mass_fraction < WHOLE_BODY:
        found.append(
            f"centre of mass from {100 * com.mass_fraction:.0f} % of body mass (segments never seen are left out)"
        )
    if com.trunk_from_pelvis:
        found.append(
            "no shoulders: the trunk's mass is placed upright above the pelvis, hip angles are against the vertical"
        )
    if filtered.runs_too_short:
        found.append(f"{filtered.runs_too_short} gap-free stretches were too short to filter and are raw")
    if ankle_zero == "none":
        found.append("no static trial and no standing foot: ankle angles are against the heel-toe line itself")
    inferred = _inferred(validity)
    if len(inferred) == len(SIDES):
        found.append(
            "heels and toes are inferred, not measured: ankle angles and contacts rest on stage 0's model of the foot"
        )
    elif inferred:
        found.append(
            f"{inferred[0]} heel and toe are inferred, not measured: this side's ankle angle and contact rest on stage 0's"
            " model of the foot, whether or not there is one"
        )
    found += [
        f"{side} foot is held {100.0 * rise:.0f} cm above the other throughout: taken to be in the air, it bears nothing;"
        " if it rests on something, what carries it is not known"
        for side, rise in zip(SIDES, contact.held_m, strict=True)
        if rise > 0.0
    ]
    unknown = float((contact.contacts == UNKNOWN).any(axis=1).mean())
    if unknown > 0.0:
        found.append(f"contact of at least one foot unknown in {100 * unknown:.1f} % of frames: no ground force there")
    off = float(contact.off_floor.any(axis=1).mean())
    if off > 0.0:
        found.append(
            f"a foot stands above the floor in {100 * off:.1f} % of frames (stairs, a step, a box): what carries it is not"
            " known, so contacts there are unknown and no ground force is given"
        )
    return tuple(found)


def _inferred(validity: UInt8[np.ndarray, "frames joints"]) -> list[str]:
    """Give the sides whose foot is there although neither heel nor toe was ever measured."""
    feet = {side: validity[:, list(SOLE[side])] for side in SIDES}
    return [side for side, foot in feet.items() if np.any(foot) and not np.any(foot == Validity.MEASURED)]
