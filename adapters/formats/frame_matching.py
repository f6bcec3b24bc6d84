"""Which row of a table of camera poses belongs to which frame of a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int

from adapters.formats.camera_rows import CameraRows
from schemas.errors import CaptureError

STEP_TOLERANCE: Final = 0.5
"""A row and a frame belong together up to half a frame apart."""
ENOUGH: Final = 0.9
"""Share of the rows, or of the frames if they are fewer, that must find their counterpart."""


@dataclass(frozen=True)
class Matched:
    """A film brought together with its rows.

    Attributes:
        rows: For each frame of the film its row, −1: none.
        time: Of each frame by the rows' clock, from 0 [s]; between rows the film's own stamps lead.
        remarks: What did not fit.
    """

    rows: Int[np.ndarray, "frames"]
    time: Float[np.ndarray, "frames"]
    remarks: tuple[str, ...]


def match_rows(rows: CameraRows, film_time: Float[np.ndarray, "frames"], where: str, numbered: bool = False) -> Matched:
    """Match rows and frames: in order if they are as many, else by number if the stamps agree, else by the stamps.

    Args:
        rows: Times and numbers of the poses.
        film_time: Stamps of the film's frames [s].
        where: The table, for a refusal.
        numbered: The recorder stamps its film by the frames' numbers from −1 on, so that a film of one frame less than
            rows lost its first to a player's cut, and numbers are trusted where stamps drift.

    Raises:
        CaptureError: Less than nine in ten find their counterpart within half a frame.
    """
    frames = len(film_time)
    if frames < 2:
        raise CaptureError(
            where=where, field="film", expected="a film of at least 2 frames", found=f"{frames}", fix="Record longer."
        )
    if len(rows.time) == frames:
        return _described(np.arange(frames), rows, film_time)
    if numbered and len(rows.time) == frames + 1:
        return _described(np.arange(1, frames + 1), rows, film_time)
    if numbered and rows.frame[-1] < frames:
        found = np.full(frames, -1, dtype=np.int64)
        found[rows.frame] = np.arange(len(rows.frame))
        return _described(found, rows, film_time)
    by_number = np.where(rows.frame < frames, rows.frame, -1)
    ways = [by_number, *(_nearest(rows.time - offset, film_time) for offset in _offsets(rows.time, film_time))]
    agreeing = [_agreeing(places, rows.time, film_time) for places in ways]
    best = int(np.argmax([one.sum() for one in agreeing]))
    if agreeing[best].sum() >= ENOUGH * min(frames, len(rows.time)):
        found = np.full(frames, -1, dtype=np.int64)
        found[ways[best][agreeing[best]]] = np.flatnonzero(agreeing[best])
        return _described(found, rows, film_time)
    raise CaptureError(
        where=where, field="rows", expected=f"a row for each of the film's {frames} frames, or stamps that say which",
        found=f"{len(rows.time)} rows over {np.ptp(rows.time):.2f} s for a film of {np.ptp(film_time):.2f} s",
        fix="Give the film and the table of one recording, neither of them cut.",
    )  # fmt: skip


def _offsets(row_time: Float[np.ndarray, "rows"], film_time: Float[np.ndarray, "frames"]) -> tuple[float, float, float]:
    """Give how far the rows' clock may be ahead: not at all, if they begin together, if they end together."""
    return 0.0, float(row_time[0] - film_time[0]), float(row_time[-1] - film_time[-1])


def _nearest(time: Float[np.ndarray, "rows"], film_time: Float[np.ndarray, "frames"]) -> Int[np.ndarray, "rows"]:
    """Give each time's nearest frame, each frame to the row that is nearest to it; −1: none."""
    after = np.clip(np.searchsorted(film_time, time), 1, len(film_time) - 1)
    before_is_nearer = time - film_time[after - 1] < film_time[after] - time
    places = np.where(before_is_nearer, after - 1, after).astype(np.int64)
    error = np.abs(film_time[places] - time)
    order = np.lexsort((error, places))
    first = np.r_[True, np.diff(places[order]) > 0]
    places[order[~first]] = -1
    return places


def _agreeing(
    places: Int[np.ndarray, "rows"], row_time: Float[np.ndarray, "rows"], film_time: Float[np.ndarray, "frames"]
) -> np.ndarray:
    """Say which rows lie within half a frame of their frame, once the clocks are set by the median."""
    there = places >= 0
    if not there.any():
        return there
    ahead = row_time - film_time[places]
    half = STEP_TOLERANCE * float(np.median(np.diff(film_time)))
    return np.asarray(there & (np.abs(ahead - np.median(ahead[there])) <= half))


def _described(found: Int[np.ndarray, "frames"], rows: CameraRows, film_time: Float[np.ndarray, "frames"]) -> Matched:
    there = np.flatnonzero(found >= 0)
    ahead = rows.time[found[there]] - film_time[there]
    time = film_time + np.interp(film_time, film_time[there], ahead)
    remarks = []
    if bare := len(found) - len(there):
        remarks.append(f"{bare} of the film's {len(found)} frames have no camera pose")
    if spare := len(rows.time) - len(there):
        remarks.append(f"{spare} of {len(rows.time)} camera poses belong to no frame of the film")
    drift, half = float(np.ptp(ahead)), STEP_TOLERANCE * float(np.median(np.diff(film_time)))
    if drift > half:
        remarks.append(f"the film's own stamps drift by {1000 * drift:.0f} ms from the camera's clock, which is used")
    return Matched(found, time - time[0], tuple(remarks))
