"""Feet that are not on the floor: on stairs, a step, a box, where nothing is known of what carries them; or held up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.contacts import DRIFT_FREE_M, SIDES, SOLE, STANDING_SPEED, StandingFoot
from kinetrace.motion.filters import gap_free_runs
from kinetrace.motion.skeletons import INDEX

MIN_REST_S: Final = 0.15
"""A foot flat and still for this long stands on something; in walking it does so for 0.2 to 0.4 s of each stance."""
MIN_STEP_M: Final = 0.08
"""Less is not a step: stairs rise by 0.12 to 0.22 m, soles and a shoe's tilt by 0.02 m."""
DRIFT_STEPS: Final = 6.0
"""So many times its slow error a source may show one floor at two heights."""
RISE_SHARE: Final = 0.5
"""Who stands on a step has the pelvis up by the step's height, at least half of it on the mean over the rest; a foot that
is merely held up leaves the pelvis where it is."""
HELD_M: Final = 0.045
"""Of two feet that stand, heel and toe of one are at most 0.036 m above the other's (71 recordings of four sources; in
laboratories 0.022): further up throughout, it does not stand."""


@dataclass(frozen=True)
class _Rest:
    """One foot, flat and still, from a frame to another; heights of the sole and of the pelvis [m]."""

    foot: int
    start: int
    stop: int
    sole: float
    pelvis: float


def off_the_floor(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    drift: float,
) -> Bool[np.ndarray, "frames 2"]:
    """Say when a foot stands on something above the lowest level on which a foot of this recording stands.

    Between two such rests less than a second apart the person is on the steps as well, and so before the first and after
    the last one where the recording begins or ends within a second without a rest on the floor. There the other foot's
    load is not known either, so both feet are marked.

    Args:
        positions: Filtered joint positions [m].
        velocity: Relative to what carries the feet [m/s].
        validity: 0 missing, 1 inferred, 2 measured.
        fps: Frame rate [Hz].
        drift: The source's own slow error (`position_drift`) [m].
    """
    out = np.zeros((len(positions), 2), dtype=bool)
    rests = [rest for foot in (0, 1) for rest in _rests(positions, velocity, validity, fps, foot)]
    if not rests:
        return out
    floor = min(rests, key=lambda rest: rest.sole)
    least = MIN_STEP_M + _drifted(drift)
    level = np.zeros(len(out), dtype=bool)
    for rest in rests:
        step = rest.sole - floor.sole
        if step > least and rest.pelvis - floor.pelvis > RISE_SHARE * step:
            out[rest.start : rest.stop, rest.foot] = True
        else:
            level[rest.start : rest.stop] = True
    climbing = np.asarray(out.any(axis=1))
    for start, stop in gap_free_runs(~climbing):
        inside = start > 0 and stop < len(out)
        if stop - start < fps and (inside or not level[start:stop].any()):
            climbing[start:stop] = True
    out[climbing] = True
    return out


def held_up(
    standing: tuple[StandingFoot, StandingFoot], alone: tuple[bool, bool], drift: float
) -> tuple[tuple[StandingFoot, StandingFoot], tuple[float, float]]:
    """Find a foot that is above the other throughout, and calibrate it on that one.

    A foot that never comes down has no standing height of its own: its lowest is where it is held. One that stands while
    the other swings has come down, if on a low step.

    Args:
        standing: Left and right as calibrated each on its own; both seen.
        alone: Which of them stands while the other swings (`stands_alone`).
        drift: The source's own slow error (`position_drift`) [m].

    Returns:
        Left and right calibration, and how far each is held above the other, 0 where it is not [m].
    """
    left, right = standing
    rises = (
        min(left.heel_height - right.heel_height, left.toe_height - right.toe_height),
        min(right.heel_height - left.heel_height, right.toe_height - left.toe_height),
    )
    least = HELD_M + _drifted(drift)
    if rises[0] > least and not alone[0]:
        return (right, right), (rises[0], 0.0)
    if rises[1] > least and not alone[1]:
        return (left, left), (0.0, rises[1])
    return standing, (0.0, 0.0)


def stands_alone(
    own: Float[np.ndarray, "frames 2"],
    other: Float[np.ndarray, "frames 2"],
    present: Bool[np.ndarray, "frames"],
    fps: float,
) -> bool:
    """Say whether a foot ever rests while the whole of the other moves: then it carries the body.

    Args:
        own: Speeds of its heel and toe against the ground [m/s].
        other: Those of the other foot [m/s].
        present: Frames with all four.
        fps: Frame rate [Hz].
    """
    alone = present & (own < STANDING_SPEED).all(axis=1) & (other > STANDING_SPEED).all(axis=1)
    return any(stop - start >= MIN_REST_S * fps for start, stop in gap_free_runs(alone))


def _drifted(drift: float) -> float:
    return DRIFT_STEPS * max(0.0, drift - DRIFT_FREE_M)


def _rests(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    foot: int,
) -> list[_Rest]:
    points, pelvis = list(SOLE[SIDES[foot]]), INDEX["pelvis"]
    seen = (validity[:, [*points, pelvis]] > 0).all(axis=1)
    still = seen & (np.linalg.norm(velocity[:, points], axis=-1) < STANDING_SPEED).all(axis=1)
    sole, height = positions[:, points, 1].mean(axis=1), positions[:, pelvis, 1]
    return [
        _Rest(foot, a, b, float(np.median(sole[a:b])), float(np.mean(height[a:b])))
        for a, b in gap_free_runs(still)
        if b - a >= MIN_REST_S * fps
    ]
