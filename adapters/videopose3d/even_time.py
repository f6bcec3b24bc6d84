"""The fused body on a uniform grid: as it is where the film's frames lie on one, else read in between."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from scipy.interpolate import PchipInterpolator

from adapters.robotics.time_grid import TimeGrid, fit_grid
from schemas.motion import Validity

UNEVEN: Final = 0.1
"""More than a tenth of the frames off their slots by a quarter of a frame: a film of variable rate, read in between."""
OFF_SLOT: Final = 0.25
LONGEST_FRAMES: Final = 3.0
"""Frames farther apart than this have a gap between them."""


def on_grid(
    time: Float[np.ndarray, "samples"],
    positions: Float[np.ndarray, "samples 21 3"],
    marked: UInt8[np.ndarray, "samples 21"],
    where: str,
) -> tuple[TimeGrid, Float[np.ndarray, "frames 21 3"], UInt8[np.ndarray, "frames 21"], tuple[str, ...]]:
    """Lay the body on a uniform grid.

    Args:
        time: Of the film's frames [s].
        positions: [m].
        marked: Their marks.
        where: The film, for refusals.

    Returns:
        The grid, positions (NaN where missing) and marks on it, and what was done.

    Raises:
        CaptureError: Times that are no recording's.
    """
    grid = fit_grid(time, None, where)
    if (grid.jitter_s * grid.fps > OFF_SLOT).mean() <= UNEVEN:
        out, marks = np.full((grid.frames, 21, 3), np.nan), np.zeros((grid.frames, 21), dtype=np.uint8)
        out[grid.slots], marks[grid.slots] = positions[grid.kept], marked[grid.kept]
    else:
        grid = _even(time, grid)
        out, marks = _read_between(time, positions, marked, grid)
    out[marks == Validity.MISSING] = np.nan
    return grid, out, marks, grid.remarks


def _even(time: Float[np.ndarray, "samples"], fitted: TimeGrid) -> TimeGrid:
    """Give a grid over the film's length, at the rate of its usual step, with every slot filled."""
    frames = int(np.floor((time[-1] - time[0]) * fitted.fps + 1e-6)) + 1
    slots = np.arange(frames)
    remark = f"frames at uneven times (variable frame rate) were read in between, at {fitted.fps:g} Hz"
    return TimeGrid(slots, slots, np.zeros(frames), float(time[0]), fitted.fps, frames, (remark,))


def _read_between(
    time: Float[np.ndarray, "samples"],
    positions: Float[np.ndarray, "samples 21 3"],
    marked: UInt8[np.ndarray, "samples 21"],
    grid: TimeGrid,
) -> tuple[Float[np.ndarray, "frames 21 3"], UInt8[np.ndarray, "frames 21"]]:
    at = grid.start_s + np.arange(grid.frames) / grid.fps
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1)
    marks = np.minimum(marked[after - 1], marked[after])
    marks[time[after] - time[after - 1] > LONGEST_FRAMES / grid.fps] = Validity.MISSING
    return PchipInterpolator(time, positions, axis=0)(np.clip(at, time[0], time[-1])), marks
