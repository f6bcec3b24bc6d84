"""Normative sagittal curves of walking over one stride, as periodic functions."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

TOE_OFF: Final = 0.60
"""Stance as a part of the stride (Perry 1992: 60 to 62 % at free speed)."""

HARMONICS: Final = 6
"""Chosen: the points below are met within 0.2 (hip) and 0.4 degrees (knee). Marker paths of walking have 99.7 % of their
power in the lower seven (Winter, Sidwall and Hobson 1974)."""

HIP_DEG: Final = (
    19.5, 18.4, 17.2, 15.0, 11.9, 8.2, 4.4, 0.7, -2.8, -5.9, -8.5, -10.6, -11.4,
    -10.2, -6.2, -0.2, 6.6, 12.9, 17.6, 20.6, 21.9, 21.8, 20.9, 19.9, 19.5,
)  # fmt: skip
KNEE_DEG: Final = (
    4.0, 9.6, 15.8, 19.9, 20.9, 19.5, 16.5, 13.0, 9.8, 7.4, 6.5, 7.6, 11.4,
    19.0, 31.0, 45.5, 58.0, 64.5, 63.4, 55.3, 42.0, 26.3, 11.8, 3.0, 2.0,
)  # fmt: skip
"""Hip (against the trunk) and knee flexion at 25 points from heel strike to heel strike, every 24th of the stride, after
the mean curves of Winter 1991, natural cadence; not compared with the printed table. Another public reading of the knee's
curve differs by 2.3 degrees RMS, 4 at most. The knee's drives the simulated leg; the hip's is what the outcome is compared
with. The last point stands for the first, where the series closes."""


def hip_flexion(u: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
    """Give normative hip flexion [rad] at a part of the stride."""
    return _periodic(HIP_DEG, u)


def knee_flexion(u: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
    """Give normative knee flexion [rad] at a part of the stride."""
    return _periodic(KNEE_DEG, u)


def _periodic(degrees: tuple[float, ...], u: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
    values = np.radians(degrees[:-1])
    series = np.fft.rfft(values)[: HARMONICS + 1] / len(values)
    turns = np.exp(2j * np.pi * np.outer(u, np.arange(HARMONICS + 1)))
    return np.asarray((turns * series).real @ np.r_[1.0, np.full(HARMONICS, 2.0)])
