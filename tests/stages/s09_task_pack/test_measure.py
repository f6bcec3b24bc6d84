"""Summaries and the symmetry index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.task_pack import Metric
from stages.s09_task_pack.measure import Kind, single, summarise, symmetry, symmetry_index

KIND = Kind("thing", "m", "by hand", "trusted")


def test_mean_and_sample_deviation_by_hand() -> None:
    metric = summarise(KIND, "left", [1.0, None, 3.0], 1)
    assert isinstance(metric, Metric)
    assert (metric.value, metric.n, metric.sd) == (2.0, 2, pytest.approx(2**0.5))


def test_one_value_has_no_deviation() -> None:
    metric = summarise(KIND, "none", [1.5], 1)
    assert isinstance(metric, Metric)
    assert metric.sd is None


def test_nothing_known_is_said_with_numbers() -> None:
    assert summarise(KIND, "right", [None, None], 1) == "thing (right): 0 of 2 cycles show it, 1 needed"


@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_the_symmetry_index_changes_sign_with_the_sides(left: float, right: float) -> None:
    assert symmetry_index(left, right) == pytest.approx(-symmetry_index(right, left))
    assert abs(symmetry_index(left, right)) <= 200.0


def test_a_tenth_longer_on_the_right_is_nine_and_a_half_percent() -> None:
    assert symmetry_index(1.0, 1.1) == pytest.approx(100 * 0.1 / 1.05)
    pair = [single(KIND, "left", 1.0, 4), single(KIND, "right", 1.1, 3)]
    found = symmetry("thing", pair, 1)
    assert isinstance(found, Metric)
    assert (found.value, found.n, found.plane_trust) == (pytest.approx(100 * 0.1 / 1.05), 3, "trusted")


def test_quantities_of_opposite_sign_have_no_symmetry_index() -> None:
    with pytest.raises(ValueError, match="symmetry index needs two quantities of one sign, got -1 and 1"):
        symmetry_index(-1.0, 1.0)
    pair = [single(KIND, "left", -1.0, 4), single(KIND, "right", 1.0, 3)]
    assert symmetry("thing", pair, 1) == "thing_symmetry_index: has no meaning for -1 and 1 m"
