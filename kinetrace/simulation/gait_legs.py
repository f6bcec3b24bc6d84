"""What a leg does while walking: a still foot in stance, a free one in swing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float
from scipy.interpolate import BPoly

from kinetrace.simulation.body import LEFT, SIDE_SIGN, knee_of_leg, leg_length
from kinetrace.simulation.gait_curves import TOE_OFF, knee_flexion
from kinetrace.simulation.gait_pelvis import FOOT_HALF_WIDTH, HEEL_STRIKE_PITCH, PelvisPath
from kinetrace.simulation.person import Person

FOOT_FLAT: Final = 0.08
"""End of the heel rocker, as a part of the stride (Perry 1992: within loading response)."""

HEEL_RISE: Final = 0.34
"""Begin of the forefoot rocker (Perry 1992: about 31 %)."""

HEEL_STRIKE_RATE: Final = np.radians(-540.0)
"""How fast the sole comes down at heel strike [rad per stride], about 470 degrees a second: with less, a leg that lands nearly
straight would have to stretch while the hip comes forward."""

MID_SWING: Final = 0.80
"""When the knee is exactly on its normative curve."""

TERMINAL_SWING: Final = 0.90
"""When the foot is back in the attitude in which it will land (Perry 1992: 87 %)."""

LEAVING_PITCH: Final = (np.radians(-50.0), np.radians(-560.0))
"""Sole at toe-off and how fast it turns [rad, rad per stride] (real feet reach about -60 degrees with bent toes; ours
do not bend and leave earlier)."""

PLANTAR_PEAK: Final = (0.065, np.radians(-16.0))
"""When after toe-off, and by how much further, the sole points down most; chosen by eye."""

_STEP: Final = 1e-3


@dataclass(frozen=True)
class LegPath:
    """The left leg over one stride `u` in 0 to 1 from its heel strike; the heel strikes at 0, on the floor.

    In stance the foot turns about the heel, rests, and turns about the toe. While it rests the pelvis decides the knee;
    in push-off the knee runs over into its normative curve and decides the foot; in swing the leg's length follows the
    normative knee, bent by a quintic, and the direction of the leg and the foot's angle follow quintics.
    """

    pelvis: PelvisPath
    push_off: BPoly
    length: BPoly
    way: BPoly
    foot: BPoly

    @classmethod
    def fit(cls, pelvis: PelvisPath) -> LegPath:
        """Join the parts of the stride without a step in position, velocity or acceleration.

        One step remains, as in life: a leg that would lengthen into the floor meets it with a small impact instead.
        """
        rest = _jet(lambda u: _excess_knee(pelvis, _about_toe(pelvis.stride.person, np.zeros_like(u)), u), HEEL_RISE)

        def lifting(u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
            turned = pelvis.stride.reach * (LEAVING_PITCH[0] + LEAVING_PITCH[1] * (u - TOE_OFF))
            return _excess_knee(pelvis, _about_toe(pelvis.stride.person, turned), u)

        push_off = BPoly.from_derivatives([HEEL_RISE, TOE_OFF], [rest, _jet(lifting, TOE_OFF)])

        def pitch(u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
            return _pitch_of_knee(pelvis, knee_flexion(u) + push_off(u), u)

        def leaving(u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
            return _leg(pelvis, _about_toe(pelvis.stride.person, pitch(u)), u)

        def landing(u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
            ankle = _about_heel(pelvis.stride.person, pelvis.stride.reach * _heel_pitch(u - 1.0))
            return _leg(pelvis, ankle + np.array([pelvis.stride.length, 0.0]), u)

        start, end = _jet(leaving, TOE_OFF), _jet(landing, 1.0)
        touch = [end[0][0], max(end[1][0], 0.0), 0.0]
        length = BPoly.from_derivatives([TOE_OFF, MID_SWING, 1.0], [[d[0] for d in start], [0.0] * 3, touch])
        way = BPoly.from_derivatives([TOE_OFF, 1.0], [[d[1] for d in start], [d[1] for d in end]])
        return cls(pelvis, push_off, length, way, _swinging_foot(_jet(pitch, TOE_OFF), pelvis.stride.reach))

    def pitch(self, u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
        """Give the sole's toe-up angle [rad]."""
        pushing = np.clip(u, HEEL_RISE, TOE_OFF)
        parts = [
            self.pelvis.stride.reach * _heel_pitch(np.clip(u, 0.0, FOOT_FLAT)),
            np.zeros_like(u),
            _pitch_of_knee(self.pelvis, knee_flexion(pushing) + self.push_off(pushing), pushing),
        ]
        return np.select([u < FOOT_FLAT, u < HEEL_RISE, u < TOE_OFF], parts, self.foot(np.clip(u, TOE_OFF, 1.0)))

    def ankle(self, u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
        """Give the ankle ahead and up [m]."""
        person, pitch = self.pelvis.stride.person, self.pitch(u)
        free = np.clip(u, TOE_OFF, 1.0)
        reach = leg_length(person, knee_flexion(u)) + self.length(free)
        way = np.stack([np.sin(self.way(free)), -np.cos(self.way(free))], axis=-1)
        swinging = self.pelvis.hip(u)[:, :2] + np.sqrt(reach**2 - _across(self.pelvis, u) ** 2)[:, None] * way
        rolling = np.where((u < FOOT_FLAT)[:, None], _about_heel(person, pitch), _about_toe(person, pitch))
        return np.where((u < TOE_OFF)[:, None], rolling, swinging)


def _swinging_foot(leaving: list[Any], reach: float) -> BPoly:
    """Carry the sole's angle from toe-off over its lowest point to the attitude of landing [rad]."""
    landing = [reach * HEEL_STRIKE_PITCH, 0.0, 0.0]
    strike = [reach * HEEL_STRIKE_PITCH, reach * HEEL_STRIKE_RATE, 0.0]
    lowest = [leaving[0] + PLANTAR_PEAK[1], 0.0, 100.0]
    knots = [TOE_OFF, TOE_OFF + PLANTAR_PEAK[0], TERMINAL_SWING, 1.0]
    return BPoly.from_derivatives(knots, [leaving, lowest, landing, strike])


def _heel_pitch(u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    knots = [[HEEL_STRIKE_PITCH, HEEL_STRIKE_RATE, 0.0], [0.0, 0.0, 0.0]]
    return np.asarray(BPoly.from_derivatives([0.0, FOOT_FLAT], knots)(u))


def _about_heel(person: Person, pitch: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
    place = np.exp(1j * pitch) * (person.heel_back + 1j * person.ankle_height)
    return np.stack([place.real, place.imag], axis=-1)


def _about_toe(person: Person, pitch: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
    place = (
        person.heel_back + person.toe_forward + np.exp(1j * pitch) * (-person.toe_forward + 1j * person.ankle_height)
    )
    return np.stack([place.real, place.imag], axis=-1)


def _across(pelvis: PelvisPath, u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.asarray(pelvis.hip(u)[:, 2] - SIDE_SIGN[LEFT] * FOOT_HALF_WIDTH)


def _leg(pelvis: PelvisPath, ankle: Float[np.ndarray, "n 2"], u: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
    """Give how much longer the leg is than by the normative knee [m], and its direction, forward positive [rad].

    The length, not the knee's angle, is what can be joined smoothly: near a straight knee a millimetre is many degrees.
    """
    line = ankle - pelvis.hip(u)[:, :2]
    length = np.sqrt(np.sum(line**2, axis=-1) + _across(pelvis, u) ** 2)
    return np.stack(
        [length - leg_length(pelvis.stride.person, knee_flexion(u)), np.arctan2(line[:, 0], -line[:, 1])], axis=-1
    )


def _excess_knee(
    pelvis: PelvisPath, ankle: Float[np.ndarray, "n 2"], u: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n"]:
    person = pelvis.stride.person
    length = _leg(pelvis, ankle, u)[:, 0] + leg_length(person, knee_flexion(u))
    return np.asarray(knee_of_leg(person, length) - knee_flexion(u))


def _pitch_of_knee(
    pelvis: PelvisPath, knee: Float[np.ndarray, "n"], u: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n"]:
    """Give the sole's angle [rad] at which the toe stays and the leg has this knee flexion: two circles meet in the ankle."""
    person = pelvis.stride.person
    lever = complex(-person.toe_forward, person.ankle_height)
    hip = pelvis.hip(u)
    line = hip[:, 0] - person.heel_back - person.toe_forward + 1j * hip[:, 1]
    span = np.abs(line)
    reach2 = leg_length(person, knee) ** 2 - _across(pelvis, u) ** 2
    corner = np.arccos((abs(lever) ** 2 + span**2 - reach2) / (2 * abs(lever) * span))
    return np.asarray(np.angle(line) + corner - np.angle(lever))


def _jet(function: Callable[[Float[np.ndarray, "n"]], Any], at: float) -> list[Any]:
    """Give value, first and second derivative by central differences."""
    before, here, after = function(at + _STEP * np.arange(-1.0, 2.0))
    return [here, (after - before) / (2 * _STEP), (after - 2 * here + before) / _STEP**2]
