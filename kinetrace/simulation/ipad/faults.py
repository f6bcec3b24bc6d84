"""Ways in which a recording can be bad, one word each; they can be combined."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Bool, Float
from numpy.random import Generator

from schemas.errors import UsageError

Fault = Literal[
    "no_person", "two_people", "two_walkers", "half_body", "turned_film", "variable_rate", "depth_dropped", "depth_late",
    "no_intrinsics", "empty_planes", "row_major", "default_size_body",
]  # fmt: skip
"""no_person: an empty room. two_people: somebody stands behind. two_walkers: somebody walks by behind. half_body: too near.
turned_film: the film's header says to turn it (landscape upside down, portrait upright). variable_rate: uneven times.
depth_dropped: a quarter of the depth images and a run of them are missing. depth_late: depth is three frames old.
no_intrinsics: neither focal length nor principal point. empty_planes: a scan that found nothing. row_major: matrices
written row by row. default_size_body: ARKit's body has its default stature whoever stands there."""

FAULTS: Final[tuple[str, ...]] = get_args(Fault)

LATE_FRAMES: Final = 3
DROPPED: Final = 0.25
DROPPED_RUN: Final = 10
DEFAULT_STATURE: Final = 1.71
"""Of ARKit's unscaled body [m] (sources say 1.71 or 1.8)."""


def check_faults(faults: tuple[str, ...]) -> frozenset[str]:
    """Give the faults as a set.

    Raises:
        UsageError: One that is not known.
    """
    for fault in faults:
        if fault not in FAULTS:
            raise UsageError(
                where="simulate", field="fault", expected=" or ".join(FAULTS), found=fault, fix="Choose from these."
            )
    return frozenset(faults)


def frame_times(seconds: float, fps: float, faults: frozenset[str], rng: Generator) -> Float[np.ndarray, "frames"]:
    """Give the times of the film's frames from 0 [s]; by fault uneven, as of a device that waits for light."""
    if "variable_rate" not in faults:
        return np.arange(round(seconds * fps)) / fps
    steps = rng.choice([1.0, 1.25, 2.0], p=[0.6, 0.3, 0.1], size=round(seconds * fps)) / fps
    times = np.r_[0.0, np.cumsum(steps)]
    return np.asarray(np.round(600.0 * times[times < seconds - 0.5 / fps]) / 600.0)


def kept_depth(frames: int, faults: frozenset[str], rng: Generator) -> Bool[np.ndarray, "frames"]:
    """Say which frames have a depth image."""
    kept = np.ones(frames, dtype=bool)
    if "depth_dropped" in faults:
        kept = rng.random(frames) >= DROPPED
        start = int(rng.integers(0, max(frames - DROPPED_RUN, 1)))
        kept[start : start + DROPPED_RUN] = False
        kept[0] = True
    return kept
