"""The task: what the movement was for, and whether the executed pelvis did it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.filters import gap_free_runs
from schemas.base import Movement

DONE_FRACTION: Final = 0.8
"""Of the planned way or height change that must be executed; a fifth less is another performance."""
LEAST_CHANGE_M: Final = 0.10
"""A planned way or height change below this is none: standing people sway a few centimetres."""
MOST_DRIFT_M: Final = 0.10
"""Pelvis further from its planned place at the end: not where it was to be (half a foot's length)."""
_ROUNDING: Final = 1e-9


def task_done(
    planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"], movement: Movement
) -> tuple[str, bool, str]:
    """Judge the movement's own criterion over the planned stretch.

    Gait: the pelvis makes 80 % of the planned way, in its direction. Squat: each time it goes down 80 % as far as
    planned, and it comes back as far. Sit-to-stand: it rises, or sinks, 80 % of the planned height; a stretch that ends
    where it began does so each time and ends within 10 cm. Balance, other, and any of these where the stretch plans no
    such change: it ends within 10 cm of where it should.

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
    depth, back = float(height[0] - height.min()), float(height[-1] - height.min())
    if max(depth, back) < LEAST_CHANGE_M:
        return _stays(planned, executed)
    made, came = _shares(height[0] - height, done[0] - done), float(done[-1] - done.min())
    down = min(made, default=1.0) >= DONE_FRACTION - _ROUNDING
    met = down and came >= DONE_FRACTION * back - _ROUNDING
    return "depth_and_back", met, f"{_each(made, 'down')}, {came:.2f} m of {back:.2f} m up"


def _rise(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    change, done = planned[:, 1] - planned[0, 1], executed[:, 1] - executed[0, 1]
    asked, made = float(change[-1]), float(done[-1])
    if abs(asked) >= LEAST_CHANGE_M:
        name = "rises" if asked > 0 else "sits_down"
        return name, made / asked >= DONE_FRACTION, f"{made:+.2f} m of {asked:+.2f} m"
    up = float(change.max()) >= -float(change.min())
    shares = _shares(change, done) if up else _shares(-change, -done)
    if not shares:
        return _stays(planned, executed)
    met = min(shares) >= DONE_FRACTION - _ROUNDING and abs(made - asked) <= MOST_DRIFT_M
    name = "rises_and_sits" if up else "sits_and_rises"
    return name, met, f"{_each(shares, 'up' if up else 'down')}, ends {abs(made - asked):.2f} m off"


def _shares(planned: Float[np.ndarray, "steps"], executed: Float[np.ndarray, "steps"]) -> list[float]:
    """Give, for each time that a planned change goes beyond half its largest, how much of its peak is executed."""
    most = float(planned.max())
    if most < LEAST_CHANGE_M:
        return []
    runs = gap_free_runs(planned > most / 2.0)
    return [float(executed[start:stop].max() / planned[start:stop].max()) for start, stop in runs]


def _each(shares: list[float], way: str) -> str:
    return f"{len(shares)} times {way}, the least {min(shares):.0%}" if shares else f"never {way}"


def _stays(planned: Float[np.ndarray, "steps 3"], executed: Float[np.ndarray, "steps 3"]) -> tuple[str, bool, str]:
    drift = float(np.linalg.norm(executed[-1] - planned[-1]))
    return "stays", drift <= MOST_DRIFT_M, f"{drift:.3f} m from its place"
