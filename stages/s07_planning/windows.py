"""Windows: which stretch of the recording a variant replaces."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.errors import ComputeError

_SHORTEST = 5
"""Anchors; a horizon of two steps and as many again to move the window in."""


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


def window_from(keyframe: int, horizon: int, anchors: int) -> Window:
    """Begin at the keyframe, or as late as the recording allows where the keyframe is too near its end."""
    return Window(start=min(keyframe, anchors - 1 - horizon), keyframe=keyframe)


def window_around(keyframe: int, horizon: int, anchors: int, lead: int) -> Window:
    """Put the keyframe in the middle of the window, but never sooner than `lead` steps after its start.

    Where the recording has not that much before the keyframe, the keyframe itself moves later.
    """
    start = min(max(keyframe - max(horizon // 2, lead), 0), anchors - 1 - horizon)
    return Window(start=start, keyframe=max(keyframe, start + lead))
