"""Spatiotemporal gait metrics, peak knee flexion and margin of stability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.centre_of_mass import extrapolated
from stages.s09_task_pack.measure import Kind, Measured, single, summarise, symmetry
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.strides import Step, Stride

UP: Final = np.array([0.0, 1.0, 0.0])

SPEED = Kind("walking_speed", "m/s", "stride length / stride time, mean over strides", "trusted")
PROGRESS = Kind(
    "walking_speed",
    "m/s",
    "steady progress of the pelvis over the ground (stage 2); no whole stride was seen",
    "trusted",
)
BELT_SPEED = Kind("walking_speed", "m/s", "speed of the belt under the flat foot (treadmill)", "trusted")
CADENCE = Kind("cadence", "steps/min", "60 / step time", "not_applicable")
STRIDE_TIME = Kind("stride_time", "s", "heel strike to next heel strike of the same foot", "not_applicable")
STEP_TIME = Kind("step_time", "s", "heel strike of the other foot to heel strike of this foot", "not_applicable")
STRIDE_LENGTH = Kind("stride_length", "m", "heel to heel at successive heel strikes along the way walked", "trusted")
BELT_STRIDE_LENGTH = Kind("stride_length", "m", "belt speed x stride time (treadmill)", "trusted")
STEP_LENGTH = Kind(
    "step_length",
    "m",
    "other heel at its strike to this heel at its strike, along the way walked, plus belt travel",
    "trusted",
)
STEP_WIDTH = Kind(
    "step_width", "m", "other heel at its strike to this heel at its strike, across the way walked", "screening"
)
STANCE = Kind("stance", "% of stride", "heel strike to toe-off over stride time (Perry 1992)", "not_applicable")
SWING = Kind("swing", "% of stride", "toe-off to heel strike over stride time (Perry 1992)", "not_applicable")
SWING_TIME = Kind("swing_time", "s", "toe-off to heel strike", "not_applicable")
DOUBLE = Kind(
    "double_support", "% of stride", "both stretches with two feet down over stride time (Perry 1992)", "not_applicable"
)
KNEE = Kind("peak_knee_flexion_swing", "deg", "greatest knee flexion between toe-off and heel strike", "trusted")
MOS_AP = Kind(
    "margin_of_stability_ap",
    "m",
    "toe ahead of XCoM = CoM + v sqrt(l/g), l = CoM height, at heel strike (Hof 2008)",
    "trusted",
)
MOS_ML = Kind(
    "margin_of_stability_ml", "m", "ankle outside of XCoM = CoM + v sqrt(l/g), l = CoM height, at heel strike (Hof 2008)",
    "screening",
)  # fmt: skip

COMPARED: Final = ("step_length", "step_time", "stance", "swing_time", "peak_knee_flexion_swing")


def gait_metrics(
    record: Record, steps: Sequence[Step], strides: Sequence[Stride], min_cycles: int
) -> tuple[Measured, ...]:
    """Measure walking, side by side and together.

    Args:
        record: The recording.
        steps: Its steps; a short walk may have steps and no whole stride.
        strides: Its strides.
        min_cycles: Fewer steps or strides than this are no metric.
    """
    belt = belt_speed(record)
    by_step: list[tuple[Kind, Callable[[Step], float | None]]] = [
        (STEP_TIME, lambda s: s.duration),
        (STEP_LENGTH, lambda s: step_length(record, s, belt)),
        (SWING_TIME, lambda s: s.strike.time_s - s.off.time_s),
        (KNEE, lambda s: _peak_knee(record, s)),
        (MOS_AP, lambda s: margin_of_stability(record, s, belt, lateral=False)),
        (MOS_ML, lambda s: margin_of_stability(record, s, belt, lateral=True)),
    ]
    by_stride: list[tuple[Kind, Callable[[Stride], float | None]]] = [
        (STRIDE_TIME, lambda s: s.duration),
        (BELT_STRIDE_LENGTH if belt > 0.0 else STRIDE_LENGTH, lambda s: stride_length(record, s, belt)),
        (STANCE, lambda s: 100.0 * s.stance / s.duration),
        (SWING, lambda s: 100.0 - 100.0 * s.stance / s.duration),
    ]
    found: list[Measured] = [
        _speed(record, strides, belt, min_cycles),
        summarise(CADENCE, "none", [60.0 / s.duration for s in steps], min_cycles),
        summarise(DOUBLE, "none", [100.0 * s.double_support / s.duration for s in strides], min_cycles),
        summarise(STEP_WIDTH, "none", [step_width(record, s, belt) for s in steps], min_cycles),
    ]
    for side in ("left", "right"):
        my_steps, my_strides = [s for s in steps if s.side == side], [s for s in strides if s.side == side]
        found += [summarise(kind, side, [of(s) for s in my_steps], min_cycles) for kind, of in by_step]
        found += [summarise(kind, side, [measure(s) for s in my_strides], min_cycles) for kind, measure in by_stride]
    return (*found, *(symmetry(name, found, min_cycles) for name in COMPARED))


def belt_speed(record: Record) -> float:
    """Give the speed of the ground under the walker [m/s]; 0 overground."""
    return (record.state.walking_speed or 0.0) if record.state.treadmill else 0.0


def stride_length(record: Record, stride: Stride, belt: float) -> float | None:
    """Give the length of a stride [m]: the foot's own way; on a belt, the belt's way meanwhile."""
    if belt > 0.0:
        return belt * stride.duration
    heel = f"{stride.side[0]}_heel"
    start, end = record.joint(heel, stride.strike.frame), record.joint(heel, stride.end.frame)
    way = direction(record, stride.strike.frame, stride.end.frame, belt)
    return None if start is None or end is None or way is None else float((end - start) @ way)


def step_length(record: Record, step: Step, belt: float) -> float | None:
    """Give the length of a step [m]: from the other heel's place to this one's, plus what the belt took back."""
    gap, way = _heel_to_heel(record, step), _direction_of_step(record, step, belt)
    return None if gap is None or way is None else float(gap @ way) + belt * step.duration


def step_width(record: Record, step: Step, belt: float) -> float | None:
    """Give how far apart the heels strike across the way walked [m]."""
    gap, way = _heel_to_heel(record, step), _direction_of_step(record, step, belt)
    return None if gap is None or way is None else abs(float(gap @ np.cross(way, UP)))


def margin_of_stability(record: Record, step: Step, belt: float, *, lateral: bool) -> float | None:
    """Give how far the striking foot is beyond the extrapolated centre of mass [m], ahead or to its own side (Hof 2008)."""
    frame = step.strike.frame
    way, centre = _direction_of_step(record, step, belt), record.centre(frame)
    edge = record.joint(f"{step.side[0]}_{'ankle' if lateral else 'toe'}", frame)
    if way is None or centre is None or edge is None:
        return None
    place, velocity = centre
    beyond = extrapolated(place, velocity + belt * way, place[1])
    outward = np.cross(way, UP) * (1.0 if step.side == "right" else -1.0)
    return float((edge - beyond) @ (outward if lateral else way))


def direction(record: Record, first: int, last: int, belt: float) -> Float[np.ndarray, "3"] | None:
    """Give the way walked as a horizontal unit vector: the pelvis's between two frames; X, the aligned forward, on a belt."""
    if belt > 0.0:
        return np.array([1.0, 0.0, 0.0])
    start, end = record.joint("pelvis", first), record.joint("pelvis", last)
    if start is None or end is None:
        return None
    way = (end - start) * np.array([1.0, 0.0, 1.0])
    size = float(np.linalg.norm(way))
    return way / size if size > 0.0 else None


