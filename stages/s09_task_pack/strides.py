"""Steps and strides, each with its events in the order of walking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from schemas.physical_state import GaitEvent

Foot = Literal["left", "right"]
OTHER: Final[dict[Foot, Foot]] = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Step:
    """One step of one foot, from the other foot's strike to its own.

    Attributes:
        side: The foot that steps.
        other_strike: The other foot's heel strike, with which the step begins.
        off: The foot leaves.
        strike: The foot strikes.
    """

    side: Foot
    other_strike: GaitEvent
    off: GaitEvent
    strike: GaitEvent

    @property
    def duration(self) -> float:
        """From the other foot's strike to this one's [s]."""
        return self.strike.time_s - self.other_strike.time_s


@dataclass(frozen=True)
class Stride:
    """One stride of one foot; the five events in their order.

    Attributes:
        side: The foot that strikes.
        strike: Its heel strike.
        other_off: The other foot leaves.
        other_strike: The other foot strikes.
        off: This foot leaves.
        end: This foot strikes again.
    """

    side: Foot
    strike: GaitEvent
    other_off: GaitEvent
    other_strike: GaitEvent
    off: GaitEvent
    end: GaitEvent

    @property
    def duration(self) -> float:
        """From strike to strike [s]."""
        return self.end.time_s - self.strike.time_s

    @property
    def stance(self) -> float:
        """From strike to leaving [s]."""
        return self.off.time_s - self.strike.time_s

    @property
    def double_support(self) -> float:
        """Both feet down, before and after the other foot's swing [s]."""
        return (self.other_off.time_s - self.strike.time_s) + (self.off.time_s - self.other_strike.time_s)


def find_steps(events: Sequence[GaitEvent]) -> tuple[Step, ...]:
    """Find the steps whose events come in order; a missed or doubled event costs the steps it belongs to, not others.

    Args:
        events: Gait events of both feet, in any order.
    """
    found = []
    for window in _windows(events, 3):
        strike = window[-1]
        side: Foot = strike.side
        if _pattern(window) == [("heel_strike", OTHER[side]), ("toe_off", side), ("heel_strike", side)]:
            found.append(Step(side, *window))
    return tuple(s for s in found if _of_one_pace(s.duration, [o.duration for o in found]))


def find_strides(events: Sequence[GaitEvent]) -> tuple[Stride, ...]:
    """Find the strides whose events come in order; a missed or doubled event costs the strides it belongs to, not others.

    Args:
        events: Gait events of both feet, in any order.
    """
    found = []
    for window in _windows(events, 5):
        side: Foot = window[0].side
        order = [("heel_strike", side), ("toe_off", OTHER[side]), ("heel_strike", OTHER[side]), ("toe_off", side)]
        if _pattern(window) == [*order, ("heel_strike", side)]:
            found.append(Stride(side, *window))
    return tuple(s for s in found if _of_one_pace(s.duration, [o.duration for o in found]))


def _windows(events: Sequence[GaitEvent], size: int) -> list[list[GaitEvent]]:
    ordered = sorted(events, key=lambda e: (e.time_s, e.side, e.kind))
    return [ordered[i : i + size] for i in range(len(ordered) - size + 1)]


def _pattern(window: Sequence[GaitEvent]) -> list[tuple[str, str]]:
    return [(e.kind, e.side) for e in window]


def _of_one_pace(duration: float, all_durations: Sequence[float]) -> bool:
    """Say whether a duration is near the median; one that is not has several events missing at once."""
    middle = float(np.median(all_durations))
    return 0.6 * middle < duration < 1.6 * middle
