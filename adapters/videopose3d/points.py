"""The points that the fusion solves for, the bones between them, and what the rest of BODY21 is made of."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.segment_parameters import (
    ANKLE_HEIGHT,
    BALL_OF_FOOT,
    FOOT_LENGTH,
    HEEL_OF_FOOT,
    HIP_HALF_WIDTH,
    HIPS_TO_C7_M,
    SHOULDER_HALF_WIDTH,
    STATURE_M,
    by_sex,
    pair,
)
from kinetrace.motion.skeletons import INDEX
from schemas.base import Sex

POINTS: Final[tuple[str, ...]] = (
    "r_hip", "r_knee", "r_ankle", "r_heel", "r_toe", "l_hip", "l_knee", "l_ankle", "l_heel", "l_toe",
    "r_shoulder", "r_elbow", "r_wrist", "l_shoulder", "l_elbow", "l_wrist", "skull",
)  # fmt: skip
"""Joints of BODY21 of their own; `skull` is the middle between the ears."""

POINT: Final = {name: i for i, name in enumerate(POINTS)}

Combination = dict[str, float]
"""A place on the body as a weighted sum of points."""

PELVIS: Final[Combination] = {"r_hip": 0.5, "l_hip": 0.5}
THORAX: Final[Combination] = {"r_shoulder": 0.5, "l_shoulder": 0.5}


def _one(name: str) -> Combination:
    return {name: 1.0}


BONES: Final[tuple[tuple[str, Combination, Combination], ...]] = (
    ("hips", _one("r_hip"), _one("l_hip")),
    ("thigh", _one("r_hip"), _one("r_knee")), ("thigh", _one("l_hip"), _one("l_knee")),
    ("shank", _one("r_knee"), _one("r_ankle")), ("shank", _one("l_knee"), _one("l_ankle")),
    ("hindfoot", _one("r_ankle"), _one("r_heel")), ("hindfoot", _one("l_ankle"), _one("l_heel")),
    ("forefoot", _one("r_ankle"), _one("r_toe")), ("forefoot", _one("l_ankle"), _one("l_toe")),
    ("sole", _one("r_heel"), _one("r_toe")), ("sole", _one("l_heel"), _one("l_toe")),
    ("trunk", PELVIS, THORAX), ("shoulders", _one("r_shoulder"), _one("l_shoulder")),
    ("upper_arm", _one("r_shoulder"), _one("r_elbow")), ("upper_arm", _one("l_shoulder"), _one("l_elbow")),
    ("forearm", _one("r_elbow"), _one("r_wrist")), ("forearm", _one("l_elbow"), _one("l_wrist")),
    ("neck", THORAX, _one("skull")),
)  # fmt: skip
"""The length that a bone has, one for both sides, and its two ends."""

LENGTHS: Final = tuple(dict.fromkeys(name for name, _, _ in BONES))

SKULL_BELOW_VERTEX: Final = 0.54
"""The ears below the vertex, as a part of vertex to C7 (vertex to tragion 0.13 m of de Leva's 0.243 m)."""


def coefficients(*places: Combination) -> Float[np.ndarray, "places 17"]:
    """Give combinations as rows over POINTS."""
    out = np.zeros((len(places), len(POINTS)))
    for row, place in zip(out, places, strict=True):
        for name, weight in place.items():
            row[POINT[name]] = weight
    return out


def bone_coefficients() -> Float[np.ndarray, "bones 17"]:
    """Give each bone's far end minus its near end over POINTS."""
    far, near = coefficients(*(bone[2] for bone in BONES)), coefficients(*(bone[1] for bone in BONES))
    return np.asarray(far - near)


def usual_lengths(sex: Sex) -> Float[np.ndarray, "lengths"]:
    """Give the lengths of a person one metre tall, in the order of LENGTHS: de Leva 1996, Winter 2009, Harrington 2007."""
    stature = by_sex((STATURE_M["f"], STATURE_M["m"]), sex)
    legs = {name: by_sex(pair(name, "length_m"), sex) for name in ("thigh", "shank", "trunk", "head")}
    # ankle, shank, thigh, trunk to C7 and head stand on one another and make the stature
    c7 = by_sex(HIPS_TO_C7_M, sex)
    factor = (1.0 - ANKLE_HEIGHT) / (legs["thigh"] + legs["shank"] + c7 + legs["head"])
    heel, toe = HEEL_OF_FOOT * FOOT_LENGTH, (BALL_OF_FOOT - HEEL_OF_FOOT) * FOOT_LENGTH
    ears = c7 - legs["trunk"] + (1.0 - SKULL_BELOW_VERTEX) * legs["head"]
    table = {
        "hips": 2.0 * HIP_HALF_WIDTH,
        "thigh": factor * legs["thigh"],
        "shank": factor * legs["shank"],
        "hindfoot": float(np.hypot(heel, ANKLE_HEIGHT)),
        "forefoot": float(np.hypot(toe, ANKLE_HEIGHT)),
        "sole": heel + toe,
        "trunk": factor * legs["trunk"],
        "shoulders": 2.0 * SHOULDER_HALF_WIDTH,
        "upper_arm": by_sex(pair("upper_arm", "length_m"), sex) / stature,
        "forearm": by_sex(pair("forearm", "length_m"), sex) / stature,
        "neck": factor * ears,
    }
    return np.array([table[name] for name in LENGTHS])


def from_body21(positions: Float[np.ndarray, "frames 21 3"]) -> Float[np.ndarray, "frames 17 3"]:
    """Give the points of BODY21 positions; the skull lies between C7 and the vertex."""
    neck, head = positions[:, INDEX["neck"]], positions[:, INDEX["head"]]
    c7 = 1.5 * neck - 0.5 * head
    skull = c7 + (1.0 - SKULL_BELOW_VERTEX) * (head - c7)
    limbs = [positions[:, INDEX[name]] for name in POINTS[:-1]]
    return np.stack([*limbs, skull], axis=1)


def to_body21(points: Float[np.ndarray, "frames 17 3"], sex: Sex = "unknown") -> Float[np.ndarray, "frames 21 3"]:
    """Give BODY21: the pelvis amid the hips, the thorax amid the shoulders, C7 on the trunk's line, the head through the ears.

    Args:
        points: Frame and units as wanted.
        sex: For C7 above the thorax and the head's length, in trunk lengths.
    """
    trunk, to_c7, head = (
        by_sex(pair("trunk", "length_m"), sex),
        by_sex(HIPS_TO_C7_M, sex),
        by_sex(pair("head", "length_m"), sex),
    )
    out = np.zeros((len(points), len(INDEX), 3))
    for name in POINTS[:-1]:
        out[:, INDEX[name]] = points[:, POINT[name]]
    pelvis = 0.5 * (points[:, POINT["r_hip"]] + points[:, POINT["l_hip"]])
    thorax = 0.5 * (points[:, POINT["r_shoulder"]] + points[:, POINT["l_shoulder"]])
    line = thorax - pelvis
    length = float(np.median(np.linalg.norm(line, axis=1)))
    c7 = thorax + (to_c7 - trunk) / trunk * line
    up = points[:, POINT["skull"]] - c7
    vertex = c7 + head / trunk * length * up / np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-9)
    placed = {
        "pelvis": pelvis,
        "thorax": thorax,
        "spine": 0.5 * (pelvis + thorax),
        "neck": c7 + (vertex - c7) / 3.0,
        "head": vertex,
    }
    for name, track in placed.items():
        out[:, INDEX[name]] = track
    return out
