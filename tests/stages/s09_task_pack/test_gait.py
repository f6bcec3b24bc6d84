"""Gait metrics against the simulator's truth, by hand, and with what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.gait_curves import TOE_OFF
from kinetrace.simulation.gait_pelvis import FOOT_HALF_WIDTH
from kinetrace.simulation.person import make_person
from kinetrace.simulation.stride import make_stride
from schemas.physical_state import GaitEvent
from schemas.task_pack import Metric
from stages.s09_task_pack.gait import gait_metrics
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.strides import find_steps, find_strides

Maker = Callable[..., Record]


def measured(record: Record, min_cycles: int = 1) -> tuple[dict[tuple[str, str], Metric], list[str]]:
    events = record.state.events
    found = gait_metrics(record, find_steps(events), find_strides(events), min_cycles)
    return {(m.name, m.side): m for m in found if isinstance(m, Metric)}, [m for m in found if isinstance(m, str)]


@settings(max_examples=6, deadline=None)
@given(st.floats(0.9, 1.35))
def test_the_simulated_walk_is_measured_as_it_was_made(made: Maker, speed: float) -> None:
    stride = make_stride(make_person(1.75, 70.0, "m"), speed)
    metrics, left_out = measured(made("gait", 8.0, speed=speed))
    assert left_out == []
    assert metrics["walking_speed", "none"].value == pytest.approx(speed, rel=0.01)
    assert metrics["cadence", "none"].value == pytest.approx(120 / stride.duration, rel=0.01)
    assert metrics["double_support", "none"].value == pytest.approx(100 * (2 * TOE_OFF - 1), abs=0.5)
    assert metrics["step_width", "none"].value == pytest.approx(2 * FOOT_HALF_WIDTH, abs=0.01)
    for side in ("left", "right"):
        assert metrics["stride_length", side].value == pytest.approx(stride.length, rel=0.01)
        assert metrics["step_length", side].value == pytest.approx(stride.length / 2, rel=0.02)
        assert metrics["stance", side].value == pytest.approx(100 * TOE_OFF, abs=0.5)
        assert metrics["swing", side].value == pytest.approx(100 - 100 * TOE_OFF, abs=0.5)
        assert 50 < metrics["peak_knee_flexion_swing", side].value < 70
        assert metrics["margin_of_stability_ml", side].value > 0
    assert abs(metrics["step_length_symmetry_index", "none"].value) < 2.0


def test_trust_goes_by_plane(made: Maker) -> None:
    metrics, _ = measured(made("gait", 6.0))
    assert metrics["peak_knee_flexion_swing", "left"].plane_trust == "trusted"
    assert metrics["step_width", "none"].plane_trust == "screening"
    assert metrics["margin_of_stability_ml", "left"].plane_trust == "screening"
    assert metrics["cadence", "none"].plane_trust == "not_applicable"


def test_direction_of_the_walk_does_not_matter(made: Maker) -> None:
    plain = made("gait", 6.0)
    turn = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    turned = replace(
        plain, positions=plain.positions @ turn.T, com=plain.com @ turn.T, com_velocity=plain.com_velocity @ turn.T
    )
    before, after = measured(plain)[0], measured(turned)[0]
    for key, metric in before.items():
        assert after[key].value == pytest.approx(metric.value, abs=1e-9), key


def test_on_a_belt_the_stride_is_belt_speed_times_stride_time(made: Maker) -> None:
    plain = made("gait", 8.0, speed=1.2)
    back = plain.time[:, None] * np.array([1.2, 0.0, 0.0])
    belt = replace(
        plain, positions=plain.positions - back[:, None], com=plain.com - back,
        com_velocity=plain.com_velocity - [1.2, 0.0, 0.0],
        state=plain.state.model_copy(update={"treadmill": True, "walking_speed": 1.2}),
    )  # fmt: skip
    over, on = measured(plain)[0], measured(belt)[0]
    assert on["walking_speed", "none"].value == 1.2
    assert "treadmill" in on["stride_length", "left"].method
    for key in (
        ("stride_length", "left"),
        ("step_length", "right"),
        ("step_width", "none"),
        ("margin_of_stability_ap", "left"),
    ):
        assert on[key].value == pytest.approx(over[key].value, abs=0.005), key


def test_a_missing_heel_costs_the_lengths_it_is_needed_for_and_says_so(made: Maker) -> None:
    record = made("gait", 6.0)
    seen = record.seen.copy()
    seen[:, INDEX["l_heel"]] = False
    metrics, left_out = measured(replace(record, seen=seen))
    assert ("stride_length", "left") not in metrics
    assert ("stride_length", "right") in metrics
    assert any(text.startswith("stride_length (left): 0 of") for text in left_out)
    assert "step_length_symmetry_index: needs step_length on both sides" in left_out


def test_too_few_cycles_are_no_metric(made: Maker) -> None:
    metrics, left_out = measured(made("gait", 6.0), min_cycles=50)
    assert metrics == {}
    assert any("50 needed" in text for text in left_out)


def event(kind: str, side: str, time: float) -> GaitEvent:
    return GaitEvent(kind=kind, side=side, time_s=time, frame=round(time * 60))  # type: ignore[arg-type]


STRIDE = [
    event("heel_strike", "left", 0.0), event("toe_off", "right", 0.1), event("heel_strike", "right", 0.5),
    event("toe_off", "left", 0.6), event("heel_strike", "left", 1.0),
]  # fmt: skip


def test_a_stride_by_hand() -> None:
    (stride,) = find_strides(STRIDE[::-1])
    assert (stride.side, stride.duration, stride.stance) == ("left", 1.0, 0.6)
    assert stride.double_support == pytest.approx(0.2)
    steps = find_steps(STRIDE)
    assert [(s.side, s.duration) for s in steps] == [("right", 0.5), ("left", 0.5)]


@given(st.integers(1, 3))
def test_a_stride_with_a_missed_event_is_no_stride(missing: int) -> None:
    assert find_strides(STRIDE[:missing] + STRIDE[missing + 1 :]) == ()


def test_a_short_walk_without_a_stride_still_has_a_speed(made: Maker) -> None:
    record = made("gait", 6.0)
    state = record.state.model_copy(update={"events": tuple(STRIDE[1:]), "walking_speed": 1.1})
    metrics, left_out = measured(replace(record, state=state))
    assert metrics["walking_speed", "none"].value == 1.1
    assert "no whole stride" in metrics["walking_speed", "none"].method
    assert any(text.startswith("double_support: 0 of 0") for text in left_out)
