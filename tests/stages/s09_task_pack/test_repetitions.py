"""Squat and sit-to-stand metrics against the simulator's truth, and by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX
from schemas.physical_state import ANGLES
from schemas.task_pack import Metric
from stages.s09_task_pack.measure import Measured
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.sit_to_stand import sit_to_stand_metrics, variation
from stages.s09_task_pack.squat import frontal_knee, lateral_shift, squat_metrics

Maker = Callable[..., Record]


def by_name(found: tuple[Measured, ...]) -> dict[tuple[str, str], Metric]:
    return {(m.name, m.side): m for m in found if isinstance(m, Metric)}


def test_squats_are_as_deep_and_as_many_as_they_were_made(made: Maker) -> None:
    metrics = by_name(squat_metrics(made("squat", 14.0, 4), 1))
    assert metrics["repetitions", "none"].value == 4
    for side in ("left", "right"):
        assert metrics["peak_knee_flexion", side].value == pytest.approx(100.0, abs=0.5)
        assert metrics["peak_knee_flexion", side].sd == pytest.approx(0.0, abs=0.1)
        assert abs(metrics["frontal_plane_knee_angle", side].value) < 10
    assert 30 < metrics["peak_trunk_lean", "none"].value < 60
    assert metrics["lateral_shift", "none"].value == pytest.approx(0.0, abs=1e-6)
    assert metrics["repetition_time", "none"].value == pytest.approx(0.8 * 13 / 4, abs=0.04)
    assert metrics["peak_knee_flexion_symmetry_index", "none"].value == pytest.approx(0.0, abs=1e-6)


def test_weight_over_the_right_ankle_is_half_a_stance_width(made: Maker) -> None:
    record = made("squat", 5.0, 1)
    right = record.positions[10, INDEX["r_ankle"]]
    shifted = record.com.copy()
    shifted[10] = right + np.array([0.3, 0.9, 0.0])
    assert lateral_shift(replace(record, com=shifted), 10) == pytest.approx(50.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_knee_moved_inward_reads_positive_on_either_side(made: Maker, side: str) -> None:
    record = made("squat", 5.0, 1)
    moved = record.positions.copy()
    sign = 1.0 if side == "right" else -1.0
    hip, knee, ankle = (INDEX[f"{side[0]}_{name}"] for name in ("hip", "knee", "ankle"))
    moved[0, INDEX["l_hip"]], moved[0, INDEX["r_hip"]] = [0.0, 0.8, -0.1], [0.0, 0.8, 0.1]
    moved[0, hip], moved[0, ankle] = [0.0, 0.8, 0.1 * sign], [0.0, 0.0, 0.1 * sign]
    moved[0, knee] = [0.0, 0.4, (0.1 - 0.04) * sign]
    assert frontal_knee(replace(record, positions=moved), side, 0) == pytest.approx(2 * np.degrees(np.arctan(0.1)))


def test_no_squat_is_said(made: Maker) -> None:
    record = made("squat", 5.0, 1)
    empty = replace(record, state=record.state.model_copy(update={"repetitions": ()}))
    assert squat_metrics(empty, 1) == ("repetitions: no squat was found, so nothing of it can be measured",)
    assert sit_to_stand_metrics(empty, 1) == (
        "repetitions: no rise from a seat was found, so nothing of it can be measured",
    )


def test_five_rises_are_timed_under_both_end_rules(made: Maker) -> None:
    metrics = by_name(sit_to_stand_metrics(made("sit_to_stand", 15.0, 5), 1))
    each = 14.0 / 5
    assert metrics["five_times_time_to_stand", "none"].value == pytest.approx((4 + 0.55) * each, abs=0.15)
    assert metrics["five_times_time_to_sit", "none"].value == pytest.approx((4 + 0.97) * each, abs=0.05)
    assert metrics["trunk_flexion_at_seat_off", "none"].value == pytest.approx(42.0, abs=1.0)
    assert metrics["flexion_phase_time", "none"].value == pytest.approx(0.18 * each, abs=0.02)
    assert metrics["rise_time_variation", "none"].value < 3.0


def test_three_rises_are_no_five_times_test(made: Maker) -> None:
    found = sit_to_stand_metrics(made("sit_to_stand", 10.0, 3), 1)
    assert "five_times_time_to_stand: 3 rises found, 5 needed" in found
    assert "five_times_time_to_sit: 3 rises found, 5 needed" in found


def test_a_recording_that_ends_standing_has_only_the_first_end_rule(made: Maker) -> None:
    record = made("sit_to_stand", 15.0, 5)
    last = record.state.repetitions[-1].model_copy(update={"end_frame": len(record.time) - 1})
    state = record.state.model_copy(update={"repetitions": (*record.state.repetitions[:-1], last)})
    found = sit_to_stand_metrics(replace(record, state=state), 1)
    assert ("five_times_time_to_stand", "none") in by_name(found)
    assert "five_times_time_to_sit: the recording ends before the person sits again" in found


def test_variation_by_hand() -> None:
    metric = variation([1.0, 2.0, 3.0])
    assert isinstance(metric, Metric)
    assert metric.value == pytest.approx(50.0)
    assert variation([1.0]) == "rise_time_variation: 1 repetitions, 2 needed"


def dropped(record: Record, angle: str, first: int, stop: int) -> Record:
    seen, angles = record.angles_seen.copy(), record.angles.copy()
    seen[first:stop, ANGLES.index(angle)] = False
    angles[first:stop, ANGLES.index(angle)] = 0.0
    return replace(record, angles_seen=seen, angles=angles)


def test_a_dropout_away_from_the_peak_costs_no_repetition(made: Maker) -> None:
    squats, rises = made("squat", 14.0, 4), made("sit_to_stand", 15.0, 5)
    start = squats.state.repetitions[0].start_frame
    holed = dropped(dropped(squats, "knee_l", start + 5, start + 15), "trunk", start + 5, start + 15)
    for whole, found in zip(squat_metrics(squats, 1), squat_metrics(holed, 1), strict=True):
        assert whole == found
    first = rises.state.repetitions[0].start_frame
    holed = dropped(rises, "trunk", first + 1, first + 3)
    key = ("peak_trunk_flexion", "none")
    assert by_name(sit_to_stand_metrics(holed, 1))[key] == by_name(sit_to_stand_metrics(rises, 1))[key]


@pytest.mark.parametrize(("offset", "frames"), [(-1, 3), (-9, 1), (9, 1), (-60, 40)])
def test_a_dropout_at_the_peak_or_over_a_tenth_leaves_the_repetition_out(made: Maker, offset: int, frames: int) -> None:
    record = made("squat", 14.0, 4)
    peak = int(np.argmax(record.angles[: record.state.repetitions[0].end_frame, ANGLES.index("knee_l")]))
    holed = dropped(record, "knee_l", peak + offset, peak + offset + frames)
    metrics = by_name(squat_metrics(holed, 1))
    assert (metrics["peak_knee_flexion", "left"].n, metrics["peak_knee_flexion", "right"].n) == (3, 4)


def test_a_peak_by_hand(made: Maker) -> None:
    record = made("squat", 5.0, 1)
    ramp = 60.0 - np.abs(np.arange(len(record.time)) - 60.0)
    record = replace(record, angles=np.tile(ramp[:, None], (1, 7)))
    assert record.peak("trunk", 0, 119) == 60.0
    assert dropped(record, "trunk", 70, 82).peak("trunk", 0, 119) == 60.0
    assert dropped(record, "trunk", 70, 83).peak("trunk", 0, 119) is None
    assert dropped(record, "trunk", 69, 70).peak("trunk", 0, 119) is None
    assert dropped(record, "trunk", 60, 61).peak("trunk", 60, 60) is None
