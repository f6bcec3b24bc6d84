"""Where the pose network sees a joint, beside where the joint's centre is."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.points import POINTS

OFFSETS: Final[dict[str, tuple[float, float, float]]] = {
    "hip": (0.006, 0.007, 0.012), "knee": (0.001, -0.008, 0.001), "ankle": (0.000, 0.014, -0.003), "heel": (0.010, 0.016, -0.006),
    "toe": (0.030, 0.014, -0.005), "shoulder": (0.004, 0.007, -0.013), "elbow": (0.005, -0.003, -0.004),
    "wrist": (0.004, -0.005, 0.003), "skull": (0.012, 0.009, 0.000),
}  # fmt: skip
"""Landmark less joint centre, forward, up and outward, in statures."""

LANDMARK_NOISE_PX: Final = 4.0


def offsets() -> Float[np.ndarray, "17 3"]:
    """Give the offsets of POINTS."""
    return np.array([OFFSETS[name.split("_")[-1]] for name in POINTS])
