"""The fused body on a uniform grid: as it is where the film's frames lie on one, else read in between."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8, UInt32
from scipy.interpolate import PchipInterpolator

from adapters.robotics.reading import grid_flags
from adapters.robotics.time_grid import TimeGrid, fit_grid
from schemas.motion import Reason, Validity

UNEVEN: Final = 0.1
"""More than a tenth of the frames off their slots by a quarter of a frame: a film of variable rate, read in between."""
OFF_SLOT: Final = 0.25
INFERRED_FRAMES: Final = 1.5
"""Between frames farther apart than this a place is inferred, unless a frame is there."""
LONGEST_FRAMES: Final = 3.0
"""Frames farther apart than this have a gap between them."""


def on_grid(
    time: Float[np.ndarray, "samples"],
    positions: Float[np.ndarray, "samples 21 3"],
    marked: UInt8[np.ndarray, "samples 21"],
    where: str,
) -> tuple[
    TimeGrid,
    Float[np.ndarray, "frames 21 3"],
    UInt8[np.ndarray, "frames 21"],
    UInt32[np.ndarray, "frames"],
    tuple[str, ...],
]:
    """Lay the body on a uniform grid.

    Args:
        time: Of the film's frames [s].
        positions: [m].
        marked: Their marks.
        where: The film, for refusals.

    Returns:
        The grid, positions (NaN where missing), marks and reason codes on it, and what was done. Of a film of variable rate
        the grid has how far each slot is from the nearest frame; what lies far from one is inferred, and flagged as a gap
        that was filled.

    Raises:
        CaptureError: Times that are no recording's.
    """
    grid = fit_grid(time, None, where)
    if (grid.jitter_s * grid.fps > OFF_SLOT).mean() <= UNEVEN:
        flags = grid_flags(grid)
        out, marks = np.full((grid.frames, 21, 3), np.nan), np.zeros((grid.frames, 21), dtype=np.uint8)
        out[grid.slots], marks[grid.slots] = positions[grid.kept], marked[grid.kept]
    else:
        grid = _even(time, grid)
        out, marks, far = _read_between(time, positions, marked, grid)
        flags = grid_flags(grid)
        flags[far & (marks != Validity.MISSING).any(axis=1)] |= np.uint32(int(Reason.GAP_FILLED))
    out[marks == Validity.MISSING] = np.nan
    return grid, out, marks, flags, grid.remarks


def _even(time: Float[np.ndarray, "samples"], fitted: TimeGrid) -> TimeGrid:
    """Give a grid over the film's length, at the rate of its usual step, with every slot filled."""
    frames = int(np.floor((time[-1] - time[0]) * fitted.fps + 1e-6)) + 1
    slots = np.arange(frames)
    at = time[0] + slots / fitted.fps
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1)
    off = np.minimum(np.abs(at - time[after - 1]), np.abs(time[after] - at))
    remark = f"frames at uneven times (variable frame rate) were read in between, at {fitted.fps:g} Hz"
    return TimeGrid(slots, slots, off, float(time[0]), fitted.fps, frames, (remark,))


def _read_between(
    time: Float[np.ndarray, "samples"],
    positions: Float[np.ndarray, "samples 21 3"],
    marked: UInt8[np.ndarray, "samples 21"],
    grid: TimeGrid,
) -> tuple[Float[np.ndarray, "frames 21 3"], UInt8[np.ndarray, "frames 21"], Bool[np.ndarray, "frames"]]:
    at = grid.start_s + np.arange(grid.frames) / grid.fps
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1)
    marks = np.minimum(marked[after - 1], marked[after])
    far = (time[after] - time[after - 1] > INFERRED_FRAMES / grid.fps) & (grid.jitter_s * grid.fps > OFF_SLOT)
    marks[far] = np.minimum(marks[far], Validity.INFERRED)
    marks[time[after] - time[after - 1] > LONGEST_FRAMES / grid.fps] = Validity.MISSING
    return PchipInterpolator(time, positions, axis=0)(np.clip(at, time[0], time[-1])), marks, far
