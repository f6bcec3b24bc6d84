"""Walking straight ahead: still stance feet by construction, the rest after normative curves."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from kinetrace.simulation.body import LEFT, RIGHT, SIDE_SIGN, Drive, positions
from kinetrace.simulation.gait_curves import TOE_OFF
from kinetrace.simulation.gait_legs import LegPath
from kinetrace.simulation.gait_pelvis import FOOT_HALF_WIDTH, MID_STANCE, PelvisPath
from kinetrace.simulation.person import Person
from kinetrace.simulation.stride import Stride, make_stride
from kinetrace.simulation.truth import Event, Truth

STRIDE_OFFSET: Final = (0.0, 0.5)
"""Where in the left stride the left and the right heel strike."""


def walk(person: Person, seconds: float, fps: float, speed: float | None = None) -> Truth:
    """Walk straight ahead at an even pace, beginning with a left heel strike.

    A foot is set down heel first, rests flat, rolls over the toe and leaves; while it bears it turns only about points
    that do not move. The pelvis follows from the standing leg: normative knee flexion at heel strike and in mid-stance
    says how far ahead and how high it goes. Hip, ankle and stance knee are then what the still foot makes them. In swing
    the knee follows its normative curve, bent by a quintic, as is the direction of the leg, so that the foot leaves and
    meets the floor without a step in position, velocity or acceleration.

    Args:
        person: The walker.
        seconds: How long [s].
        fps: Frames a second.
        speed: Walking speed [m/s]; None takes an ordinary walk.
    """
    stride = make_stride(person, speed)
    time = np.arange(round(seconds * fps)) / fps
    turns = time / stride.duration
    phase = 2 * np.pi * turns
    parts = [np.mod(turns - offset, 1.0) for offset in STRIDE_OFFSET]
    swing = np.stack([-np.cos(phase), np.cos(phase)], axis=-1)
    path = PelvisPath.fit(stride)
    leg = LegPath.fit(path)
    yaw = path.yaw(turns)
    drive = Drive(
        pelvis=path.place(turns),
        pelvis_yaw=yaw,
        trunk_lean=np.radians(4.0 + 1.0 * np.cos(2 * phase)),
        trunk_list=np.radians(-1.5) * np.cos(phase - 2 * np.pi * MID_STANCE),
        thorax_yaw=-yaw,
        ankle=np.stack([_ankle(leg, turns, side) for side in (LEFT, RIGHT)], axis=1),
        foot_pitch=np.stack([leg.pitch(u) for u in parts], axis=1),
        shoulder=np.radians(2.0 + 16.0 * swing),
        elbow=np.radians(25.0 + 8.0 * swing),
    )
    return Truth(
        movement="gait", person=person, fps=fps, time=time, positions=positions(person, drive), pelvis_yaw=yaw,
        contacts=np.stack([u < TOE_OFF for u in parts], axis=-1).astype(np.uint8), events=_events(stride, float(time[-1])),
    )  # fmt: skip


def _ankle(leg: LegPath, turns: Float[np.ndarray, "frames"], side: int) -> Float[np.ndarray, "frames 3"]:
    number = np.floor(turns - STRIDE_OFFSET[side])
    place = leg.ankle(turns - STRIDE_OFFSET[side] - number)
    heel_strike = leg.pelvis.stride.length * (number + STRIDE_OFFSET[side])
    across = np.full_like(turns, SIDE_SIGN[side] * FOOT_HALF_WIDTH)
    return np.stack([heel_strike + place[:, 0], place[:, 1], across], axis=-1)


def _events(stride: Stride, until_s: float) -> tuple[Event, ...]:
    found = []
    sides: tuple[tuple[Literal["left", "right"], float], ...] = (
        ("left", STRIDE_OFFSET[LEFT]),
        ("right", STRIDE_OFFSET[RIGHT]),
    )
    for side, offset in sides:
        for number in range(-1, int(until_s / stride.duration) + 2):
            strike = (number + offset) * stride.duration
            found.append(Event("heel_strike", side, strike))
            found.append(Event("toe_off", side, strike + TOE_OFF * stride.duration))
    return tuple(sorted((e for e in found if 0.0 <= e.time_s <= until_s), key=lambda e: (e.time_s, e.side)))
