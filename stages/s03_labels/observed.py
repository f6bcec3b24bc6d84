"""Failures that the physical state itself shows, each with its figure."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from kinetrace.motion.filters import gap_free_runs
from kinetrace.motion.phases import phase_intervals
from kinetrace.motion.skeletons import INDEX
from schemas.base import Side
from schemas.labels import Label, LabelsParams
from schemas.physical_state import ANGLES, PhysicalState, PhysicalStateArrays

# An episode of freezing: 'brief, episodic absence or marked reduction of forward progression' (Nutt 2011); 1 s is the
# shortest that raters agree on, and a tenth of the walking speed is no progression.
FREEZE_S = 1.0
FREEZE_SHARE = 0.1


def failure(
    name: str, side: Side, start: int, stop: int, fps: float, value: float, bound: float, units: str, reason: str
) -> Label:
    """Make a failure label; confidence grows from 0.5 on the bound to 1 at half of it again on either side."""
    confidence = min(1.0, 0.5 + abs(value - bound) / bound)
    return Label(
        label=name, kind="failure", side=side, start_s=start / fps, end_s=stop / fps, start_frame=start, end_frame=stop,
        source="state", confidence=confidence, value=value, units=units, reason=reason,
    )  # fmt: skip


def observed_failures(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> tuple[Label, ...]:
    """Look for every failure that belongs to the movement, in time order."""
    found = [*trunk_lean(arrays, document, params)]
    if document.movement == "squat":
        found += squat_failures(arrays, document, params)
    if document.movement == "gait":
        found += [*gait_asymmetry(arrays, document, params), *freezing(arrays, document)]
    if document.movement == "balance":
        found += sway(arrays, document, params)
    return tuple(sorted(found, key=lambda x: (x.start_frame, x.label, x.side)))


def _angle(arrays: PhysicalStateArrays, name: str) -> tuple[Float[np.ndarray, "frames"], Bool[np.ndarray, "frames"]]:
    column = ANGLES.index(name)
    return np.degrees(arrays.angles[:, column].astype(np.float64)), arrays.angles_valid[:, column] > 0


def _peak(arrays: PhysicalStateArrays, name: str, start: int, stop: int) -> float | None:
    angle, valid = _angle(arrays, name)
    seen = angle[start:stop][valid[start:stop]]
    return float(seen.max()) if len(seen) else None


def _beyond(
    name: str, values: Float[np.ndarray, "frames"], valid: Bool[np.ndarray, "frames"], bound: float, units: str,
    reason: str, fps: float, least_s: float,
) -> list[Label]:  # fmt: skip
    """Label each stretch of at least `least_s` whose values are beyond the bound; `reason` names its {worst}."""
    found = []
    for start, stop in gap_free_runs(valid & (values > bound)):
        if stop - start >= least_s * fps:
            worst = float(values[start:stop].max())
            text = reason.format(worst=worst)
            found.append(failure(name, "none", start, stop, fps, worst, bound, units, text))
    return found


def trunk_lean(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> list[Label]:
    """Find the stretches in which the trunk leans forward beyond the bound."""
    lean, valid = _angle(arrays, "trunk")
    bound = params.trunk_lean_max_deg
    reason = f"trunk leans up to {{worst:.0f}} deg forward, more than {bound:g}"
    return _beyond("excessive_trunk_lean", lean, valid, bound, "deg", reason, document.fps, params.min_interval_s)


def squat_failures(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> list[Label]:
    """Find shallow and asymmetric repetitions by the knees' peak flexion."""
    found = []
    for k, rep in enumerate(document.repetitions):
        start, stop = rep.start_frame, rep.end_frame + 1
        left, right = (_peak(arrays, f"knee_{s}", start, stop) for s in "lr")
        deepest = max((x for x in (left, right) if x is not None), default=None)
        bound = params.squat_min_depth_deg
        if deepest is not None and deepest < bound:
            found.append(failure(
                "shallow_squat", "both", start, stop, document.fps, deepest, bound, "deg",
                f"repetition {k + 1}: knees flex {deepest:.0f} deg, less than {bound:g}",
            ))  # fmt: skip
        found += asymmetry(left, right, start, stop, document.fps, params, f"repetition {k + 1}")
    return found


def asymmetry(
    left: float | None, right: float | None, start: int, stop: int, fps: float, params: LabelsParams, where: str
) -> list[Label]:
    """Compare both knees' peak flexion, |L − R| over their mean; the label's side is the one that flexes less."""
    if left is None or right is None or left + right <= 0.0:
        return []
    index = abs(left - right) / ((left + right) / 2.0)
    if index <= params.asymmetry_max:
        return []
    side: Side = "left" if left < right else "right"
    text = f"{where}: peak knee flexion {left:.0f} deg left, {right:.0f} right"
    return [failure("asymmetry", side, start, stop, fps, index, params.asymmetry_max, "ratio", text)]


def gait_asymmetry(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> list[Label]:
    """Compare the median peak knee flexion of left and right swings over the whole walk; cut-off swings do not count."""
    frames = len(arrays.time)
    peaks: dict[str, list[float]] = {"left": [], "right": []}
    for swing in phase_intervals(arrays.phases, document.phase_names):
        whole = swing.start_frame > 0 and swing.end_frame < frames
        if swing.label == "swing" and swing.side in peaks and whole:
            peak = _peak(arrays, f"knee_{swing.side[0]}", swing.start_frame, swing.end_frame)
            peaks[swing.side] += [] if peak is None else [peak]
    left, right = (float(np.median(peaks[s])) if peaks[s] else None for s in ("left", "right"))
    return asymmetry(left, right, 0, frames, document.fps, params, "swing")


def freezing(arrays: PhysicalStateArrays, document: PhysicalState) -> list[Label]:
    """Find stops of a second or more between the first and the last gait event, walking over ground."""
    if document.treadmill or document.walking_speed is None or len(document.events) < 2:
        return []
    fps = document.fps
    pelvis = INDEX["pelvis"]
    velocity = arrays.state[:, pelvis, 3:6:2].astype(np.float64)
    size = max(1, round(FREEZE_S / 2.0 * fps))
    speed = np.linalg.norm(ndimage.uniform_filter1d(velocity, size, axis=0, mode="nearest"), axis=1)
    bound = FREEZE_SHARE * document.walking_speed
    stopped = (speed < bound) & (arrays.validity[:, pelvis] > 0)
    stopped[: document.events[0].frame] = False
    stopped[document.events[-1].frame :] = False
    return [
        failure(
            "freezing", "none", a, b, fps, float(speed[a:b].mean()), bound, "m/s",
            f"no progression for {(b - a) / fps:.1f} s between steps",
        )
        for a, b in gap_free_runs(stopped) if b - a >= FREEZE_S * fps
    ]  # fmt: skip


def sway(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> list[Label]:
    """Find the stretches in which the centre of mass is farther than the bound from its median place, horizontally."""
    valid = arrays.com_valid > 0
    place = arrays.com[:, 0:3:2].astype(np.float64)
    away = np.linalg.norm(place - np.median(place[valid], axis=0), axis=1)
    reason = "centre of mass {worst:.2f} m from its median place"
    return _beyond("excessive_sway", away, valid, params.sway_max_m, "m", reason, document.fps, params.min_interval_s)
