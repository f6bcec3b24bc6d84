"""The simulated person: segment lengths and masses from stature, body mass and sex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from schemas.base import Sex
from schemas.errors import UsageError

ANKLE_HEIGHT: Final = 0.039
"""Ankle joint above the sole, in statures (Winter 2009, after Drillis and Contini 1966)."""

TOE_FRACTION: Final = 0.73
"""Heel to metatarsal heads, where the foot bends, as a part of foot length (Hawes and Sovak 1994)."""

HEEL_FRACTION: Final = 0.25
"""Heel to the point of the sole under the ankle joint, as a part of foot length (Winter 2009, foot geometry)."""

SHOULDER_HALF_WIDTH: Final = 0.129
"""Midline to shoulder joint, in statures (Winter 2009)."""

HIP_HALF_WIDTH: Final = 0.050
"""Midline to hip joint centre, in statures: Harrington 2007, 0.33 PW + 7.3 mm, at a pelvis 0.24 m wide and 1.74 m stature."""

STATURE_RANGE: Final = (0.6, 2.4)
MASS_RANGE: Final = (5.0, 400.0)

_DE_LEVA: Final = {
    "f": {"stature": 1.735, "thigh": 0.3685, "shank": 0.4323, "hip_to_c7": 0.6148, "hip_to_shoulder": 0.4979,
          "head": 0.2437, "upper_arm": 0.2751, "forearm": 0.2643, "foot": 0.2283},
    "m": {"stature": 1.741, "thigh": 0.4222, "shank": 0.4340, "hip_to_c7": 0.6033, "hip_to_shoulder": 0.5155,
          "head": 0.2429, "upper_arm": 0.2817, "forearm": 0.2689, "foot": 0.2581},
}  # fmt: skip
"""Mean segment lengths [m] of de Leva 1996, table 4, with the stature of the same samples."""


@dataclass(frozen=True)
class Person:
    """A body as lengths between joint centres [m] and a mass [kg]."""

    height_m: float
    mass_kg: float
    sex: Sex
    thigh: float
    shank: float
    ankle_height: float
    heel_back: float
    toe_forward: float
    hip_half_width: float
    shoulder_half_width: float
    hip_to_shoulder: float
    hip_to_c7: float
    head: float
    upper_arm: float
    forearm: float

    @property
    def leg(self) -> float:
        """Hip to ankle with the knee straight [m]."""
        return self.thigh + self.shank


def make_person(height_m: float, mass_kg: float, sex: Sex) -> Person:
    """Make a person of published proportions.

    De Leva's segment lengths are scaled by one factor so that ankle height, shank, thigh, trunk and head add up to the
    stature exactly; an unknown sex takes the mean of both.

    Args:
        height_m: Stature [m].
        mass_kg: Body mass [kg].
        sex: ``f``, ``m`` or ``unknown``.

    Raises:
        UsageError: A stature or a mass that no person has.
    """
    _within("height_m", height_m, STATURE_RANGE, "m")
    _within("mass_kg", mass_kg, MASS_RANGE, "kg")
    sexes = [_DE_LEVA[sex]] if sex in _DE_LEVA else list(_DE_LEVA.values())
    table = {key: float(np.mean([one[key] for one in sexes])) for key in sexes[0]}
    ankle = ANKLE_HEIGHT * height_m
    factor = (height_m - ankle) / (table["thigh"] + table["shank"] + table["hip_to_c7"] + table["head"])
    foot = table["foot"] / table["stature"] * height_m
    return Person(
        height_m=height_m,
        mass_kg=mass_kg,
        sex=sex,
        thigh=factor * table["thigh"],
        shank=factor * table["shank"],
        ankle_height=ankle,
        heel_back=HEEL_FRACTION * foot,
        toe_forward=(TOE_FRACTION - HEEL_FRACTION) * foot,
        hip_half_width=HIP_HALF_WIDTH * height_m,
        shoulder_half_width=SHOULDER_HALF_WIDTH * height_m,
        hip_to_shoulder=factor * table["hip_to_shoulder"],
        hip_to_c7=factor * table["hip_to_c7"],
        head=factor * table["head"],
        upper_arm=factor * table["upper_arm"],
        forearm=factor * table["forearm"],
    )


def _within(field: str, value: float, bounds: tuple[float, float], units: str) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise UsageError(
            where="simulate", field=field, expected=f"{bounds[0]:g} to {bounds[1]:g} {units}", found=f"{value:g} {units}",
            fix=f"Give {field} in {units}, e.g. {'1.75' if units == 'm' else '70'}.",
        )  # fmt: skip
