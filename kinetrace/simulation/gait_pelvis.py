"""Where the pelvis goes while walking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.simulation.body import LEFT, SIDE_SIGN, hip_joint, leg_length
from kinetrace.simulation.gait_curves import knee_flexion
from kinetrace.simulation.stride import Stride

ROCKER: Final = 0.3
"""Radius of the foot's roll-over shape in leg lengths (Adamczyk et al. 2006: about 0.3; measured shapes: 0.17 to 0.22 of
stature, which is 0.35 to 0.45 of the leg)."""

FOOT_HALF_WIDTH: Final = 0.05
"""Half of the step width [m] (Owings and Grabiner 2004: 0.10 m)."""

PELVIS_SWAY: Final = 0.018
"""Half of the pelvis's way from side to side [m]; chosen a little under Perry's (1992) 4 cm in all."""

PELVIS_TURN: Final = np.radians(4.0)
"""Half of the pelvis's turn; chosen a little under Perry's (1992) 10 degrees in all."""

FIT_ROUNDS: Final = 12
"""Rounds of lead and height, each of which disturbs the other by less than half of the round before."""

MID_STANCE: Final = 0.30
"""Middle of the left stance, where pelvis and trunk are farthest over that foot, as a part of the stride."""

HEEL_STRIKE_KNEE: Final = np.radians(8.0)
"""Knee flexion at heel strike; chosen above what people show (Perry 1992: 5 degrees; Winter 1991: 4), because this leg,
whose foot does not give, would have to be longer than it is."""

HEEL_STRIKE_PITCH: Final = np.radians(20.0)
"""Toe-up angle of the sole at heel strike of an ordinary step; chosen, as in published pictures of gait."""


@dataclass(frozen=True)
class PelvisPath:
    """The pelvis over time counted in strides: an even pace ahead, two rises a stride, one sway to each side [m]."""

    stride: Stride
    ahead: float = 0.0
    height: float = 0.0

    @classmethod
    def fit(cls, stride: Stride) -> PelvisPath:
        """Find lead and height at which the knee is bent as the normative curve says at heel strike and in mid-stance."""
        path = cls(stride, height=stride.person.leg)
        for _ in range(FIT_ROUNDS):
            path = replace(path, height=path.height + path._rise_at_mid_stance())
            path = replace(path, ahead=path.ahead + path._lag_at_heel_strike())
        return path

    @property
    def rise(self) -> float:
        """From lowest to highest [m]: an inverted pendulum on a rocker, step^2 (1 - r/l) / 8 l (Gard and Childress 2001)."""
        length = self.stride.person.leg + self.stride.person.ankle_height
        return (0.5 * self.stride.length) ** 2 * (1 - ROCKER) / (8 * length)

    def place(self, turns: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames 3"]:
        """Give the midpoint of the hips [m]."""
        since = turns - MID_STANCE
        up = self.height + 0.5 * self.rise * np.cos(4 * np.pi * since)
        sideways = -PELVIS_SWAY * np.cos(2 * np.pi * since)
        return np.stack([self.stride.length * turns + self.ahead, up, sideways], axis=-1)

    def yaw(self, turns: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
        """Give the turn of the pelvis, to the left positive [rad]: each hip is ahead when its foot strikes."""
        return np.asarray(-PELVIS_TURN * np.cos(2 * np.pi * turns))

    def hip(self, turns: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames 3"]:
        """Give the left hip joint [m]."""
        return hip_joint(self.stride.person, self.place(turns), self.yaw(turns), LEFT)

    def _line(self, u: float, knee: float) -> tuple[Float[np.ndarray, "3"], float]:
        at = np.array([u])
        person = self.stride.person
        turn = np.exp(1j * (HEEL_STRIKE_PITCH * self.stride.reach if u == 0.0 else 0.0))
        place = turn * (person.heel_back + 1j * person.ankle_height)
        ankle = np.array([place.real, place.imag, SIDE_SIGN[LEFT] * FOOT_HALF_WIDTH])
        return self.hip(at)[0] - ankle, float(leg_length(self.stride.person, np.array([knee]))[0])

    def _lag_at_heel_strike(self) -> float:
        line, reach = self._line(0.0, HEEL_STRIKE_KNEE)
        return float(-np.sqrt(reach**2 - line[1] ** 2 - line[2] ** 2) - line[0])

    def _rise_at_mid_stance(self) -> float:
        line, reach = self._line(MID_STANCE, float(knee_flexion(np.array([MID_STANCE]))[0]))
        return float(np.sqrt(reach**2 - line[0] ** 2 - line[2] ** 2) - line[1])
