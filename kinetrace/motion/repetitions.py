"""Counting squats and sit-to-stands by the pelvis's height, each confirmed by the knees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from kinetrace.motion.contacts import schmitt
from kinetrace.motion.filters import gap_free_runs
from schemas.physical_state import Repetition

EDGE_SHARE: Final = 0.1  # of the range between the levels: within it the pelvis is at that level
TURN_SHARE: Final = 0.5  # a repetition crosses the middle of the range
MIN_KNEE_CHANGE: Final = np.radians(25.0)  # a pelvis that sinks without the knees bending (a bow) is no repetition
MIN_RANGE_M: Final = 0.08  # less rise and fall than this is standing
MIN_REPETITION_S: Final = 0.4  # nobody goes down and up faster


@dataclass(frozen=True)
class Levels:
    """The pelvis's standing and low heights [m]."""

    high: float
    low: float

    @property
    def span(self) -> float:
        """Distance between the levels [m]."""
        return self.high - self.low

    def at_high(self, height: Float[np.ndarray, "frames"]) -> Bool[np.ndarray, "frames"]:
        """Say where the pelvis is at the standing level."""
        return np.asarray(height > self.high - EDGE_SHARE * self.span)

    def at_low(self, height: Float[np.ndarray, "frames"]) -> Bool[np.ndarray, "frames"]:
        """Say where the pelvis is at the low level."""
        return np.asarray(height < self.low + EDGE_SHARE * self.span)


def levels(height: Float[np.ndarray, "frames"]) -> Levels:
    """Give the levels as the 95th and 2nd percentile of the pelvis's height."""
    low, high = np.percentile(height, [2.0, 95.0])
    return Levels(float(high), float(low))


def dips(height: Float[np.ndarray, "frames"], level: Levels) -> list[tuple[int, int]]:
    """Give the stretches spent below the middle of the range, left only once near the top (hysteresis)."""
    deep = height < level.high - TURN_SHARE * level.span
    return gap_free_runs(schmitt(deep, height < level.high - EDGE_SHARE * 2.0 * level.span))


def back_to(mask: Bool[np.ndarray, "frames"], frame: int, step: int) -> int:
    """Give the nearest frame from here, going by step, at which the mask holds; the recording's end if none."""
    while 0 < frame < len(mask) - 1 and not mask[frame]:
        frame += step
    return frame


def knees_bend(knee: Float[np.ndarray, "frames"], start: int, turn: int, end: int) -> bool:
    """Say whether the knees bend between the ends of a repetition and its deepest frame."""
    straight = min(float(knee[start]), float(knee[end]))
    return bool(knee[start : end + 1].max() - straight >= MIN_KNEE_CHANGE)


def squats(
    height: Float[np.ndarray, "frames"], knee: Float[np.ndarray, "frames"], fps: float
) -> tuple[Repetition, ...]:
    """Count squats: each leaves the standing level, passes the middle of the range with bent knees, and comes back.

    A dip that the recording's start or end cuts off is not counted.

    Args:
        height: Pelvis height [m].
        knee: Mean knee flexion of both legs [rad].
        fps: Frame rate [Hz].

    Returns:
        Start (last standing frame), turn (deepest frame), end (first standing frame).
    """
    level = levels(height)
    if level.span < MIN_RANGE_M:
        return ()
    standing = level.at_high(height)
    found = []
    for first, stop in dips(height, level):
        start, end = back_to(standing, first, -1), back_to(standing, stop - 1, 1)
        turn = first + int(np.argmin(height[first:stop]))
        whole = bool(standing[start] and standing[end]) and end - start >= MIN_REPETITION_S * fps
        if whole and knees_bend(knee, start, turn, end):
            found.append(Repetition(start_frame=start, turn_frame=turn, end_frame=end))
    return tuple(found)


def sit_to_stands(
    height: Float[np.ndarray, "frames"],
    knee: Float[np.ndarray, "frames"],
    trunk_rate: Float[np.ndarray, "frames"],
    fps: float,
) -> tuple[Repetition, ...]:
    """Count sit-to-stands: each leaves the seat and reaches the standing level; it lasts until seated again.

    The rise starts with the trunk's forward lean (momentum transfer, Schenkman 1990): the last frame before seat-off
    at which the trunk does not yet turn forward. The seat itself is the low level, so seat-off is where the pelvis
    leaves it.

    Args:
        height: Pelvis height [m].
        knee: Mean knee flexion of both legs [rad].
        trunk_rate: Angular velocity of the trunk's forward lean [rad/s]; zeros where the trunk is not seen.
        fps: Frame rate [Hz].

    Returns:
        Start of the rise, seat-off, end (seated again, or the recording's end), and the first upright frame.
    """
    level = levels(height)
    if level.span < MIN_RANGE_M:
        return ()
    standing, seated = level.at_high(height), level.at_low(height)
    low_runs = [(a, b) for a, b in dips(height, level) if seated[a:b].any()]
    found = []
    for k, (first, stop) in enumerate(low_runs):
        upright = back_to(standing, stop - 1, 1)
        if not standing[upright]:
            continue
        on_seat = first + np.flatnonzero(seated[first:stop])
        seat_off = int(on_seat[-1])
        start = rise_start(trunk_rate, int(on_seat[0]), seat_off)
        if k + 1 < len(low_runs):
            following = low_runs[k + 1]
            end = following[0] + int(np.flatnonzero(seated[following[0] : following[1]])[0])
        else:
            end = len(height) - 1
        if upright - seat_off >= MIN_REPETITION_S / 2.0 * fps and knees_bend(knee, seat_off, seat_off, upright):
            found.append(Repetition(start_frame=start, turn_frame=seat_off, end_frame=end, upright_frame=upright))
    return tuple(found)


def rise_start(trunk_rate: Float[np.ndarray, "frames"], first: int, seat_off: int) -> int:
    """Give the frame at which the forward lean before seat-off begins, no earlier than the sitting itself.

    The lean is under way while it is faster than a tenth of its peak before seat-off.
    """
    window = trunk_rate[first : seat_off + 1]
    frame = int(np.argmax(window))
    peak = float(window[frame])
    if peak <= 0.0:
        return seat_off
    while frame > 0 and window[frame - 1] > 0.1 * peak:
        frame -= 1
    return first + frame
