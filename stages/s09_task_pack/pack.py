"""The task pack: which stretches, keyframes, outcomes, scores and files a task starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from schemas.labels import Labels
from schemas.manifest import FileRecord
from schemas.planning import Plan
from schemas.sim_execution import Outcomes
from schemas.sim_replay import Replay
from schemas.task_pack import Metric, Metrics, Pointer, Segment, TaskOutcome, TaskPack, TaskPackParams
from stages.s09_task_pack.balance import balance_metrics, trial
from stages.s09_task_pack.curves import Curve, repetition_curves, stride_curves
from stages.s09_task_pack.gait import gait_metrics
from stages.s09_task_pack.measure import Measured
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.sit_to_stand import sit_to_stand_metrics
from stages.s09_task_pack.squat import squat_metrics
from stages.s09_task_pack.strides import find_steps, find_strides
from stages.s09_task_pack.trust import graded


def measure(record: Record, simulated: bool, params: TaskPackParams) -> Metrics:
    """Measure what belongs to the movement.

    Args:
        record: The recording.
        simulated: Whether it was made, not recorded.
        params: How metrics are summarised.
    """
    movement, events = record.state.movement, record.state.events
    found: tuple[Measured, ...]
    if movement == "gait":
        found = gait_metrics(record, find_steps(events), find_strides(events), params.min_cycles)
    elif movement == "squat":
        found = squat_metrics(record, params.min_cycles)
    elif movement == "sit_to_stand":
        found = sit_to_stand_metrics(record, params.min_cycles)
    elif movement == "balance":
        found = balance_metrics(record)
    else:
        found = ("all: the movement is 'other', for which no clinical metric is defined",)
    return Metrics(
        movement=movement,
        simulated=simulated,
        metrics=tuple(graded(m, record.inferred) for m in found if isinstance(m, Metric)),
        left_out=tuple(m for m in found if isinstance(m, str)),
    )


def curves(record: Record, params: TaskPackParams) -> tuple[Curve, ...]:
    """Give the angle curves of every cycle or repetition; standing has none."""
    if record.state.movement == "gait":
        return stride_curves(record, find_strides(record.state.events), params.curve_points)
    return repetition_curves(record, params.curve_points)


def segments(record: Record, labels: Labels) -> tuple[Segment, ...]:
    """List strides, repetitions or the trial, then the failures that stage 3 marked."""
    state, time = record.state, record.time
    found = []
    if state.movement == "gait":
        found = [
            Segment(name="stride", side=s.side, start_s=s.strike.time_s, end_s=s.end.time_s)
            for s in find_strides(state.events)
        ]
    elif state.movement == "balance":
        first, stop = trial(record)
        if stop > first:
            found = [Segment(name="trial", side="none", start_s=float(time[first]), end_s=float(time[stop - 1]))]
    else:
        found = [
            Segment(name="repetition", side="none", start_s=float(time[r.start_frame]), end_s=float(time[r.end_frame]))
            for r in state.repetitions
        ]
    failures = [
        Segment(name=f"failure:{label.label}", side=label.side, start_s=label.start_s, end_s=label.end_s)
        for label in labels.labels
        if label.kind == "failure"
    ]
    return (*found, *failures)


def task_pack(
    capture: str,
    record: Record,
    simulated: bool,
    labels: Labels,
    replay: Replay,
    plan: Plan,
    anchor_time: Float[np.ndarray, "anchors"],
    outcomes: Outcomes,
    files: Mapping[str, Sequence[FileRecord]],
) -> TaskPack:
    """Put the pack together.

    Args:
        capture: Its id.
        record: The recording.
        simulated: Whether it was made.
        labels: Of stage 3.
        replay: Of stage 4, for its scores.
        plan: Of stage 7, for its keyframes.
        anchor_time: Time of the dataset's anchors, which keyframes count in [s].
        outcomes: Of stage 8.
        files: Every parent's files.
    """
    scores = {s.name: s.score for s in replay.sub_scores if s.score is not None}
    return TaskPack(
        capture=capture,
        movement=record.state.movement,
        simulated=simulated,
        fps=record.fps,
        segments=segments(record, labels),
        keyframes_s=tuple(float(anchor_time[k]) for k in plan.keyframes),
        outcomes=tuple(TaskOutcome(variant=o.variant, success=o.success, labels=o.labels) for o in outcomes.outcomes),
        feasibility={"total": replay.total_score, **replay.axis_scores, **scores},
        pointers=tuple(
            Pointer(stage=stage, path=file.path, sha256=file.sha256) for stage in sorted(files) for file in files[stage]
        ),
    )
