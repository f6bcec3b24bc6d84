"""Balance metrics: the prediction ellipse by hand and by chance, and short trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.task_pack import Metric
from stages.s09_task_pack.balance import balance_metrics, prediction_ellipse, prediction_factor, trial
from stages.s09_task_pack.record import Record

Maker = Callable[..., Record]


def test_the_factor_at_three_hundred_points_is_the_published_one() -> None:
    assert prediction_factor(300) == pytest.approx(6.093, abs=5e-4)


def test_four_points_of_a_cross_by_hand() -> None:
    points = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -2.0]])
    assert prediction_ellipse(points) == pytest.approx(np.pi * np.sqrt(2 / 3 * 8 / 3) * 2 * 15 / (4 * 2) * 19.0)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(-3.0, 3.0))
def test_the_area_does_not_change_with_direction_or_place(seed: int, turn: float) -> None:
    points = np.random.default_rng(seed).normal(size=(50, 2)) * [3.0, 1.0]
    cos, sin = np.cos(turn), np.sin(turn)
    moved = points @ np.array([[cos, -sin], [sin, cos]]) + [5.0, -7.0]
    assert prediction_ellipse(moved) == pytest.approx(prediction_ellipse(points))


def test_about_nineteen_of_twenty_new_points_fall_inside() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        points = rng.normal(size=(12, 2))
        new = rng.normal(size=2) - points.mean(axis=0)
        inside += bool(new @ np.linalg.inv(np.cov(points, rowvar=False)) @ new < prediction_factor(12))
    assert inside / 2000 == pytest.approx(0.95, abs=0.015)


def test_too_few_points_span_no_ellipse() -> None:
    with pytest.raises(ValueError, match="at least 3 points, got 2"):
        prediction_factor(2)


def test_simulated_sway_is_measured_as_it_was_made(made: Maker) -> None:
    record = made("balance", 30.0)
    metrics = {m.name: m for m in balance_metrics(record) if isinstance(m, Metric)}
    assert metrics["com_rms_ap"].value == pytest.approx(1000 * record.com[:, 0].std())
    assert 2.0 < metrics["com_rms_ap"].value < 7.0
    assert metrics["trial_time"].value == pytest.approx(30.0 - 1 / 60)
    assert metrics["com_mean_speed"].value == pytest.approx(
        1000 * metrics["com_path"].value / metrics["trial_time"].value
    )


def test_the_longest_known_stretch_is_the_trial_and_a_short_one_is_none(made: Maker) -> None:
    record = made("balance", 12.0)
    seen = record.com_seen.copy()
    seen[100:119] = False
    assert trial(replace(record, com_seen=seen)) == (119, 720)
    for first in range(150, 720, 200):
        seen[first : first + 19] = False
    (why,) = balance_metrics(replace(record, com_seen=seen))
    assert why == "com metrics: 3.0 s with a known centre of mass, 5 s needed"


def test_gaps_of_three_tenths_of_a_second_are_bridged_and_counted_in_the_method(made: Maker) -> None:
    record = made("balance", 12.0)
    whole = {m.name: m.value for m in balance_metrics(record) if isinstance(m, Metric)}
    seen, com = record.com_seen.copy(), record.com.copy()
    for first in (0, 100, 300, 500):
        seen[first : first + 18] = False
    com[~seen] = 0.0
    holed = replace(record, com_seen=seen, com=com)
    assert trial(holed) == (18, 720)
    found = [m for m in balance_metrics(holed) if isinstance(m, Metric)]
    assert len(found) == len(whole) == 6
    for metric in found:
        assert metric.value == pytest.approx(whole[metric.name], rel=0.1)
        assert metric.n == 702
        assert metric.method.endswith("; 54 of 702 frames interpolated linearly, over gaps of at most 0.3 s")


def test_a_bridged_gap_is_a_straight_line_by_hand(made: Maker) -> None:
    record = made("balance", 12.0)
    steps = np.zeros((720, 3))
    steps[:, 0] = np.arange(720) % 2
    seen = record.com_seen.copy()
    seen[100:109] = False
    found = balance_metrics(replace(record, com=steps, com_seen=seen))
    path = next(m for m in found if isinstance(m, Metric) and m.name == "com_path")
    assert path.value == pytest.approx(719 - 10)  # frames 99 to 109 lie on the same side
