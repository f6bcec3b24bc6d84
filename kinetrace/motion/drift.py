"""How far a source's joints wander on their own, seen in lengths that cannot change."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import INDEX

RIGID: Final = tuple(
    (INDEX[f"{s}_{a}"], INDEX[f"{s}_{b}"])
    for s in "lr"
    for a, b in (("knee", "ankle"), ("ankle", "heel"), ("ankle", "toe"))
)
"""Pairs of joints whose distance a leg keeps; the thigh is left out, whose markers' skin moves by 1 cm."""
_SIGMA_OF_MAD: Final = 1.4826
MIN_FRAMES: Final = 10


def position_drift(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"]
) -> float:
    """Give the slow error of a single joint [m, 1 σ along a line]: the median spread of the legs' rigid lengths over √2.

    Two ends that wander independently by σ change their distance by σ √2. Laboratory markers on 14 recordings: 0.001 to
    0.005 m (skin); the same with 2 cm of drift added: 0.013 to 0.023. A source that keeps its bones' lengths by
    construction (ARKit) shows none, however far it wanders: 0 then means unknown.

    Args:
        positions: Filtered joint positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
    """
    spreads = []
    for a, b in RIGID:
        seen = (validity[:, a] > 0) & (validity[:, b] > 0)
        if seen.sum() >= MIN_FRAMES:
            length = np.linalg.norm(positions[seen, a] - positions[seen, b], axis=-1)
            spreads.append(_SIGMA_OF_MAD * np.median(np.abs(length - np.median(length))))
    return float(np.median(spreads) / np.sqrt(2.0)) if spreads else 0.0
