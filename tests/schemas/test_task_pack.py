from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.task_pack import Metric, Metrics, Pointer, TaskPackParams


@given(value=st.floats(-1e6, 1e6), n=st.integers(1, 100), sd=st.floats(0.0, 1e6) | st.none())
def test_a_metric_survives_json(value: float, n: int, sd: float | None) -> None:
    metric = Metric(
        name="stride_time",
        side="left",
        value=value,
        units="s",
        n=n,
        sd=sd,
        method="heel strikes",
        plane_trust="trusted",
    )
    metrics = Metrics(movement="gait", simulated=True, metrics=(metric,), left_out=())
    assert Metrics.model_validate_json(metrics.model_dump_json(), strict=True) == metrics


def test_every_table_of_metrics_says_what_it_is_not() -> None:
    assert Metrics(movement="gait", simulated=False, metrics=(), left_out=()).disclaimer.startswith(
        "Not a medical device."
    )


def test_a_metric_that_is_not_finite_or_of_unknown_trust_is_refused() -> None:
    good = {"name": "a", "side": "none", "value": 1.0, "units": "s", "n": 1, "sd": None, "method": "m",
            "plane_trust": "trusted"}  # fmt: skip
    Metric.model_validate(good)
    for field, value in (("value", float("nan")), ("plane_trust", "blind")):
        with pytest.raises(ValidationError, match=field):
            Metric.model_validate({**good, field: value})


def test_a_pointer_carries_a_whole_digest() -> None:
    with pytest.raises(ValidationError, match="sha256"):
        Pointer(stage="s04_sim_replay", path="replay.h5", sha256="abc")


def test_a_curve_has_at_least_eleven_points() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 11"):
        TaskPackParams(curve_points=10)
