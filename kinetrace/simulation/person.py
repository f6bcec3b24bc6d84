"""The simulated person: segment lengths and masses from stature, body mass and sex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kinetrace.motion.segment_parameters import (
    ANKLE_HEIGHT,
    BALL_OF_FOOT,
    HEEL_OF_FOOT,
    HIP_HALF_WIDTH,
    HIPS_TO_C7_M,
    SHOULDER_HALF_WIDTH,
    STATURE_M,
    by_sex,
    pair,
)
from schemas.base import Sex
from schemas.errors import UsageError

STATURE_RANGE: Final = (0.6, 2.4)
MASS_RANGE: Final = (5.0, 400.0)


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
    names = ("thigh", "shank", "trunk", "head", "upper_arm", "forearm", "foot")
    table = {name: by_sex(pair(name, "length_m"), sex) for name in names}
    hips_to_c7 = by_sex(HIPS_TO_C7_M, sex)
    ankle = ANKLE_HEIGHT * height_m
    factor = (height_m - ankle) / (table["thigh"] + table["shank"] + hips_to_c7 + table["head"])
    foot = table["foot"] / by_sex((STATURE_M["f"], STATURE_M["m"]), sex) * height_m
    return Person(
        height_m=height_m,
        mass_kg=mass_kg,
        sex=sex,
        thigh=factor * table["thigh"],
        shank=factor * table["shank"],
        ankle_height=ankle,
        heel_back=HEEL_OF_FOOT * foot,
        toe_forward=(BALL_OF_FOOT - HEEL_OF_FOOT) * foot,
        hip_half_width=HIP_HALF_WIDTH * height_m,
        shoulder_half_width=SHOULDER_HALF_WIDTH * height_m,
        hip_to_shoulder=factor * table["trunk"],
        hip_to_c7=factor * hips_to_c7,
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