def _direction_of_step(record: Record, step: Step, belt: float) -> Float[np.ndarray, "3"] | None:
    """Look at a stride's time around the step, over which the pelvis's sway from side to side cancels."""
    half = (step.strike.frame - step.other_strike.frame) // 2
    first, last = max(step.other_strike.frame - half, 0), min(step.strike.frame + half, len(record.time) - 1)
    return direction(record, first, last, belt)


def _speed(record: Record, strides: Sequence[Stride], belt: float, min_cycles: int) -> Measured:
    if belt > 0.0:
        return single(BELT_SPEED, "none", belt, 1)
    if not strides and record.state.walking_speed is not None:
        return single(PROGRESS, "none", record.state.walking_speed, 1)
    lengths = [(stride_length(record, s, belt), s.duration) for s in strides]
    return summarise(SPEED, "none", [None if a is None else a / t for a, t in lengths], min_cycles)


def _heel_to_heel(record: Record, step: Step) -> Float[np.ndarray, "3"] | None:
    other = record.joint(f"{step.other_strike.side[0]}_heel", step.other_strike.frame)
    mine = record.joint(f"{step.side[0]}_heel", step.strike.frame)
    return None if other is None or mine is None else mine - other


def _peak_knee(record: Record, step: Step) -> float | None:
    knee = record.angle(f"knee_{step.side[0]}", step.off.frame, step.strike.frame)
    return None if knee is None else float(knee.max())
