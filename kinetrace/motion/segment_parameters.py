"""Body segment parameters and proportions of the whole package, in one table: de Leva 1996, Winter 2009, Hawes & Sovak 1994.

De Leva 1996, J. Biomech. 29(9):1223-1230, table 4 (Zatsiorsky-Seluyanov's, adjusted to joint centres): means of 15
women and 100 men. `docs/constants.md` says how each number was checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.base import Sex


@dataclass(frozen=True)
class SegmentParameters:
    """One segment of one sex, as printed.

    Attributes:
        mass: Fraction of body mass.
        com: Distance of the centre of mass from the proximal end over the length (trunk and head: from the upper end).
        radii: Radii of gyration over the length about the antero-posterior, medio-lateral and long axis.
        length_m: Mean length [m].
    """

    mass: float
    com: float
    radii: tuple[float, float, float]
    length_m: float


STATURE_M: Final = {"f": 1.735, "m": 1.741}
"""Mean statures of the two samples [m]."""

# Head: vertex to C7. Trunk: mid-shoulder to mid-hip. Pelvis: omphalion to mid-hip. Shank: to the ankle joint's centre,
# not the lateral malleolus (whose lengths are 0.4323 and 0.4340). Hand: wrist to third knuckle. Foot: heel to toe tip.
_PRINTED: Final = {
    "head": ((0.0668, 0.4841, (0.271, 0.295, 0.261), 0.2437), (0.0694, 0.5002, (0.303, 0.315, 0.261), 0.2429)),
    "trunk": ((0.4257, 0.3782, (0.379, 0.361, 0.182), 0.4979), (0.4346, 0.4310, (0.384, 0.358, 0.197), 0.5155)),
    "pelvis": ((0.1247, 0.4920, (0.433, 0.402, 0.444), 0.1815), (0.1117, 0.6115, (0.615, 0.551, 0.587), 0.1457)),
    "upper_arm": ((0.0255, 0.5754, (0.278, 0.260, 0.148), 0.2751), (0.0271, 0.5772, (0.285, 0.269, 0.158), 0.2817)),
    "forearm": ((0.0138, 0.4559, (0.261, 0.257, 0.094), 0.2643), (0.0162, 0.4574, (0.276, 0.265, 0.121), 0.2689)),
    "hand": ((0.0056, 0.7474, (0.531, 0.454, 0.335), 0.0780), (0.0061, 0.7900, (0.628, 0.513, 0.401), 0.0862)),
    "thigh": ((0.1478, 0.3612, (0.369, 0.364, 0.162), 0.3685), (0.1416, 0.4095, (0.329, 0.329, 0.149), 0.4222)),
    "shank": ((0.0481, 0.4352, (0.267, 0.263, 0.092), 0.4386), (0.0433, 0.4395, (0.251, 0.246, 0.102), 0.4403)),
    "foot": ((0.0129, 0.4014, (0.299, 0.279, 0.139), 0.2283), (0.0137, 0.4415, (0.257, 0.245, 0.124), 0.2581)),
}
SEGMENTS: Final = {n: (SegmentParameters(*f), SegmentParameters(*m)) for n, (f, m) in _PRINTED.items()}
"""Female, male."""

HIPS_TO_C7_M: Final = (0.6148, 0.6033)
"""Mid-hip to C7 [m], female, male: the trunk's other definition in the same table."""

ANKLE_HEIGHT: Final = 0.039
LEG_OF_STATURE: Final = 0.491
SHOULDER_HALF_WIDTH: Final = 0.129
FOOT_LENGTH: Final = 0.152
FOOT_BREADTH: Final = 0.055
"""Over stature, as drawn in Winter 2009, fig. 4.1, after Drillis & Contini 1966: ankle above the sole, hip to ankle
(0.245 + 0.246), midline to shoulder joint, length and breadth of the foot."""

HIP_HALF_WIDTH: Final = 0.050
"""Midline to hip joint centre, in statures: Harrington 2007, 0.33 PW + 7.3 mm, at a pelvis 0.24 m wide and 1.74 m stature."""

BALL_OF_FOOT: Final = 0.73
"""Heel to metatarsal heads, where the foot bends, as a part of foot length (Hawes & Sovak 1994; the fifth-metatarsal
markers of opencap_s4 static1: 0.72 and 0.74)."""

HEEL_OF_FOOT: Final = 0.25
"""Heel to the point of the sole under the ankle joint, as a part of foot length: chosen; heel to toe-tip markers on an
adult's static trial, which stand off the skin, gave 0.25 and 0.29."""


def by_sex(pair: tuple[float, float], sex: Sex) -> float:
    """Pick the female or male value; the mean of both where the sex is unknown."""
    return {"f": pair[0], "m": pair[1], "unknown": (pair[0] + pair[1]) / 2.0}[sex]


def pair(segment: str, quantity: Literal["mass", "com", "length_m"]) -> tuple[float, float]:
    """Give a quantity of a segment, female and male, as printed."""
    female, male = SEGMENTS[segment]
    return float(getattr(female, quantity)), float(getattr(male, quantity))
