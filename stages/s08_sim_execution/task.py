"""The task: what the movement was for, and whether the executed pelvis did it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from schemas.base import Movement

DONE_FRACTION: Final = 0.8
"""Of the planned way or height change that must be executed; a fifth less is another performance."""
LEAST_CHANGE_M: Final = 0.10
"""A planned way or height change below this is none: standing people sway a few centimetres."""
MOST_DRIFT_M: Final = 0.10
"""Pelvis further from its planned place at the end: not where it was to be (half a foot's length)."""


def task_done(
    planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"], movement: Movement
) -> tuple[str, bool, str]:
    """Judge the movement's own criterion over the planned stretch.

    Gait: the pelvis makes 80 % of the planned way, in its direction. Squat: it goes down and comes back as far as the
    stretch plans. Sit-to-stand: it rises, or sinks, 80 % of the planned height. Balance, other, and any of these where
    the stretch plans no such change: it ends within 10 cm of where it should.

    Args:
        planned: Planned pelvis, aligned world frame [m].
        executed: Executed pelvis [m].
        movement: What the recording shows.

    Returns:
        The criterion's name, whether it is met, and the figures in words.
    """
    if movement == "gait":
        return _progress(planned, executed)
    if movement == "squat":
        return _squat(planned, executed)
    if movement == "sit_to_stand":
        return _rise(planned, executed)
    return _stays(planned, executed)


def _progress(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    way = (planned[-1] - planned[0]) * np.array([1.0, 0.0, 1.0])
    length = float(np.linalg.norm(way))
    if length < LEAST_CHANGE_M:
        return _stays(planned, executed)
    made = float((executed[-1] - executed[0]) @ way / length)
    return "forward_progress", made >= DONE_FRACTION * length, f"{made:.2f} m of {length:.2f} m made"


def _squat(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    height, done = planned[:, 1], executed[:, 1]
    depth = float(height[0] - height.min())
    back = float(height[-1] - height.min())
    if max(depth, back) < LEAST_CHANGE_M:
        return _stays(planned, executed)
    made = float(done[0] - done.min()), float(done[-1] - done.min())
    met = made[0] >= DONE_FRACTION * depth - 1e-9 and made[1] >= DONE_FRACTION * back - 1e-9
    return "depth_and_back", met, f"{made[0]:.2f} m of {depth:.2f} m down, {made[1]:.2f} m of {back:.2f} m up"


def _rise(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    asked, made = (float(path[-1, 1] - path[0, 1]) for path in (planned, executed))
    if abs(asked) < LEAST_CHANGE_M:
        return _stays(planned, executed)
    name = "rises" if asked > 0 else "sits_down"
    return name, made / asked >= DONE_FRACTION, f"{made:+.2f} m of {asked:+.2f} m"


def _stays(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    drift = float(np.linalg.norm(executed[-1] - planned[-1]))
    return "stays", drift <= MOST_DRIFT_M, f"{drift:.3f} m from its place"
