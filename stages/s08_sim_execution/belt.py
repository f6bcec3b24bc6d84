"""A treadmill walk taken over ground: the simulated floor stands still, so the walker goes on at the belt's speed."""

from __future__ import annotations

import numpy as np

from schemas.physical_state import PhysicalState
from schemas.planning import VariantArrays


def belt_speed(state: PhysicalState) -> float:
    """Give the speed of the ground under the walker [m/s]; 0 overground."""
    return (state.walking_speed or 0.0) if state.treadmill else 0.0


def over_ground(table: VariantArrays, speed: float) -> VariantArrays:
    """Give planned and recorded motions as the belt sees them: forward (X) by speed x time since the window's start.

    Args:
        table: Stage 7's motions, aligned world frame.
        speed: Of the belt [m/s]; with 0 nothing changes.
    """
    if speed == 0.0:
        return table
    travel = speed * (table.time - table.time[:, :1])
    ahead = np.zeros((*travel.shape, 1, 3), dtype=table.positions.dtype)
    ahead[..., 0, 0] = travel
    return table.model_copy(update={"positions": table.positions + ahead, "reference": table.reference + ahead})
