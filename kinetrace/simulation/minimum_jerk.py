"""Point-to-point movement as people make it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def minimum_jerk(time: Float[np.ndarray, "frames"], start_s: float, end_s: float) -> Float[np.ndarray, "frames"]:
    """Go from 0 before `start_s` to 1 after `end_s` with the least jerk: 10 s^3 - 15 s^4 + 6 s^5 (Flash and Hogan 1985)."""
    s = np.clip((time - start_s) / (end_s - start_s), 0.0, 1.0)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))
