"""Velocity, acceleration and jerk of the offline (zero-phase) state by compact stencils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.filters import joints_alike


@dataclass(frozen=True)
class OfflineState:
    """Position and its derivatives, looking both ways in time: for description, never for a forecast.

    Attributes:
        state: p, v, a, j side by side [m, m/s, m/s², m/s³]; 0 where missing.
        boundary: True where a derivative is one-sided (first and last two frames of every gap-free run).
    """

    state: Float[np.ndarray, "frames joints 12"]
    boundary: Bool[np.ndarray, "frames joints"]


def run_derivatives(
    p: Float[np.ndarray, "frames *rest"], fps: float
) -> tuple[Float[np.ndarray, "frames *rest"], Float[np.ndarray, "frames *rest"], Float[np.ndarray, "frames *rest"]]:
    """Differentiate one gap-free run.

    v is central, a = (p₊ − 2p + p₋) f², j at t+½ = (p₊₂ − 3p₊ + 3p − p₋) f³. The compact forms see frame-alternating
    jitter, to which composed central differences are blind (they are zero at the Nyquist frequency). At the ends v is
    the second-order one-sided difference and a, j are those of the nearest frame that has a whole stencil.

    Args:
        p: Values of one run.
        fps: Frame rate [Hz].

    Returns:
        v, a and j; zero where the run is too short to have one (v below 2 frames, a below 3, j below 4).
    """
    n = p.shape[0]
    v, a, j = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    if n >= 2:
        v = np.gradient(p, 1.0 / fps, axis=0, edge_order=2 if n >= 3 else 1)
    if n >= 3:
        a[1:-1] = np.diff(p, 2, axis=0) * fps**2
        a[0], a[-1] = a[1], a[-2]
    if n >= 4:
        j[1:-2] = np.diff(p, 3, axis=0) * fps**3
        j[0], j[-2:] = j[1], j[-3]
    return v, a, j


def offline_state(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], fps: float
) -> OfflineState:
    """Put p, v, a, j side by side for every joint, each gap-free run differentiated alone.

    Args:
        positions: Filtered joint positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
    """
    frames, joints = validity.shape
    state = np.zeros((frames, joints, 12))
    boundary = np.zeros((frames, joints), dtype=bool)
    for columns, runs in joints_alike(validity > 0):
        for start, stop in runs:
            p = positions[start:stop, columns].astype(np.float64)
            state[start:stop, columns] = np.concatenate((p, *run_derivatives(p, fps)), axis=-1)
            boundary[start : start + 2, columns] = True
            boundary[max(start, stop - 2) : stop, columns] = True
    return OfflineState(state, boundary)
