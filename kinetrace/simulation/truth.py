"""The exact truth of a simulated movement, and its sagittal angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.person import Person
from schemas.base import Movement


@dataclass(frozen=True)
class Event:
    """A foot meeting or leaving the floor."""

    kind: Literal["heel_strike", "toe_off"]
    side: Literal["left", "right"]
    time_s: float


@dataclass(frozen=True)
class Truth:
    """A movement without sensors: X forward, Y up, Z right, floor at Y = 0; metres, seconds, radians.

    Attributes:
        movement: What was done.
        person: Who did it.
        fps: Frames a second.
        time: From 0 [s].
        positions: BODY21.
        pelvis_yaw: Heading of the pelvis, turning left positive [rad].
        contacts: Left, right: 1 where the foot bears on the floor.
        events: Gait events, in time.
        repetitions: Start, turning point and end of each repetition [s].
        seat_height_m: Height of the seat's top; None without a seat.
    """

    movement: Movement
    person: Person
    fps: float
    time: Float[np.ndarray, "frames"]
    positions: Float[np.ndarray, "frames 21 3"]
    pelvis_yaw: Float[np.ndarray, "frames"]
    contacts: UInt8[np.ndarray, "frames 2"]
    events: tuple[Event, ...] = ()
    repetitions: tuple[tuple[float, float, float], ...] = ()
    seat_height_m: float | None = None


def sagittal_angles(positions: Float[np.ndarray, "frames 21 3"]) -> Float[np.ndarray, "frames 7"]:
    """Give hip, knee, ankle (right, then left) and trunk angles in the X-Y plane [rad], order of ANGLES.

    Flexion, dorsiflexion and forward lean are positive; all are 0 standing upright with flat feet. The hip is measured
    between trunk line and thigh.
    """

    def heading(start: str, end: str) -> Float[np.ndarray, "frames"]:
        line = positions[:, INDEX[end]] - positions[:, INDEX[start]]
        return np.asarray(np.arctan2(line[:, 0], line[:, 1]))

    trunk = heading("pelvis", "thorax")
    columns = []
    for prefix in ("r", "l"):
        thigh = heading(f"{prefix}_knee", f"{prefix}_hip")
        shank = heading(f"{prefix}_ankle", f"{prefix}_knee")
        foot = np.pi / 2 - heading(f"{prefix}_heel", f"{prefix}_toe")
        columns += [trunk - thigh, shank - thigh, shank + foot]
    return np.stack([*columns, trunk], axis=-1)
