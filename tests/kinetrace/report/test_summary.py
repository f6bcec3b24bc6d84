"""The closing summary's wording."""

from __future__ import annotations

from kinetrace.report.summary import _metrics
from schemas.task_pack import Metric, Metrics


def metric(name: str, value: float, unit: str, side: str = "none") -> Metric:
    return Metric.model_validate(
        {"name": name, "side": side, "value": value, "units": unit, "n": 1, "sd": None, "method": "by hand",
         "plane_trust": "trusted"},
    )  # fmt: skip


def test_a_count_has_no_unit_and_one_sided_metrics_wait_for_the_report() -> None:
    found = Metrics(
        movement="squat", simulated=False, left_out=(),
        metrics=(
            metric("repetitions", 5.0, "1"), metric("peak_knee_flexion", 92.0, "deg", "left"),
            metric("pelvis_drop", 0.29, "m"),
        ),
    )  # fmt: skip
    assert _metrics(found) == ("Metrics", "repetitions 5; pelvis drop 0.29 m")


def test_without_a_metric_the_summary_says_so() -> None:
    none = Metrics(movement="other", simulated=False, metrics=(), left_out=("all: no metric",))
    assert _metrics(none) == ("Metrics", "none could be computed")
