"""What the movement is made of: gait events, repetitions and the phase of every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.events import gait_events
from kinetrace.motion.filters import bridged
from kinetrace.motion.locomotion import Locomotion
from kinetrace.motion.phases import PHASES, gait_phases, moving, sit_to_stand_phases, squat_phases
from kinetrace.motion.repetitions import levels, sit_to_stands, squats
from kinetrace.motion.skeletons import INDEX
from schemas.base import Movement
from schemas.physical_state import ANGLES, GaitEvent, Repetition
from stages.s02_physical_state.feet import Contact


@dataclass(frozen=True)
class Parts:
    """A movement taken apart.

    Attributes:
        phases: Left then right: index into `PHASES[movement]`.
        events: Gait events; empty but in gait.
        repetitions: Squats or sit-to-stands; empty otherwise.
    """

    phases: UInt8[np.ndarray, "frames 2"]
    events: tuple[GaitEvent, ...]
    repetitions: tuple[Repetition, ...]


def take_apart(
    movement: Movement,
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    angles: Float[np.ndarray, "frames 7"],
    angles_valid: Bool[np.ndarray, "frames 7"],
    com_velocity: Float[np.ndarray, "frames 3"],
    com_valid: Bool[np.ndarray, "frames"],
    contact: Contact,
    locomotion: Locomotion,
    leg_length_m: float,
    fps: float,
) -> Parts:
    """Find the events, repetitions and phases that belong to the movement.

    Frames without a pelvis are bridged for counting, and their phase is unknown.
    """
    if movement == "gait":
        events = gait_events(
            positions, validity, locomotion.heading, contact.contacts, leg_length_m, fps, contact.margins
        )
        return Parts(gait_phases(contact.contacts), events, ())
    seen = validity[:, INDEX["pelvis"]] > 0
    height = bridged(positions[:, INDEX["pelvis"], 1:2], seen)[:, 0]
    knee = np.mean([_whole(angles, angles_valid, name) for name in ("knee_r", "knee_l")], axis=0)
    repetitions: tuple[Repetition, ...] = ()
    if movement == "squat":
        repetitions = squats(height, knee, fps)
        phase = squat_phases(height, repetitions)
    elif movement == "sit_to_stand":
        trunk_rate = np.gradient(_whole(angles, angles_valid, "trunk")) * fps
        repetitions = sit_to_stands(height, knee, trunk_rate, fps)
        phase = sit_to_stand_phases(height, levels(height), repetitions)
    else:
        phase = moving(com_velocity, com_valid)
    unknown = np.uint8(PHASES[movement].index("unknown"))
    phase = np.where(seen, phase, unknown).astype(np.uint8)
    return Parts(np.stack([phase, phase], axis=1), (), repetitions)


def _whole(
    angles: Float[np.ndarray, "frames 7"], valid: Bool[np.ndarray, "frames 7"], name: str
) -> Float[np.ndarray, "frames"]:
    column = ANGLES.index(name)
    return np.asarray(bridged(angles[:, column : column + 1], valid[:, column])[:, 0])
