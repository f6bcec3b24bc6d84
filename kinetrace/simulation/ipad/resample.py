"""A movement at other instants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from kinetrace.simulation.truth import Truth


def at_times(truth: Truth, time: Float[np.ndarray, "frames"]) -> Truth:
    """Give a movement at the film's instants: joints by cubic splines through the frames there are, contacts as last seen.

    Args:
        truth: At a higher rate.
        time: Within it [s]; events and repetitions keep theirs.
    """
    seen = np.clip(np.searchsorted(truth.time, time + 1e-9) - 1, 0, len(truth.time) - 1)
    return replace(
        truth,
        fps=float(1.0 / np.median(np.diff(time))),
        time=time,
        positions=CubicSpline(truth.time, truth.positions)(time),
        pelvis_yaw=CubicSpline(truth.time, truth.pelvis_yaw)(time),
        contacts=truth.contacts[seen],
    )
