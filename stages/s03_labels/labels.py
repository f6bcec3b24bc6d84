"""Joining what a person saw with what the state shows."""

from __future__ import annotations

from typing import Final

from kinetrace.motion.phases import phase_intervals
from kinetrace.motion.skeletons import NEEDED, joint_index
from schemas.base import Movement, Side
from schemas.capture import Assessment
from schemas.errors import CaptureError
from schemas.labels import Label, Labels, LabelsParams
from schemas.motion import Validity
from schemas.physical_state import PhaseInterval, PhysicalState, PhysicalStateArrays
from stages.s03_labels.assessed import assessed_labels
from stages.s03_labels.observed import observed_failures

SHOULDERS: Final = ("l_shoulder", "r_shoulder")
DECIDING: Final[dict[Movement, tuple[str, ...]]] = {
    "squat": NEEDED,
    "sit_to_stand": (*NEEDED, *SHOULDERS),
    "balance": (*NEEDED, *SHOULDERS),
    "other": (*NEEDED, *SHOULDERS),
}
"""The joints that decide a phase: the pelvis's height and the knees' flexion; for a rise also the trunk's lean; for
stillness the centre of mass, which legs and trunk carry. In gait it is the foot's own heel and toe."""


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
    """Give stage 2's phases as labels; `unknown` has confidence 0.

    The confidence of any other is the measured share of the joints that decide it (`measured_share`) times the
    movement's confidence, which decided its name.
    """
    fps = document.fps
    least = max(1, round(params.min_interval_s * fps))
    return tuple(
        Label(
            label=p.label, kind="phase", side=p.side, start_s=p.start_frame / fps, end_s=p.end_frame / fps,
            start_frame=p.start_frame, end_frame=p.end_frame, source="state",
            confidence=0.0
            if p.label == "unknown"
            else measured_share(arrays, document.movement, p) * document.movement_confidence,
        )
        for p in phase_intervals(arrays.phases, document.phase_names, least)
    )  # fmt: skip


def measured_share(arrays: PhysicalStateArrays, movement: Movement, phase: PhaseInterval) -> float:
    """Give how much of what decides a phase was measured: 1 measured, 0.5 inferred, 0 missing; mean over joints and frames.

    Args:
        arrays: Stage 2's arrays, for the validity of each joint.
        movement: Says which joints decide.
        phase: The interval, and in gait the foot.
    """
    joints = soles(phase.side) if movement == "gait" else DECIDING[movement]
    validity = arrays.validity[phase.start_frame : phase.end_frame, joint_index(*joints)]
    return float(validity.mean()) / int(Validity.MEASURED)


def soles(side: Side) -> tuple[str, ...]:
    """Name heel and toe of one foot, or of both."""
    feet = (side[0],) if side in ("left", "right") else ("l", "r")
    return tuple(f"{foot}_{point}" for foot in feet for point in ("heel", "toe"))


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
