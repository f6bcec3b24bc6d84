"""Squat metrics: depth, lean, shift and the knee in the frontal plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from jaxtyping import Float

from schemas.physical_state import Repetition
from stages.s09_task_pack.measure import Kind, Measured, single, summarise, symmetry
from stages.s09_task_pack.record import Record

UP: Final = np.array([0.0, 1.0, 0.0])

COUNT = Kind(
    "repetitions", "1", "squats found by the pelvis's height and confirmed by the knees (stage 2)", "not_applicable"
)
DURATION = Kind("repetition_time", "s", "last standing frame to first standing frame", "not_applicable")
DESCENT = Kind("descent_time", "s", "last standing frame to deepest frame", "not_applicable")
ASCENT = Kind("ascent_time", "s", "deepest frame to first standing frame", "not_applicable")
DROP = Kind("pelvis_drop", "m", "pelvis height at the start less at the deepest frame", "trusted")
DEPTH = Kind("peak_knee_flexion", "deg", "greatest knee flexion in the repetition", "trusted")
LEAN = Kind(
    "peak_trunk_lean",
    "deg",
    "greatest forward lean of pelvis to shoulders from the vertical in the repetition",
    "trusted",
)
SHIFT = Kind(
    "lateral_shift", "% of stance width",
    "centre of mass from the midpoint of the ankles along the line between them, right positive, at the deepest frame",
    "screening",
)  # fmt: skip
FRONTAL = Kind(
    "frontal_plane_knee_angle", "deg",
    "frontal-plane projection of hip-knee-ankle at the deepest frame, knee inward positive (Willson and Davis 2008)",
    "screening",
)  # fmt: skip


def squat_metrics(record: Record, min_cycles: int) -> tuple[Measured, ...]:
    """Measure every repetition and summarise."""
    reps = record.state.repetitions
    if not reps:
        return ("repetitions: no squat was found, so nothing of it can be measured",)
    whole: list[tuple[Kind, Callable[[Repetition], float | None]]] = [
        (DURATION, lambda r: float(record.time[r.end_frame] - record.time[r.start_frame])),
        (DESCENT, lambda r: float(record.time[r.turn_frame] - record.time[r.start_frame])),
        (ASCENT, lambda r: float(record.time[r.end_frame] - record.time[r.turn_frame])),
        (DROP, lambda r: _drop(record, r)),
        (LEAN, lambda r: record.peak("trunk", r.start_frame, r.end_frame)),
        (SHIFT, lambda r: lateral_shift(record, r.turn_frame)),
    ]
    found: list[Measured] = [single(COUNT, "none", float(len(reps)), len(reps))]
    found += [summarise(kind, "none", [value(r) for r in reps], min_cycles) for kind, value in whole]
    for side in ("left", "right"):
        peaks = [record.peak(f"knee_{side[0]}", r.start_frame, r.end_frame) for r in reps]
        found.append(summarise(DEPTH, side, peaks, min_cycles))
        found.append(summarise(FRONTAL, side, [frontal_knee(record, side, r.turn_frame) for r in reps], min_cycles))
    return (*found, symmetry("peak_knee_flexion", found, min_cycles))


def lateral_shift(record: Record, frame: int) -> float | None:
    """Give the centre of mass's place between the ankles [% of their distance], 0 in the middle, 50 over the right one."""
    left, right, centre = record.joint("l_ankle", frame), record.joint("r_ankle", frame), record.centre(frame)
    if left is None or right is None or centre is None:
        return None
    across = (right - left) * np.array([1.0, 0.0, 1.0])
    width = float(np.linalg.norm(across))
    if width == 0.0:
        return None
    return float(100.0 * (centre[0] - 0.5 * (left + right)) @ across / width**2)


def frontal_knee(record: Record, side: str, frame: int) -> float | None:
    """Give how far the knee lies inward of the line from hip to ankle, in the plane of the hips and up [deg]."""
    hips = record.joint("l_hip", frame), record.joint("r_hip", frame)
    hip, knee, ankle = (record.joint(f"{side[0]}_{name}", frame) for name in ("hip", "knee", "ankle"))
    if hips[0] is None or hips[1] is None or hip is None or knee is None or ankle is None:
        return None
    across = (hips[1] - hips[0]) * np.array([1.0, 0.0, 1.0])
    outward = across / np.linalg.norm(across) * (1.0 if side == "right" else -1.0)

    def lean(line: Float[np.ndarray, "3"]) -> float:
        return float(np.arctan2(line @ outward, -line @ UP))

    return float(np.degrees(lean(ankle - knee) - lean(knee - hip)))


def _drop(record: Record, rep: Repetition) -> float | None:
    start, turn = record.joint("pelvis", rep.start_frame), record.joint("pelvis", rep.turn_frame)
    return None if start is None or turn is None else float(start[1] - turn[1])
