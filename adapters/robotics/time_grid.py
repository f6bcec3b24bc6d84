"""A recording's timestamps as a uniform grid: dropped frames become empty slots, jitter is measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from schemas.errors import CaptureError

MIN_FPS = 5.0
"""Below this no movement phase is resolved (a step lasts half a second) [Hz]."""
MAX_FPS = 20_000.0
MAX_SPARSITY = 4
"""A grid with more than this many slots a sample is refused: a pause is not a dropped frame."""
MAX_DRIFT_FRAMES = 0.5
"""A declared rate that stays within half a frame of the time column over the whole recording is taken as exact: timestamps
are often rounded to 1 ms."""


@dataclass(frozen=True)
class TimeGrid:
    """Where each sample falls on the uniform grid `start_s + slot / fps`."""

    slots: Int[np.ndarray, "samples"]
    kept: Int[np.ndarray, "samples"]
    jitter_s: Float[np.ndarray, "samples"]
    start_s: float
    fps: float
    frames: int
    remarks: tuple[str, ...]

    def spread(self, samples: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
        """Give samples (first axis) on the grid, NaN in the slots where none was recorded."""
        out = np.full((self.frames, *samples.shape[1:]), np.nan)
        out[self.slots] = samples[self.kept]
        return out


def fit_grid(time: Float[np.ndarray, "samples"], declared_hz: float | None, where: str) -> TimeGrid:
    """Fit a uniform grid to timestamps by least squares.

    Args:
        time: Increasing timestamps [s], starting anywhere.
        declared_hz: The rate that the header names, if any; the time column wins where they differ.
        where: The file, for refusals.

    Raises:
        CaptureError: A rate that is no motion recording's, or pauses longer than the recording.
    """
    if time.size == 1:  # one pose, as some static trials are
        return TimeGrid(np.zeros(1, int), np.zeros(1, int), np.zeros(1), float(time[0]), declared_hz or 1.0, 1, ())
    step = float(np.median(np.diff(time)))
    _refuse_rate(1.0 / step, where)
    slots = np.concatenate(([0], np.cumsum(np.rint(np.diff(time) / step)))).astype(np.int64)
    _refuse_sparse(int(slots[-1]) + 1, time, where)
    remarks: list[str] = []
    if slots[-1] > 0:
        step = float(np.polyfit(slots, time, 1)[0])
    if declared_hz is not None and abs(declared_hz * step - 1.0) * slots[-1] <= MAX_DRIFT_FRAMES:
        step = 1.0 / declared_hz
    elif declared_hz is not None:
        remarks.append(f"DataRate says {declared_hz:g} Hz; the time column says {1.0 / step:g} Hz and was used")
    step = 1.0 / round(1.0 / step, 6)
    _refuse_rate(1.0 / step, where)
    start = float(np.median(time - slots * step))
    slots = np.rint((time - start) / step).astype(np.int64)
    start, slots = start + int(slots[0]) * step, slots - slots[0]
    kept = np.flatnonzero(np.concatenate(([True], np.diff(slots) > 0)))
    if kept.size < time.size:
        remarks.append(f"{time.size - kept.size} samples closer than half a frame to the one before were left out")
    slots = slots[kept]
    frames = int(slots[-1]) + 1
    _refuse_sparse(frames, time, where)
    if frames > kept.size:
        remarks.append(f"{frames - kept.size} dropped frames became empty slots")
    jitter = np.abs(time[kept] - start - slots * step)
    return TimeGrid(slots, kept, jitter, start, round(1.0 / step, 6), frames, tuple(remarks))


def _refuse_rate(rate: float, where: str) -> None:
    if not MIN_FPS <= rate <= MAX_FPS:
        raise CaptureError(
            where=where,
            field="time",
            expected=f"{MIN_FPS:g} to {MAX_FPS:g} frames a second",
            found=f"{rate:g}",
            fix="Time must be in seconds, and a movement needs at least 5 frames a second.",
        )


def _refuse_sparse(frames: int, time: Float[np.ndarray, "samples"], where: str) -> None:
    if frames > MAX_SPARSITY * time.size:
        at = int(np.argmax(np.diff(time)))
        raise CaptureError(
            where=where,
            field="time",
            expected="a recording without long pauses",
            found=f"{time[at + 1] - time[at]:g} s without a sample after {time[at]:g} s",
            fix="Cut the recording there and ingest the parts on their own.",
        )
