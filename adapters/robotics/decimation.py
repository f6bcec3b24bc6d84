"""Bringing a fast recording down to a rate that later stages work at, without folding noise into the movement."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool, Float
from scipy.signal import butter, sosfiltfilt

from adapters.robotics.body import Body
from schemas.motion import Validity

ORDER = 4
CUTOFF_OF_NYQUIST = 0.8
"""Cut-off as a part of the new Nyquist frequency, as in scipy.signal.decimate."""
MIN_RUN = 3 * (2 * (ORDER // 2) + 1) + 1
"""Shorter gap-free runs than the filter's own padding cannot be filtered and are taken as they are."""


def decimation_factor(fps: float, max_fps: float) -> int:
    """Give the smallest whole factor that brings `fps` to at most `max_fps`."""
    return max(1, math.ceil(fps / max_fps - 1e-9))


def decimate(body: Body, factor: int) -> Body:
    """Keep every `factor`-th frame after a zero-phase low-pass over each gap-free run of each joint.

    Args:
        body: Joints on a uniform grid.
        factor: 1 keeps all.
    """
    if factor == 1:
        return body
    smooth = body.positions.copy()
    sos = butter(ORDER, CUTOFF_OF_NYQUIST / factor, output="sos")
    for joint in range(smooth.shape[1]):
        for run in _runs(body.validity[:, joint] != Validity.MISSING):
            if run.stop - run.start >= MIN_RUN:
                smooth[run, joint] = _low_pass(sos, smooth[run, joint])
    return Body(smooth[::factor], body.validity[::factor].copy(), body.methods)


def _low_pass(sos: Float[np.ndarray, "sections 6"], points: Float[np.ndarray, "run 3"]) -> Float[np.ndarray, "run 3"]:
    return np.asarray(sosfiltfilt(sos, points, axis=0))


def _runs(present: Bool[np.ndarray, "frames"]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], present, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
