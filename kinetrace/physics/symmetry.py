"""Which of a subject's paired limbs are as long as each other, and which truly are not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.kinematics import SEGMENTS
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError

PAIRED: Final = ("thigh", "shank", "upper_arm", "forearm")

LEAST_DIFFERENCE: Final = {"thigh": 0.06, "shank": 0.06, "upper_arm": 0.12, "forearm": 0.12}
"""Of the length: a smaller difference of two sides is the joint centres', not the body's. Eight healthy people's recordings
(opencap_s4, rajagopal, gait2354, btk, rehazenter, welk007, cmu_bvh) differ by up to 4.5 % in legs and 8.3 % in arms."""

SPREADS: Final = 2.0
"""A difference must also exceed so many of the measurement's own spreads (1.4826 × the median absolute deviation of the
length over the frames, both sides together)."""

LEAST_RATIO: Final = 0.5
"""Of the shorter to the longer side: below, the points are not the same joints, or no table knows the body's masses."""


@dataclass(frozen=True)
class Pairs:
    """Lengths of the paired limbs [m] by segment and side (``thigh_r``).

    Attributes:
        lengths: Tied where the sides do not differ; a side that was not seen is as long as the other.
        asymmetric: Segments whose sides truly differ.
        borrowed: Sides that were not seen while the other was.
    """

    lengths: dict[str, float]
    asymmetric: tuple[str, ...]
    borrowed: tuple[str, ...]


def spread(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], segment: str
) -> float:
    """Give how much a segment's measured length varies over the frames that have it [m]; 0 where none has."""
    a, b = (INDEX[name] for name in SEGMENTS[segment])
    both = (validity[:, a] > 0) & (validity[:, b] > 0)
    if not both.any():
        return 0.0
    length = np.linalg.norm(positions[both, a].astype(np.float64) - positions[both, b], axis=-1)
    return float(1.4826 * np.median(np.abs(length - np.median(length))))


def paired(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    lengths: Mapping[str, float],
) -> Pairs:
    """Tie left to right unless the recording itself says that they differ.

    Two sides are kept apart where they differ by more than 6 % (arms 12 %) and by more than twice the spread of both together;
    else both get their mean.

    Args:
        positions: BODY21 positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        lengths: Median lengths by ``segment_lengths_m``'s names; segments may be absent.

    Returns:
        Lengths of those limbs of which at least one side is given.

    Raises:
        CaptureError: One side is not half as long as the other.
    """
    found: dict[str, float] = {}
    asymmetric, borrowed = [], []
    for name in PAIRED:
        given = {side: lengths[f"{name}_{side}"] for side in "rl" if f"{name}_{side}" in lengths}
        if not given:
            continue
        if len(given) == 1:
            ((side, value),) = given.items()
            other = "l" if side == "r" else "r"
            borrowed.append(f"{name}_{other}")
            found |= {f"{name}_{side}": value, f"{name}_{other}": value}
            continue
        right, left = given["r"], given["l"]
        if min(right, left) < LEAST_RATIO * max(right, left):
            raise CaptureError(
                where="physical_state.json", field=f"subject.segment_lengths_m.{name}_r, {name}_l",
                expected=f"two sides of which the shorter is at least {LEAST_RATIO:g} times the longer",
                found=f"{right:.3f} and {left:.3f} m",
                fix="Check which markers make the joints of that limb; a limb this much shorter has masses no table gives.",
            )  # fmt: skip
        noise = math.hypot(spread(positions, validity, f"{name}_r"), spread(positions, validity, f"{name}_l"))
        if abs(right - left) > max(LEAST_DIFFERENCE[name] * (right + left) / 2.0, SPREADS * noise):
            asymmetric.append(name)
        else:
            right = left = (right + left) / 2.0
        found |= {f"{name}_r": right, f"{name}_l": left}
    return Pairs(found, tuple(asymmetric), tuple(borrowed))
