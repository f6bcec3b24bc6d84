"""The low-pass of a replay: by what is done, lowered where the recording's own noise would be felt as force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy import signal

from schemas.base import Movement

BY_MOVEMENT: Final[dict[Movement, float]] = {
    "gait": 5.5,
    "squat": 5.0,
    "sit_to_stand": 6.0,
    "balance": 4.0,
    "other": 6.0,
}
"""[Hz] Winter 2009 §3.4.4 finds 4-6 Hz for gait by residual analysis. Measured on force plates (`docs/physics.md`), vertical
and fore-aft RMSE at 4, 5, 6 and 8 Hz [%BW]: nine walks 3.7, 3.5, 3.4, 3.6 and 2.6, 2.7, 3.0, 3.8; squats 1.2, 1.2, 1.3, 1.5
and 1.9, 1.9, 2.0, 2.3; sit-to-stands 3.2, 3.0, 3.1, 3.5 and 4.1, 4.2, 4.4, 4.7; standing 0.14 to 0.28. Anything else, jumps for
one, keeps 6 Hz."""

LEGS_ONLY_HZ: Final = 4.0
"""Where no shoulder is ever seen, the trunk goes where the hips go, skin and all. Measured on nine walks whose upper bodies
were hidden: vertical RMSE 4.3, 4.3 and 4.4 %BW at 4, 5 and 6 Hz, fore-aft 4.2, 4.9 and 5.5."""
NOISE_BAND_HZ: Final = (10.0, 20.0)
"""Where hips hold no movement: laboratory markers leave at most 6e-9 m²/Hz there, a drop jump among them."""
MIN_BINS: Final = 3
MAX_NOISE_ACCELERATION: Final = 0.3
"""White noise may put this much into the hips' acceleration, 1 σ [m/s²]: 3 % of gravity. On markers with 5 mm of noise
added at 30 Hz this gives 3.0 to 4.0 Hz, where total vertical force in walking is nearest to the plates (5.2, 5.9 and 10.2
%BW at 3, 4 and 6 Hz)."""
LEAST_HZ: Final = 2.5
"""Lower, the filter eats the movement itself: clean walking's vertical error grows from 3.4 to 4.4 %BW at 3 Hz."""


@dataclass(frozen=True)
class LowPassChoice:
    """A cut-off and why.

    Attributes:
        cutoff_hz: Of both passes together [Hz].
        reason: One sentence's part for a reader.
    """

    cutoff_hz: float
    reason: str


def choose_low_pass(
    hips: Float[np.ndarray, "frames 3"], fps: float, movement: Movement, ceiling_hz: float, *, trunk_seen: bool = True
) -> LowPassChoice:
    """Choose the cut-off of a replay.

    Args:
        hips: Path of the root before any filter [m].
        fps: Frame rate [Hz].
        movement: What is done.
        ceiling_hz: Never above this: `sim_replay.cutoff_hz`.
        trunk_seen: Both shoulders are seen in some frame.
    """
    best = BY_MOVEMENT[movement] if trunk_seen else min(BY_MOVEMENT[movement], LEGS_ONLY_HZ)
    usual = min(best, ceiling_hz)
    density = noise_density(hips, fps)
    bearable = usual if density == 0.0 else noise_cutoff(density)
    if bearable >= usual:
        name = movement.replace("_", "-") + ("" if trunk_seen else " without an upper body")
        return LowPassChoice(usual, f"{usual:g} Hz for {name}" if best <= ceiling_hz else f"{usual:g} Hz as set")
    chosen = round(min(usual, max(bearable, LEAST_HZ)), 2)
    sigma = 1000.0 * np.sqrt(density * fps / 2.0)
    return LowPassChoice(chosen, f"{chosen:g} Hz instead of {usual:g} for {sigma:.1f} mm of noise at the hips")


def noise_density(hips: Float[np.ndarray, "frames 3"], fps: float) -> float:
    """Give the power of the hips' path where they hold no movement [m²/Hz], mean of the axes, median of the band.

    0 where the frame rate or the length leaves no such band.
    """
    frequency, power = signal.periodogram(hips, fs=fps, window="hann", detrend="linear", axis=0)
    band = (frequency >= NOISE_BAND_HZ[0]) & (frequency <= min(NOISE_BAND_HZ[1], 0.475 * fps))
    return float(np.median(power[band].mean(axis=1))) if band.sum() >= MIN_BINS else 0.0


def noise_cutoff(density: float) -> float:
    """Give the cut-off at which white noise of a density S reaches the bearable acceleration [Hz].

    Below the cut-off f twice-differentiated white noise has the variance ∫ (2πν)⁴ S dν = (2π)⁴ S f⁵ / 5.
    """
    return float((5.0 * MAX_NOISE_ACCELERATION**2 / ((2.0 * np.pi) ** 4 * density)) ** 0.2)
