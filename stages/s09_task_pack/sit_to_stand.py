"""Sit-to-stand metrics: the five-times test under both end rules, phases and trunk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from schemas.physical_state import Repetition
from stages.s09_task_pack.measure import Kind, Measured, single, summarise
from stages.s09_task_pack.record import Record

FIVE: Final = 5

COUNT = Kind("repetitions", "1", "rises to full standing found by the pelvis's height (stage 2)", "not_applicable")
TO_STAND = Kind(
    "five_times_time_to_stand", "s", "start of the first rise to standing upright the fifth time (Guralnik 1994)",
    "not_applicable",
)  # fmt: skip
TO_SIT = Kind(
    "five_times_time_to_sit",
    "s",
    "start of the first rise to seated again after the fifth (Whitney 2005)",
    "not_applicable",
)
LEANING = Kind(
    "flexion_phase_time", "s", "start of forward lean to seat-off (Schenkman 1990, phase I)", "not_applicable"
)
RISING = Kind("rising_phase_time", "s", "seat-off to upright (Schenkman 1990, phases II and III)", "not_applicable")
RISE = Kind("rise_time", "s", "start of forward lean to upright", "not_applicable")
LOWERING = Kind("standing_and_lowering_time", "s", "upright to seated again", "not_applicable")
TRUNK_OFF = Kind(
    "trunk_flexion_at_seat_off", "deg", "forward lean of pelvis to shoulders from the vertical at seat-off", "trusted"
)
TRUNK_PEAK = Kind("peak_trunk_flexion", "deg", "greatest forward lean between start and upright", "trusted")
VARIATION = Kind(
    "rise_time_variation",
    "%",
    "100 sd / mean of rise time over repetitions (coefficient of variation)",
    "not_applicable",
)


def sit_to_stand_metrics(record: Record, min_cycles: int) -> tuple[Measured, ...]:
    """Measure every rise and summarise."""
    reps = record.state.repetitions
    if not reps:
        return ("repetitions: no rise from a seat was found, so nothing of it can be measured",)
    each: list[tuple[Kind, Callable[[Repetition], float | None]]] = [
        (LEANING, lambda r: _between(record, r.start_frame, r.turn_frame)),
        (RISING, lambda r: _between(record, r.turn_frame, r.upright_frame)),
        (RISE, lambda r: _between(record, r.start_frame, r.upright_frame)),
        (LOWERING, lambda r: _between(record, r.upright_frame, r.end_frame) if _sat_down(record, r) else None),
        (TRUNK_OFF, lambda r: _trunk(record, r.turn_frame, r.turn_frame)),
        (TRUNK_PEAK, lambda r: _trunk(record, r.start_frame, r.upright_frame)),
    ]
    found: list[Measured] = [single(COUNT, "none", float(len(reps)), len(reps)), *five_times(record, reps)]
    found += [summarise(kind, "none", [value(r) for r in reps], min_cycles) for kind, value in each]
    return (*found, variation([_between(record, r.start_frame, r.upright_frame) for r in reps]))


def five_times(record: Record, reps: Sequence[Repetition]) -> tuple[Measured, Measured]:
    """Time the first five rises, ending in standing or in sitting."""
    if len(reps) < FIVE:
        why = f"{len(reps)} rises found, {FIVE} needed"
        return f"{TO_STAND.name}: {why}", f"{TO_SIT.name}: {why}"
    first, fifth = reps[0].start_frame, reps[FIVE - 1]
    standing = _between(record, first, fifth.upright_frame)
    to_stand: Measured = f"{TO_STAND.name}: the fifth rise does not end upright"
    if standing is not None:
        to_stand = single(TO_STAND, "none", standing, FIVE)
    if not _sat_down(record, fifth):
        return to_stand, f"{TO_SIT.name}: the recording ends before the person sits again"
    return to_stand, single(TO_SIT, "none", float(record.time[fifth.end_frame] - record.time[first]), FIVE)


def variation(times: Sequence[float | None]) -> Measured:
    """Give the coefficient of variation of the repetitions' times."""
    known = [t for t in times if t is not None]
    if len(known) < 2:
        return f"{VARIATION.name}: {len(known)} repetitions, 2 needed"
    return single(VARIATION, "none", float(100.0 * np.std(known, ddof=1) / np.mean(known)), len(known))


def _sat_down(record: Record, rep: Repetition) -> bool:
    return rep.end_frame < len(record.time) - 1


def _between(record: Record, first: int | None, last: int | None) -> float | None:
    return None if first is None or last is None else float(record.time[last] - record.time[first])


def _trunk(record: Record, first: int, last: int | None) -> float | None:
    return None if last is None else record.peak("trunk", first, last)
