"""A motion at another speed, or between its frames."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline


def resampled(
    places: Float[np.ndarray, "frames joints 3"], rate: float, shift: float
) -> Float[np.ndarray, "resampled joints 3"]:
    """Read a motion every `rate` frames from `shift` on, by cubic splines; 1 and 0 give it unchanged.

    Args:
        places: At least two frames.
        rate: Frames a step; above 1 the motion is faster.
        shift: Frames before the first reading.
    """
    if rate == 1.0 and shift == 0.0:
        return places
    count = max(0, int(np.floor((len(places) - 1 - shift) / rate + 1e-9)) + 1)
    return np.asarray(CubicSpline(np.arange(len(places)), places, axis=0)(shift + rate * np.arange(count)))
