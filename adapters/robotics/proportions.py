"""Published proportions with which a joint that a source lacks is inferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kinetrace.motion.segment_parameters import ANKLE_HEIGHT as ANKLE_OF_STATURE
from kinetrace.motion.segment_parameters import (
    BALL_OF_FOOT,
    HEEL_OF_FOOT,
    HIPS_TO_C7_M,
    STATURE_M,
    by_sex,
    pair,
)
from schemas.base import Sex

SHOULDER_BELOW_ACROMION: Final = 0.104
"""Shoulder joint below the acromion, in upper-arm lengths (de Leva 1996, J Biomech 29:1231, from Chandler's data)."""

_SHANK_F, _SHANK_M = pair("shank", "length_m")
ANKLE_HEIGHT: Final = ANKLE_OF_STATURE / by_sex((_SHANK_F / STATURE_M["f"], _SHANK_M / STATURE_M["m"]), "unknown")
"""Ankle joint above the sole, in shank lengths: 0.039 of stature over de Leva's mean shank of 0.2529."""

HEEL_BACK: Final = HEEL_OF_FOOT
"""Heel behind the ankle joint, as a part of foot length."""

TOE_FORWARD: Final = BALL_OF_FOOT - HEEL_OF_FOOT
"""Metatarsal heads in front of the ankle joint, as a part of foot length."""


@dataclass(frozen=True)
class TrunkRatios:
    """Lengths along the trunk, in lengths from mid-hips to mid-shoulders."""

    c7_above_thorax: float
    head: float


def trunk_ratios(sex: Sex) -> TrunkRatios:
    """Give the trunk's proportions; the mean of both where the sex is unknown."""
    shoulder, head = (by_sex(pair(name, "length_m"), sex) for name in ("trunk", "head"))
    return TrunkRatios((by_sex(HIPS_TO_C7_M, sex) - shoulder) / shoulder, head / shoulder)


def foot_length(sex: Sex) -> float:
    """Give heel to toe tip in shank lengths; the mean of both where the sex is unknown."""
    (foot_f, foot_m), (shank_f, shank_m) = pair("foot", "length_m"), pair("shank", "length_m")
    return by_sex((foot_f / shank_f, foot_m / shank_m), sex)
