"""Published proportions with which a joint that a source lacks is inferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.base import Sex

SHOULDER_BELOW_ACROMION: Final = 0.104
"""Shoulder joint below the acromion, in upper-arm lengths (de Leva 1996, J Biomech 29:1231, from Chandler's data)."""

ANKLE_HEIGHT: Final = 0.1565
"""Ankle joint above the sole, in shank lengths: 0.039 of stature (Winter 2009) over de Leva's mean shank 0.2492."""

LEG_OF_STATURE: Final = 0.491
"""Thigh plus shank in statures: 0.245 + 0.246 (Winter 2009, after Drillis and Contini 1966)."""

HEEL_BACK: Final = 0.25
"""Heel behind the ankle joint, as a part of foot length; 0.25 and 0.29 measured from heel marker to toe-tip marker on an
adult's static trial, where the markers stand off the skin."""

TOE_FORWARD: Final = 0.48
"""Metatarsal heads in front of the ankle joint, as a part of foot length (Hawes and Sovak 1994: 0.73 from the heel)."""

_FOOT: Final = {"f": 0.2283 / 0.4323, "m": 0.2581 / 0.4340}
"""Heel to toe tip, in shank lengths (de Leva 1996, table 4)."""

_TRUNK: Final = {"f": (0.4979, 0.6148, 0.2437), "m": (0.5155, 0.6033, 0.2429)}
"""Hips to shoulders, hips to C7, C7 to vertex [m] (de Leva 1996, table 4)."""


@dataclass(frozen=True)
class TrunkRatios:
    """Lengths along the trunk, in lengths from mid-hips to mid-shoulders."""

    c7_above_thorax: float
    head: float


def trunk_ratios(sex: Sex) -> TrunkRatios:
    """Give the trunk's proportions; the mean of both where the sex is unknown."""
    rows = list(_TRUNK.values()) if sex == "unknown" else [_TRUNK[sex]]
    shoulder, c7, head = (sum(row[i] for row in rows) / len(rows) for i in range(3))
    return TrunkRatios((c7 - shoulder) / shoulder, head / shoulder)


def foot_length(sex: Sex) -> float:
    """Give heel to toe tip in shank lengths; the mean of both where the sex is unknown."""
    return sum(_FOOT.values()) / len(_FOOT) if sex == "unknown" else _FOOT[sex]
