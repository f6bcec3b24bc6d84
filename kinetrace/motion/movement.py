"""Which of the known movements a recording shows, from leg alternation, pelvis height and where the mass is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.skeletons import INDEX
from schemas.base import Movement

# Thresholds in leg lengths. Measured on 17 laboratory, treadmill and video recordings: feet pass each other by
# 0.71-0.78 in walking and by at most 0.03 in everything else; the pelvis sinks by 0.33-0.42 in squats, 0.46-0.53 in
# sit-to-stands and at most 0.07 standing and walking; the centre of mass gets 0.25-0.32 behind the heels on a seat and
# stays 0.09-0.15 ahead of them in a squat (nobody can squat otherwise: the heels are the edge of the support).
MIN_STEP: Final = 0.25
MIN_SINK: Final = 0.2
SEATED_MARGIN: Final = 0.1  # this far behind or ahead of the heels, it is clear which
MAX_STANCE_SHIFT: Final = 0.25
MIN_WALKING_SPEED: Final = 0.2  # [m/s]; below it, feet that pass each other are weight shifts


@dataclass(frozen=True)
class MovementFeatures:
    """What the guess rests on, in leg lengths.

    Attributes:
        step: How far each foot gets ahead of the other (the lesser of left and right).
        sink: Fall of the pelvis between its high and low levels.
        behind_heels: How far the centre of mass gets behind the heels; negative while ahead of them.
        foot_shift: Travel of the foot that moves less (horizontal and vertical).
        both_shift: Travel of the foot that moves more.
        speed: Walking speed [m/s].
    """

    step: float
    sink: float
    behind_heels: float
    foot_shift: float
    both_shift: float
    speed: float


def movement_features(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    com: Float[np.ndarray, "frames 3"],
    com_valid: Bool[np.ndarray, "frames"],
    heading: Float[np.ndarray, "frames 3"],
    speed: float,
    leg_length_m: float,
) -> MovementFeatures:
    """Measure the features on the frames that have the legs; 5th to 95th percentiles, so that a glitch weighs nothing."""
    feet = [INDEX["l_ankle"], INDEX["r_ankle"]]
    heels = [INDEX["l_heel"], INDEX["r_heel"]]
    seen = com_valid & (validity[:, feet] > 0).all(axis=1)
    p, forward = positions[seen], heading[seen]
    lead = ((p[:, feet[0]] - p[:, feet[1]]) * forward).sum(axis=1)
    low, high = np.percentile(lead, [5.0, 95.0])
    behind = heels if (validity[seen][:, heels] > 0).all() else feet
    offset = ((com[seen] - p[:, behind].mean(axis=1)) * forward).sum(axis=1)
    spread = np.percentile(p[:, feet], [5.0, 95.0], axis=0)
    travel = np.linalg.norm(spread[1] - spread[0], axis=-1)
    sink = np.subtract(*np.percentile(p[:, INDEX["pelvis"], 1], [95.0, 2.0]))
    scale = leg_length_m
    return MovementFeatures(
        step=float(min(high, -low)) / scale,
        sink=float(sink) / scale,
        behind_heels=float(-np.percentile(offset, 5.0)) / scale,
        foot_shift=float(travel.min()) / scale,
        both_shift=float(travel.max()) / scale,
        speed=speed,
    )


def above(value: float, threshold: float) -> float:
    """Say how surely a value passes a threshold: 0 at nothing, 0.5 at the threshold, 1 at twice the threshold."""
    return float(np.clip(value / (2.0 * threshold), 0.0, 1.0))


def guess_movement(features: MovementFeatures) -> tuple[Movement, float]:
    """Name the movement and how sure that is.

    Walking: the feet pass each other and the body goes somewhere (or the belt does). Feet in place and the pelvis
    sinking: sit-to-stand if the mass gets behind the heels, where only a seat can carry it, else squat. Feet (or one
    of them) in place and the pelvis level: balance. Anything else: other.

    Returns:
        The movement, and the product of the margins by which its conditions hold (0.5 = on a threshold, 1 = clear).
    """
    f = features
    planted = 1.0 - above(f.both_shift, MAX_STANCE_SHIFT)
    walks = min(above(f.step, MIN_STEP), above(f.speed, MIN_WALKING_SPEED))
    sinks = above(f.sink, MIN_SINK)
    seated = float(np.clip(0.5 + f.behind_heels / (2.0 * SEATED_MARGIN), 0.0, 1.0))
    stands = 1.0 - above(f.foot_shift, MAX_STANCE_SHIFT)
    beliefs: dict[Movement, float] = {
        "gait": walks,
        "sit_to_stand": min(planted, sinks, seated),
        "squat": min(planted, sinks, 1.0 - seated),
        "balance": min(stands, 1.0 - sinks, 1.0 - walks),
    }
    best = max(beliefs, key=lambda name: beliefs[name])
    if beliefs[best] <= 0.5:
        return "other", 1.0 - beliefs[best]
    return best, beliefs[best]
