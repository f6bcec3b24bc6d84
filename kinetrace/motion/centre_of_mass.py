"""Whole-body centre of mass by the segment parameters of de Leva (1996)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.filters import bridged
from kinetrace.motion.skeletons import INDEX
from schemas.base import Sex


@dataclass(frozen=True)
class Segment:
    """One segment: its ends and, female then male, its share of body mass and its centre's place from the first end."""

    proximal: tuple[str, ...]
    distal: tuple[str, ...]
    mass: tuple[float, float]
    centre: tuple[float, float]


def _limbs() -> dict[str, Segment]:
    limbs: dict[str, Segment] = {}
    for s in "rl":
        limbs[f"upper_arm_{s}"] = Segment((f"{s}_shoulder",), (f"{s}_elbow",), (0.0255, 0.0271), (0.5754, 0.5772))
        limbs[f"forearm_{s}"] = Segment((f"{s}_elbow",), (f"{s}_wrist",), (0.0138, 0.0162), (0.4559, 0.4574))
        limbs[f"hand_{s}"] = Segment((f"{s}_wrist",), (f"{s}_wrist",), (0.0056, 0.0061), (0.0, 0.0))
        limbs[f"thigh_{s}"] = Segment((f"{s}_hip",), (f"{s}_knee",), (0.1478, 0.1416), (0.3612, 0.4095))
        limbs[f"shank_{s}"] = Segment((f"{s}_knee",), (f"{s}_ankle",), (0.0481, 0.0433), (0.4352, 0.4395))
        limbs[f"foot_{s}"] = Segment((f"{s}_heel",), (f"{s}_toe",), (0.0129, 0.0137), (0.4014, 0.4415))
    return limbs


SEGMENTS: Final = {
    # Head centre from the vertex down to the cervicale, .4841 / .5002 of the way.
    "head": Segment(("head",), ("neck",), (0.0668, 0.0694), (0.4841, 0.5002)),
    "trunk": Segment(("l_shoulder", "r_shoulder"), ("l_hip", "r_hip"), (0.4257, 0.4346), (0.3782, 0.4310)),
    **_limbs(),
}
"""de Leva 1996, J Biomech 29:1223, table 4, with the hand's mass at the wrist (BODY21 ends there) and the
BODY21 neck, a little above C7, as the head's lower end."""


# Height of the trunk's centre above the hips over the length of thigh plus shank, from de Leva's mean lengths: female
# (1 - .3782) 497.9 / (368.5 + 432.3) = .387, male (1 - .4310) 515.5 / (422.2 + 434.0) = .343; the mean of both.
TRUNK_ABOVE_HIPS: Final = 0.365


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


def by_sex(pair: tuple[float, float], sex: Sex) -> float:
    """Pick the female or male value; the mean of both where the sex is unknown."""
    return {"f": pair[0], "m": pair[1], "unknown": (pair[0] + pair[1]) / 2.0}[sex]


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
            offset = np.broadcast_to([0.0, TRUNK_ABOVE_HIPS * leg_length_m, 0.0], (frames, 3))
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
