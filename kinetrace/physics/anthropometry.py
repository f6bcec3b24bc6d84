"""De Leva's segment inertias, and how rigid parts add up to one body.

Source: de Leva 1996, J. Biomech. 29(9):1223-1230, table 4 (adjusted Zatsiorsky-Seluyanov), joint-centre definitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float

from schemas.base import Sex


@dataclass(frozen=True)
class SegmentInertia:
    """One segment, as fractions: of body mass, and of the segment's length.

    Attributes:
        mass: Fraction of body mass.
        com: Distance of the centre of mass from the proximal end over the length (trunk and head: from the upper end).
        radii: Radii of gyration over the length about the antero-posterior, medio-lateral and long axis.
        length: Mean length over the sample's mean stature.
    """

    mass: float
    com: float
    radii: tuple[float, float, float]
    length: float


_FEMALE_STATURE, _MALE_STATURE = 1735.0, 1741.0  # mm, means of the two samples

# name: mass, com, radii (AP, ML, long), length in mm; female then male. Head: vertex-C7. Trunk: mid-shoulder-mid-hip.
# Pelvis: omphalion-mid-hip. Shank: to the ankle centre. Hand: wrist-third knuckle. Foot: heel-toe tip.
_TABLE: Final = {
    "head": ((0.0668, 0.4841, (0.271, 0.295, 0.261), 243.7), (0.0694, 0.5002, (0.303, 0.315, 0.261), 242.9)),
    "trunk": ((0.4257, 0.3782, (0.379, 0.361, 0.182), 497.9), (0.4346, 0.4310, (0.384, 0.358, 0.197), 515.5)),
    "pelvis": ((0.1247, 0.4920, (0.433, 0.402, 0.444), 181.5), (0.1117, 0.6115, (0.615, 0.551, 0.587), 145.7)),
    "upper_arm": ((0.0255, 0.5754, (0.278, 0.260, 0.148), 275.1), (0.0271, 0.5772, (0.285, 0.269, 0.158), 281.7)),
    "forearm": ((0.0138, 0.4559, (0.261, 0.257, 0.094), 264.3), (0.0162, 0.4574, (0.276, 0.265, 0.121), 268.9)),
    "hand": ((0.0056, 0.7474, (0.531, 0.454, 0.335), 78.0), (0.0061, 0.7900, (0.628, 0.513, 0.401), 86.2)),
    "thigh": ((0.1478, 0.3612, (0.369, 0.364, 0.162), 368.5), (0.1416, 0.4095, (0.329, 0.329, 0.149), 422.2)),
    "shank": ((0.0481, 0.4352, (0.267, 0.263, 0.092), 438.6), (0.0433, 0.4395, (0.251, 0.246, 0.102), 440.3)),
    "foot": ((0.0129, 0.4014, (0.299, 0.279, 0.139), 228.3), (0.0137, 0.4415, (0.257, 0.245, 0.124), 258.1)),
}

C7_ABOVE_SHOULDERS: Final = {"f": (614.8 - 497.9) / _FEMALE_STATURE, "m": (603.3 - 515.5) / _MALE_STATURE}
"""Height of C7 above the shoulder midpoint over stature (lengths C7-mid-hip less mid-shoulder-mid-hip)."""

SHOULDER_WIDTH: Final = 0.258
FOOT_LENGTH: Final = 0.152
FOOT_BREADTH: Final = 0.055
PELVIS_WIDTH: Final = 0.11
"""Over stature. Drillis & Contini 1966 as in Winter 2009, fig. 4.1 (twice 0.129; foot); distance of the hip
centres: measured on opencap_s4, 0.19 m at 1.71 m."""


def segments(sex: Sex) -> dict[str, SegmentInertia]:
    """Give de Leva's table for a sex; the mean of both where the sex is unknown.

    Args:
        sex: ``f``, ``m`` or ``unknown``.

    Returns:
        Fractions by segment name. The printed masses sum to 0.9998-1.0002; here they are scaled to sum to 1.
    """
    found = {}
    for name, (female, male) in _TABLE.items():
        parts = {
            "f": (*female[:3], female[3] / _FEMALE_STATURE),
            "m": (*male[:3], male[3] / _MALE_STATURE),
        }
        if sex == "unknown":
            f, m = parts["f"], parts["m"]
            r = tuple((a + b) / 2.0 for a, b in zip(f[2], m[2], strict=True))
            found[name] = SegmentInertia((f[0] + m[0]) / 2, (f[1] + m[1]) / 2, (r[0], r[1], r[2]), (f[3] + m[3]) / 2)
        else:
            found[name] = SegmentInertia(*parts[sex])
    limbs = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
    total = found["head"].mass + found["trunk"].mass + 2.0 * sum(found[name].mass for name in limbs)
    return {name: replace(part, mass=part.mass / total) for name, part in found.items()}


def c7_height(sex: Sex) -> float:
    """Give the height of C7 above the shoulder midpoint as a fraction of stature."""
    if sex == "unknown":
        return (C7_ABOVE_SHOULDERS["f"] + C7_ABOVE_SHOULDERS["m"]) / 2.0
    return C7_ABOVE_SHOULDERS[sex]


@dataclass(frozen=True)
class RigidPart:
    """A rigid part whose principal axes are those of the body it belongs to.

    Attributes:
        mass: [kg].
        com: Centre of mass in the body's frame [m].
        inertia: Principal moments about the centre of mass [kg m²].
    """

    mass: float
    com: Float[np.ndarray, "3"]
    inertia: Float[np.ndarray, "3"]


def combine(plus: tuple[RigidPart, ...], minus: tuple[RigidPart, ...] = ()) -> RigidPart:
    """Add rigid parts into one, and take others away (parallel-axis theorem; products of inertia are left out).

    Parts of one body here lie on or near one axis, for which the left-out products are zero or below 1 % of the moments.

    Args:
        plus: Parts that the body consists of.
        minus: Parts to remove, in the same frame.

    Returns:
        The remaining part.
    """
    signed = [(part, 1.0) for part in plus] + [(part, -1.0) for part in minus]
    mass = sum(sign * part.mass for part, sign in signed)
    com = sum((sign * part.mass * part.com for part, sign in signed), np.zeros(3)) / mass
    inertia = np.zeros(3)
    for part, sign in signed:
        arm = part.com - com
        inertia += sign * (part.inertia + part.mass * (arm @ arm - arm**2))
    return RigidPart(mass, com, inertia)


def segment_part(
    segment: SegmentInertia,
    body_mass: float,
    proximal: Float[np.ndarray, "3"],
    distal: Float[np.ndarray, "3"],
    *,
    long_axis: int = 2,
) -> RigidPart:
    """Place one segment of the table between its end points.

    Args:
        segment: Fractions of the segment.
        body_mass: Mass of the whole body [kg].
        proximal: Proximal end in the body's frame [m].
        distal: Distal end [m].
        long_axis: Body axis along which the segment lies: 2 (Z) for limbs and trunk, 0 (X) for a foot.

    Returns:
        Its mass, centre and principal moments, body axes X forward, Y left, Z up.
    """
    length = float(np.linalg.norm(distal - proximal))
    mass = segment.mass * body_mass
    ap, ml, axial = (mass * (r * length) ** 2 for r in segment.radii)
    inertia = np.array([ap, ml, axial]) if long_axis == 2 else np.array([axial, ml, ap])
    return RigidPart(mass, proximal + segment.com * (distal - proximal), inertia)
