"""Keyframes: the anchors a plan may change."""

from __future__ import annotations

from typing import Literal

import numpy as np

from schemas.planning import PlanPhase

EVEN_KEYFRAMES = 5


def find_keyframes(phases: tuple[PlanPhase, ...]) -> tuple[tuple[int, ...], Literal["phase_changes", "even"]]:
    """Choose the first anchor, the last, and every change of phase; without a change, five even ones.

    Args:
        phases: In order and without gaps, from anchor 0.

    Returns:
        Anchors in strictly rising order, and how they were come by.
    """
    last = phases[-1].end_anchor
    if len(phases) > 1:
        return tuple(sorted({0, last, *(phase.start_anchor for phase in phases)})), "phase_changes"
    even = np.unique(np.round(np.linspace(0, last, EVEN_KEYFRAMES)).astype(int))
    return tuple(int(anchor) for anchor in even), "even"
