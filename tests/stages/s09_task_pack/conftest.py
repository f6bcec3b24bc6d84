"""Records built from the simulator's exact truth, without any other stage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinetrace.motion.centre_of_mass import centre_of_mass
from kinetrace.simulation.simulate import simulate
from kinetrace.simulation.truth import Truth, sagittal_angles
from schemas.base import Movement
from schemas.physical_state import FilterRun, GaitEvent, PhysicalState, Repetition, Subject
from stages.s09_task_pack.record import Record

Maker = Callable[..., Record]


def state_of(truth: Truth) -> PhysicalState:
    def frame(time: float) -> int:
        return min(round(time * truth.fps), len(truth.time) - 1)

    events = tuple(GaitEvent(kind=e.kind, side=e.side, time_s=e.time_s, frame=frame(e.time_s)) for e in truth.events)
    high = truth.positions[:, 0, 1]
    reps = []
    for start, turn, end in truth.repetitions:
        span = high[frame(turn) : frame(end)]
        top = frame(turn) + int(np.argmax(span > span.max() - 1e-4)) if truth.movement == "sit_to_stand" else None
        reps.append(
            Repetition(start_frame=frame(start), turn_frame=frame(turn), end_frame=frame(end), upright_frame=top)
        )
    return PhysicalState(
        movement=truth.movement, movement_source="declared", movement_confidence=1.0, fps=truth.fps,
        subject=Subject(
            id="made", stature_m=truth.person.height_m, stature_source="declared", mass_kg=70.0, sex="m", segment_lengths_m={}
        ),
        ankle_zero_source="none", phase_names=("a",),
        filter=FilterRun(
            kind="none", cutoff_hz=6.0, design_cutoff_hz=6.0, order_total=4, gap_free_runs=1, runs_too_short=0
        ),
        contact_speed_threshold=0.5, contact_speed_source="fixed", calibration=(), walking_speed=None, treadmill=False,
        events=events, repetitions=tuple(reps),
    )  # fmt: skip


def record_of(truth: Truth) -> Record:
    valid = np.full(truth.positions.shape[:2], 2, dtype=np.uint8)
    com = centre_of_mass(truth.positions, valid, "m", truth.person.leg).position
    return Record(
        fps=truth.fps, time=truth.time, positions=truth.positions, seen=valid > 0, inferred=(),
        angles=np.degrees(sagittal_angles(truth.positions)), angles_seen=np.ones((len(valid), 7), dtype=bool), com=com,
        com_velocity=np.gradient(com, 1 / truth.fps, axis=0), com_seen=np.ones(len(valid), dtype=bool), state=state_of(truth),
    )  # fmt: skip


@pytest.fixture(scope="session")
def made() -> Maker:
    """Give a record of a simulated movement's truth."""

    def make(
        movement: Movement, seconds: float = 10.0, repetitions: int | None = None, speed: float | None = None
    ) -> Record:
        return record_of(simulate(movement, seconds, 1, repetitions=repetitions, speed=speed).truth)

    return make
