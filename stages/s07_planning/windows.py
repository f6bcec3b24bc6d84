"""Windows: which stretch of the recording a variant replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from schemas.errors import ComputeError

_SHORTEST = 5
"""Anchors; a horizon of two steps and as many again to move the window in."""
SETTLING = 5
"""Anchors; 0.17 s at 30 Hz, one period of the 6 Hz causal filter: after a gap its velocity is that of the jump."""


@dataclass(frozen=True)
class Window:
    """A stretch of `horizon + 1` anchors; step 0 is the recorded pose.

    Attributes:
        start: Anchor of step 0.
        keyframe: Anchor at which the change is asked for.
    """

    start: int
    keyframe: int


def fitting_horizon(anchors: int, asked: int) -> int:
    """Shorten the horizon to at most half of the recording, so that windows can begin at different times.

    Args:
        anchors: Length of the recording.
        asked: Steps asked for.

    Returns:
        Steps that fit.

    Raises:
        ComputeError: The recording is too short for any plan.
    """
    if anchors < _SHORTEST:
        raise ComputeError(
            where="planning", field="anchors", expected=f"at least {_SHORTEST} anchors in the dataset",
            found=f"{anchors}", fix="Record for longer, or raise `dataset.fps`.",
        )  # fmt: skip
    return min(asked, (anchors - 1) // 2)


def settled_anchors(measured: Bool[np.ndarray, "anchors joints"]) -> Bool[np.ndarray, "anchors"]:
    """Say at which anchors every joint is measured and has been for `SETTLING` anchors since it was last held.

    Args:
        measured: False where a joint is held; only the joints without which nothing works.
    """
    held = np.asarray(~measured.all(axis=1), dtype=bool)
    recent = held.copy()
    for back in range(1, SETTLING + 1):
        recent[back:] |= held[:-back]
    return np.asarray(~recent)


def usable_starts(settled: Bool[np.ndarray, "anchors"], horizon: int) -> Bool[np.ndarray, "starts"]:
    """Say which anchors can begin a window of settled anchors alone.

    Args:
        settled: From `settled_anchors`.
        horizon: Steps after step 0.
    """
    return np.asarray(np.lib.stride_tricks.sliding_window_view(settled, horizon + 1).all(axis=1))


def window_from(keyframe: int, usable: Bool[np.ndarray, "starts"]) -> Window:
    """Begin at the keyframe, or at the usable start nearest to it; a start after the keyframe takes its place."""
    start = _nearest(keyframe, usable)
    return Window(start=start, keyframe=max(keyframe, start))


def window_around(keyframe: int, horizon: int, usable: Bool[np.ndarray, "starts"], lead: int) -> Window:
    """Put the keyframe in the middle of the window, but never sooner than `lead` steps after its start.

    Where the recording allows no such start, the keyframe itself moves, to the nearest place inside the window.
    """
    start = _nearest(keyframe - max(horizon // 2, lead), usable)
    return Window(start=start, keyframe=min(max(keyframe, start + lead), start + horizon))


def _nearest(wanted: int, usable: Bool[np.ndarray, "starts"]) -> int:
    """Give the usable start nearest to the wanted one, the earlier of two; without any, the nearest of all."""
    starts = np.flatnonzero(usable) if usable.any() else np.arange(len(usable))
    return int(starts[np.argmin(np.abs(starts - wanted))])
