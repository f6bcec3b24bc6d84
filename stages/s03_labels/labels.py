"""Joining what a person saw with what the state shows."""

from __future__ import annotations

from kinetrace.motion.phases import phase_intervals
from schemas.capture import Assessment
from schemas.errors import CaptureError
from schemas.labels import Label, Labels, LabelsParams
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from stages.s03_labels.assessed import assessed_labels
from stages.s03_labels.observed import observed_failures


def all_labels(
    arrays: PhysicalStateArrays, document: PhysicalState, assessment: Assessment | None, params: LabelsParams
) -> Labels:
    """Give every phase and failure of a recording as intervals, by start, with source and confidence.

    Args:
        arrays: Stage 2's arrays.
        document: Stage 2's document.
        assessment: What a person recorded, if anyone did.
        params: When the state itself shows a failure.
    """
    frames = len(arrays.time)
    labels = (
        *assessed_labels(assessment, frames, document.fps),
        *state_phases(arrays, document, params),
        *observed_failures(arrays, document, params),
    )
    return Labels(
        movement=document.movement,
        assessment_type=None if assessment is None else assessment.assessment_type,
        scores={} if assessment is None else scores(assessment),
        labels=tuple(sorted(labels, key=lambda x: (x.start_frame, x.end_frame, x.kind, x.label, x.side, x.source))),
    )


def state_phases(arrays: PhysicalStateArrays, document: PhysicalState, params: LabelsParams) -> tuple[Label, ...]:
    """Give stage 2's phases as labels; the movement's confidence is theirs, for it decided their names."""
    fps = document.fps
    least = max(1, round(params.min_interval_s * fps))
    return tuple(
        Label(
            label=p.label, kind="phase", side=p.side, start_s=p.start_frame / fps, end_s=p.end_frame / fps,
            start_frame=p.start_frame, end_frame=p.end_frame, source="state",
            confidence=0.0 if p.label == "unknown" else document.movement_confidence,
        )
        for p in phase_intervals(arrays.phases, document.phase_names, least)
    )  # fmt: skip


def scores(assessment: Assessment) -> dict[str, float]:
    """Give the scores by item.

    Raises:
        CaptureError: Two items carry the same name, so one of them would be lost.
    """
    found: dict[str, float] = {}
    for k, item in enumerate(assessment.scores):
        if item.name in found:
            raise CaptureError(
                where="assessment.json", field=f"scores[{k}].name", expected="each item once",
                found=f"'{item.name}' twice", fix="Give every scored item its own name.",
            )  # fmt: skip
        found[item.name] = item.score
    return found
