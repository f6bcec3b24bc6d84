"""How a simulated person looks: build, skin, hair and clothes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from kinetrace.simulation.ipad.shapes import Colour
from kinetrace.simulation.person import Person

SKIN: Final[tuple[Colour, ...]] = (
    (0.95, 0.80, 0.70), (0.88, 0.69, 0.56), (0.77, 0.57, 0.43), (0.60, 0.42, 0.30), (0.42, 0.28, 0.20),
)  # fmt: skip
HAIR: Final[tuple[Colour, ...]] = (
    (0.08, 0.06, 0.05), (0.25, 0.16, 0.10), (0.45, 0.30, 0.16), (0.72, 0.58, 0.36), (0.62, 0.62, 0.62),
)  # fmt: skip
CLOTH: Final[tuple[Colour, ...]] = (
    (0.75, 0.20, 0.18), (0.20, 0.35, 0.62), (0.22, 0.48, 0.30), (0.85, 0.82, 0.76), (0.30, 0.30, 0.34),
    (0.60, 0.45, 0.65), (0.85, 0.65, 0.25),
)  # fmt: skip
TROUSERS: Final[tuple[Colour, ...]] = (
    (0.12, 0.14, 0.22), (0.20, 0.28, 0.42), (0.30, 0.30, 0.32), (0.50, 0.44, 0.34), (0.10, 0.10, 0.11),
)  # fmt: skip
SHOES: Final[tuple[Colour, ...]] = ((0.92, 0.92, 0.90), (0.10, 0.10, 0.12), (0.55, 0.20, 0.18), (0.35, 0.25, 0.18))

ORDINARY_BMI: Final = 22.0
"""Body mass over stature squared [kg/m2] to which the radii of `clothes` belong."""

TRUNK_CHANGE: Final = 0.03
"""Spread of the trunk's length that the legs make up for (sitting height over stature varies by about 3 % between adults;
Bogin and Varela-Silva 2010)."""

WIDTH_CHANGE: Final = 0.05
"""Spread of shoulder and hip widths at one stature (ANSUR II: biacromial breadth 391 +- 20 mm at 1.75 m)."""


@dataclass(frozen=True)
class Look:
    """What the camera sees of a person.

    Attributes:
        girth: Radii of trunk and limbs over those of an ordinary build.
        skin: RGB.
        hair: RGB.
        shirt: RGB.
        trousers: RGB.
        shoes: RGB.
        sleeve: How far the sleeves reach, 0 shoulder to 1 elbow to 2 wrist.
        trouser: How far the trousers reach, 0 hip to 1 knee to 2 ankle.
        looseness: Cloth over skin [m].
        long_hair: Hair down to the neck.
    """

    girth: float
    skin: Colour
    hair: Colour
    shirt: Colour
    trousers: Colour
    shoes: Colour
    sleeve: float
    trouser: float
    looseness: float
    long_hair: bool


def draw_look(person: Person, rng: Generator) -> Look:
    """Dress a person by chance; the girth follows from body mass and stature."""

    def pick(colours: tuple[Colour, ...]) -> Colour:
        return colours[int(rng.integers(len(colours)))]

    bmi = person.mass_kg / person.height_m**2
    return Look(
        girth=float(np.clip((bmi / ORDINARY_BMI) ** 0.5, 0.75, 1.6)) * person.height_m / 1.75,
        skin=pick(SKIN), hair=pick(HAIR), shirt=pick(CLOTH), trousers=pick(TROUSERS), shoes=pick(SHOES),
        sleeve=float(rng.choice([0.55, 0.7, 1.9])), trouser=float(rng.choice([0.75, 1.85, 1.85])),
        looseness=float(rng.uniform(0.004, 0.014)), long_hair=bool(rng.random() < (0.6 if person.sex == "f" else 0.1)),
    )  # fmt: skip


def vary(person: Person, rng: Generator) -> Person:
    """Give a person of the same stature other proportions: a longer or shorter trunk, wider or narrower shoulders and hips."""
    trunk = 1.0 + TRUNK_CHANGE * float(np.clip(rng.standard_normal(), -2.0, 2.0))
    wide, hips, arms = (1.0 + WIDTH_CHANGE * float(np.clip(v, -2.0, 2.0)) for v in rng.standard_normal(3))
    legs = 1.0 - person.hip_to_c7 * (trunk - 1.0) / person.leg
    return replace(
        person,
        thigh=person.thigh * legs, shank=person.shank * legs,
        hip_to_shoulder=person.hip_to_shoulder * trunk, hip_to_c7=person.hip_to_c7 * trunk,
        shoulder_half_width=person.shoulder_half_width * wide, hip_half_width=person.hip_half_width * hips,
        upper_arm=person.upper_arm * (0.5 + 0.5 * arms), forearm=person.forearm * (0.5 + 0.5 * arms),
    )  # fmt: skip
