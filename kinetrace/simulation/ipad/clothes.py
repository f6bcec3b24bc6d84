"""Trunk, limbs, hands and shoes of a clothed person, each in its segment's frame."""

from __future__ import annotations

from itertools import pairwise

from kinetrace.simulation.ipad.face import head_shapes
from kinetrace.simulation.ipad.look import Look
from kinetrace.simulation.ipad.shapes import Ball, Colour, Shape, limb
from kinetrace.simulation.person import Person

UPPER_ARM = ((0.0, 0.047), (0.35, 0.046), (1.0, 0.037))
FOREARM = ((0.0, 0.038), (0.25, 0.041), (1.0, 0.025))
THIGH = ((0.0, 0.082), (0.25, 0.084), (1.0, 0.054))
SHANK = ((0.0, 0.053), (0.28, 0.057), (0.75, 0.040), (1.0, 0.035))
"""How far down a limb, and its radius there [m], at a stature of 1.75 m and a BMI of 22 (girths of ANSUR II over 2 pi:
biceps 0.054, forearm 0.046, wrist 0.027, thigh 0.095, lower thigh 0.06, calf 0.060, ankle 0.036 m; drawn a little slimmer
where flesh gives way)."""

Girths = tuple[tuple[float, float], ...]


def clothed(person: Person, look: Look) -> dict[str, list[Shape]]:
    """Give the shapes of every segment of `posture.SEGMENTS`."""
    shapes = {"head": head_shapes(person, look), "pelvis": _pelvis(person, look), "thorax": _thorax(person, look)}
    for side in ("l", "r"):
        shapes[f"{side}_upper_arm"] = _covered(person.upper_arm, UPPER_ARM, look, look.sleeve, look.shirt)
        shapes[f"{side}_forearm"] = _covered(person.forearm, FOREARM, look, look.sleeve - 1.0, look.shirt)
        shapes[f"{side}_hand"] = _hand(person, look)
        shapes[f"{side}_thigh"] = _covered(person.thigh, THIGH, look, look.trouser, look.trousers)
        shapes[f"{side}_shank"] = _covered(person.shank, SHANK, look, look.trouser - 1.0, look.trousers)
        shapes[f"{side}_foot"] = _shoe(person, look)
    return shapes


def _covered(length: float, girths: Girths, look: Look, reach: float, cloth: Colour) -> list[Shape]:
    """Make a limb of skin, and cloth over its upper part as far as it reaches (0 to 1)."""
    radii = tuple((at, look.girth * r) for at, r in girths)
    if reach <= 0.0:
        return [limb(length, *radii, colour=look.skin)]
    end = min(reach, 1.0)
    kept = [(at, r + look.looseness) for at, r in radii if at < end]
    cuff = _radius(radii, end) + 1.3 * look.looseness
    sleeve = limb(length, *kept, (end, cuff), colour=cloth)
    return [sleeve] if reach >= 1.0 else [limb(length, *radii, colour=look.skin), sleeve]


def _radius(radii: Girths, at: float) -> float:
    for (a, r), (b, s) in pairwise(radii):
        if a <= at <= b:
            return r + (s - r) * (at - a) / (b - a)
    return radii[-1][1]


def _pelvis(person: Person, look: Look) -> list[Shape]:
    g, cloth = look.girth, look.looseness
    wide = person.hip_half_width + 0.072 * g + cloth
    seat = Ball((-0.012, 0.0, 0.0), (0.112 * g + cloth, 0.085, wide))
    waist = Ball((0.004, 0.34 * person.hip_to_shoulder, 0.0), (0.095 * g + cloth, 0.05, 0.80 * wide))
    hem = Ball((0.0, 0.06, 0.0), (0.110 * g + 2 * cloth, 0.05, wide + 0.5 * cloth))
    top = Ball((0.004, 0.45 * person.hip_to_shoulder, 0.0), (0.100 * g + cloth, 0.05, 0.84 * wide))
    return [Shape((seat, waist), look.trousers), Shape((hem, top), look.shirt)]


def _thorax(person: Person, look: Look) -> list[Shape]:
    g, cloth, half = look.girth, look.looseness, person.shoulder_half_width
    depth = 0.112 * g + cloth
    waist = Ball((0.004, -0.55 * person.hip_to_shoulder, 0.0), (0.098 * g + cloth, 0.06, 0.62 * half + 0.05 * g))
    chest = Ball((0.008, -0.26 * person.hip_to_shoulder, 0.0), (depth, 0.10, 0.66 * half + 0.055 * g))
    yoke = [Ball((0.0, 0.004, s * 0.86 * half), (0.060 * g + cloth, 0.045, 0.045 * g + cloth)) for s in (-1.0, 1.0)]
    collar = Ball((-0.012, 0.055, 0.0), (0.064 * g, 0.035, 0.075 * g))
    return [Shape((waist, chest, *yoke), look.shirt), Shape((*yoke, collar), look.shirt)]


def _hand(person: Person, look: Look) -> list[Shape]:
    s = person.height_m / 1.75
    palm = Shape((Ball((0.0, -0.02 * s, 0.0), (0.030 * s, 0.025 * s, 0.018 * s)),
                  Ball((0.004, -0.085 * s, 0.0), (0.038 * s, 0.028 * s, 0.016 * s))), look.skin)  # fmt: skip
    fingers = Shape((Ball((0.004, -0.10 * s, 0.0), (0.034 * s, 0.02 * s, 0.013 * s)),
                     Ball((0.004, -0.17 * s, 0.0), (0.024 * s, 0.018 * s, 0.010 * s))), look.skin)  # fmt: skip
    thumb = Shape((Ball((0.025 * s, -0.03 * s, 0.0), (0.014 * s, 0.014 * s, 0.012 * s)),
                   Ball((0.055 * s, -0.09 * s, 0.0), (0.011 * s, 0.014 * s, 0.010 * s))), look.skin)  # fmt: skip
    return [palm, fingers, thumb]


def _shoe(person: Person, look: Look) -> list[Shape]:
    """The sole lies at the ankle's height below the ankle; the toe cap reaches beyond the ball of the foot."""
    down, wide = -person.ankle_height, 0.047 * person.height_m / 1.75
    length = (person.heel_back + person.toe_forward) / 0.73
    heel = Ball((-person.heel_back + 0.035, down + 0.034, 0.0), (0.042, 0.034, 0.75 * wide))
    ball = Ball((person.toe_forward - 0.015, down + 0.028, 0.0), (0.045, 0.028, wide))
    tip = Ball((length - person.heel_back - 0.030, down + 0.024, 0.0), (0.036, 0.024, 0.80 * wide))
    instep = Ball((0.0, down + 0.058, 0.0), (0.046, 0.030, 0.75 * wide))
    ankle = Ball((-0.005, 0.012, 0.0), (0.044, 0.030, 0.040))
    pale = (min(1.0, look.shoes[0] + 0.25), min(1.0, look.shoes[1] + 0.25), min(1.0, look.shoes[2] + 0.25))
    welt = [Ball((b.centre[0], down + 0.010, 0.0), (b.radii[0], 0.010, b.radii[2] + 0.003)) for b in (heel, ball, tip)]
    return [
        Shape((heel, instep, ankle), look.shoes),
        Shape((heel, instep, ball, tip), look.shoes),
        Shape(tuple(welt), pale),
    ]
