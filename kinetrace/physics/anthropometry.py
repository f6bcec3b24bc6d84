"""De Leva's segment inertias scaled to one body, and how rigid parts add up to one body."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from kinetrace.motion.segment_parameters import HIPS_TO_C7_M, STATURE_M, by_sex, pair
from kinetrace.motion.segment_parameters import SEGMENTS as PARAMETERS
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


def segments(sex: Sex) -> dict[str, SegmentInertia]:
    """Give de Leva's table for a sex; the mean of both where the sex is unknown.

    Args:
        sex: ``f``, ``m`` or ``unknown``.

    Returns:
        Fractions by segment name. The printed masses sum to 0.9998-1.0002; here they are scaled to sum to 1.
    """
    found = {}
    for name, (female, male) in PARAMETERS.items():
        lengths = (female.length_m / STATURE_M["f"], male.length_m / STATURE_M["m"])
        pairs = zip(female.radii, male.radii, strict=True)
        ap, ml, axial = (by_sex(radius, sex) for radius in pairs)
        found[name] = SegmentInertia(
            by_sex((female.mass, male.mass), sex), by_sex((female.com, male.com), sex), (ap, ml, axial),
            by_sex(lengths, sex),
        )  # fmt: skip
    limbs = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")
    total = found["head"].mass + found["trunk"].mass + 2.0 * sum(found[name].mass for name in limbs)
    return {name: replace(part, mass=part.mass / total) for name, part in found.items()}


def c7_height(sex: Sex) -> float:
    """Give the height of C7 above the shoulder midpoint as a fraction of stature (mid-hip to C7 less the trunk)."""
    above = [c7 - trunk for c7, trunk in zip(HIPS_TO_C7_M, pair("trunk", "length_m"), strict=True)]
    return by_sex((above[0] / STATURE_M["f"], above[1] / STATURE_M["m"]), sex)


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
