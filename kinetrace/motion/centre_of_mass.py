"""Whole-body centre of mass by the segment parameters of de Leva (1996)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.filters import bridged
from kinetrace.motion.segment_parameters import SEGMENTS as PARAMETERS
from kinetrace.motion.segment_parameters import by_sex, pair
from kinetrace.motion.skeletons import INDEX
from schemas.base import Sex


@dataclass(frozen=True)
class Segment:
    """One segment: its ends and, female then male, its share of body mass and its centre's place from the first end."""

    proximal: tuple[str, ...]
    distal: tuple[str, ...]
    mass: tuple[float, float]
    centre: tuple[float, float]


def _segment(name: str, proximal: tuple[str, ...], distal: tuple[str, ...]) -> Segment:
    return Segment(proximal, distal, pair(name, "mass"), pair(name, "com"))


def _limbs() -> dict[str, Segment]:
    limbs: dict[str, Segment] = {}
    for s in "rl":
        limbs[f"upper_arm_{s}"] = _segment("upper_arm", (f"{s}_shoulder",), (f"{s}_elbow",))
        limbs[f"forearm_{s}"] = _segment("forearm", (f"{s}_elbow",), (f"{s}_wrist",))
        limbs[f"hand_{s}"] = _segment("hand", (f"{s}_wrist",), (f"{s}_wrist",))
        limbs[f"thigh_{s}"] = _segment("thigh", (f"{s}_hip",), (f"{s}_knee",))
        limbs[f"shank_{s}"] = _segment("shank", (f"{s}_knee",), (f"{s}_ankle",))
        limbs[f"foot_{s}"] = _segment("foot", (f"{s}_heel",), (f"{s}_toe",))
    return limbs


SEGMENTS: Final = {
    "head": _segment("head", ("head",), ("neck",)),
    "trunk": _segment("trunk", ("l_shoulder", "r_shoulder"), ("l_hip", "r_hip")),
    **_limbs(),
}
"""De Leva's segments between BODY21's points: the hand's mass is at the wrist, where BODY21 ends, and the head's lower
end is the BODY21 neck, a third of the way from C7 to the vertex."""


def _trunk_above_hips(sex: int) -> float:
    trunk, thigh, shank = (PARAMETERS[name][sex] for name in ("trunk", "thigh", "shank"))
    return (1.0 - trunk.com) * trunk.length_m / (thigh.length_m + shank.length_m)


TRUNK_ABOVE_HIPS: Final = (_trunk_above_hips(0), _trunk_above_hips(1))
"""Height of the trunk's centre above the hips over the length of thigh plus shank, by de Leva's mean lengths: female
(1 - .3782) .4979 / (.3685 + .4386) = .384, male (1 - .4310) .5155 / (.4222 + .4403) = .340."""

GRAVITY: Final = 9.81
"""[m/s²]"""


@dataclass(frozen=True)
class CentreOfMass:
    """Where the body's mass is, and how much of the body that says.

    Attributes:
        position: Centre of the segments that were seen [m]; 0 where not valid.
        valid: Frames with both legs and the pelvis.
        mass_fraction: Greatest share of body mass that was seen in one frame.
        trunk_from_pelvis: True if the trunk was placed above the pelvis for lack of shoulders.
    """

    position: Float[np.ndarray, "frames 3"]
    valid: Bool[np.ndarray, "frames"]
    mass_fraction: float
    trunk_from_pelvis: bool


def extrapolated(
    position: Float[np.ndarray, "*frames axes"],
    velocity: Float[np.ndarray, "*frames axes"],
    height: float | Float[np.ndarray, "*frames"],
) -> Float[np.ndarray, "*frames axes"]:
    """Give the extrapolated centre of mass XCoM = CoM + v √(l / g) (Hof 2008, Hum. Mov. Sci. 27:112) [m].

    Hof's √(l / g) is a constant of the person's stature; here l is the height of the centre of mass itself, which is
    nearly the same upright and stays true of a bent or sitting body.

    Args:
        position: Centre of mass [m].
        velocity: Its velocity against what carries the feet [m/s].
        height: Its height above the floor [m].
    """
    ahead_s = np.sqrt(np.maximum(np.asarray(height), 0.0) / GRAVITY)
    return np.asarray(position + velocity * ahead_s[..., None])


def centre_of_mass(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    sex: Sex,
    leg_length_m: float,
) -> CentreOfMass:
    """Give the centre of mass of the segments that are seen.

    A segment missing in every frame (arms, head) is left out and the rest renormalised. One missing now and then is
    interpolated relative to the pelvis, since leaving it out for a frame would make the centre jump.
    Without shoulders the trunk is placed upright above the pelvis, its centre at `TRUNK_ABOVE_HIPS`; the caller is told.

    Args:
        positions: Joint positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        sex: Table to use; `unknown` takes the mean of both.
        leg_length_m: Hip to ankle [m], for a trunk without shoulders.
    """
    frames = len(positions)
    pelvis = positions[:, INDEX["pelvis"]].astype(np.float64)
    weighted, total = np.zeros((frames, 3)), 0.0
    valid = validity[:, INDEX["pelvis"]] > 0
    trunk_from_pelvis = False
    for name, segment in SEGMENTS.items():
        columns = [INDEX[j] for j in (*segment.proximal, *segment.distal)]
        seen = (validity[:, columns] > 0).all(axis=1) & (validity[:, INDEX["pelvis"]] > 0)
        share = by_sex(segment.mass, sex)
        if seen.any():
            a = positions[:, columns[: len(segment.proximal)]].mean(axis=1, dtype=np.float64)
            b = positions[:, columns[len(segment.proximal) :]].mean(axis=1, dtype=np.float64)
            offset = a + (b - a) * by_sex(segment.centre, sex) - pelvis
            offset = bridged(offset, seen)
        elif name == "trunk":
            offset = np.broadcast_to([0.0, by_sex(TRUNK_ABOVE_HIPS, sex) * leg_length_m, 0.0], (frames, 3))
            trunk_from_pelvis = True
        else:
            continue
        if name.startswith(("thigh", "shank")):
            valid = valid & seen
        weighted = weighted + share * offset
        total += share
    if total == 0.0 or not valid.any():
        return CentreOfMass(np.zeros((frames, 3)), np.zeros(frames, dtype=bool), 0.0, trunk_from_pelvis)
    position = np.where(valid[:, None], pelvis + weighted / total, 0.0)
    return CentreOfMass(position, valid, min(total, 1.0), trunk_from_pelvis)
