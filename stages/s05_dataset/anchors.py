"""Anchors: evenly spaced moments with the state that could be known at each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8, UInt32

from kinetrace.motion.causal import TIME_TOLERANCE_S, causal_states, without_bridged
from kinetrace.motion.skeletons import BODY21, INDEX, NEEDED
from schemas.dataset import DatasetParams
from schemas.errors import CaptureError

MIN_PRESENCE = 0.5
"""Least part of all frames in which an optional joint must be there: below it, more is held than seen."""

LATEST_START = 0.25
"""An optional joint first seen after this part of the recording is left out, for it would cost all earlier anchors."""


@dataclass(frozen=True)
class Anchors:
    """Causal states at an even rate.

    Attributes:
        time: Moments [s].
        frame: Last native frame at or before each.
        states: p, v, a [m, m/s, m/s2] of the joints used, aligned world frame.
        measured: False where a joint is held from the past.
        joints: Names of the joints used.
        dropped: Anchors left away because a joint had not been seen yet.
    """

    time: Float[np.ndarray, "anchors"]
    frame: Int[np.ndarray, "anchors"]
    states: Float[np.ndarray, "anchors joints 9"]
    measured: Bool[np.ndarray, "anchors joints"]
    joints: tuple[str, ...]
    dropped: int


def used_joints(present: Bool[np.ndarray, "frames joints"]) -> list[int]:
    """Choose the joints that every state will have: the needed ones, and the others that are there enough.

    Args:
        present: Where BODY21 joints have a position.

    Returns:
        Columns in the order of BODY21.

    Raises:
        CaptureError: A needed joint is never there.
    """
    never = [name for name in NEEDED if not present[:, INDEX[name]].any()]
    if never:
        raise CaptureError(
            where="stage s05_dataset",
            field="validity",
            expected=f"{', '.join(NEEDED)} seen at least once",
            found=f"never: {', '.join(never)}",
            fix="Record with the hips, knees and ankles in view, or give a mapping that names them.",
        )
    enough = present.mean(axis=0) >= MIN_PRESENCE
    early = np.argmax(present, axis=0) <= LATEST_START * len(present)
    return [i for i, name in enumerate(BODY21) if name in NEEDED or (enough[i] and early[i])]


def anchor_times(frames: int, native_fps: float, fps: float) -> Float[np.ndarray, "anchors"]:
    """Give every moment k / fps from the first frame to the last [s]."""
    return np.arange(int(np.floor((frames - 1) / native_fps * fps + TIME_TOLERANCE_S)) + 1) / fps


def make_anchors(
    positions_raw: Float[np.ndarray, "frames 21 3"],
    validity: UInt8[np.ndarray, "frames 21"],
    reasons: UInt32[np.ndarray, "frames"],
    native_fps: float,
    params: DatasetParams,
) -> Anchors:
    """Resample unfiltered positions to causal states; nothing after an anchor has any part in its state.

    Args:
        positions_raw: Unfiltered positions, aligned world frame [m].
        validity: 0 missing, 1 inferred, 2 measured.
        reasons: Reason codes of each frame; bridged gaps count as missing, for their far side is the future.
        native_fps: Rate of the recording [Hz].
        params: Rate, cut-off and length of the filtered prefix.

    Returns:
        The anchors from the first at which every joint used has been seen.

    Raises:
        CaptureError: A needed joint is never there.
    """
    known = without_bridged(validity, reasons)
    columns = used_joints(known > 0)
    time = anchor_times(len(positions_raw), native_fps, params.fps)
    states, measured = causal_states(
        positions_raw[:, columns], known[:, columns], native_fps, time, params.cutoff_hz, params.prefix_s
    )
    frame = np.floor((time + TIME_TOLERANCE_S) * native_fps).astype(np.int64)
    first_seen = int(np.argmax(known[:, columns] > 0, axis=0).max())
    keep = frame >= first_seen
    return Anchors(
        time[keep],
        frame[keep],
        states[keep],
        measured[keep],
        tuple(BODY21[i] for i in columns),
        int(np.count_nonzero(~keep)),
    )
