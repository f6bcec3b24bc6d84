"""Curves on 0 to 100 % and their table."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from schemas.physical_state import ANGLES
from schemas.task_pack import CURVE_COLUMNS
from stages.s09_task_pack.curves import Curve, encode_parquet, repetition_curves, stride_curves
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.strides import find_strides

Maker = Callable[..., Record]


def test_strides_of_one_walk_have_one_curve(made: Maker) -> None:
    record = made("gait", 8.0)
    knees = [c for c in stride_curves(record, find_strides(record.state.events), 101) if c.name == "knee"]
    assert {c.side for c in knees} == {"left", "right"}
    assert all(len(c.values) == 101 for c in knees)
    for knee in knees[1:]:
        np.testing.assert_allclose(knee.values, knees[0].values, atol=1.5)
    assert 68 < np.argmax(knees[0].values) < 80


def test_a_squat_curve_begins_and_ends_upright_with_its_depth_between(made: Maker) -> None:
    curves = repetition_curves(made("squat", 8.0, 2), 101)
    knee = next(c for c in curves if c.name == "knee" and c.side == "left")
    assert knee.values[[0, -1]] == pytest.approx([4.0, 4.0], abs=3.0)
    assert 40 < np.argmax(knee.values) < 60
    assert {(c.name, c.cycle) for c in curves if c.side == "none"} == {("trunk", 0), ("trunk", 1)}


def test_a_cycle_with_an_unknown_angle_has_no_curve(made: Maker) -> None:
    record = made("squat", 8.0, 2)
    known = record.angles_seen.copy()
    known[record.state.repetitions[0].turn_frame, ANGLES.index("knee_l")] = False
    curves = repetition_curves(replace(record, angles_seen=known), 101)
    assert [c.cycle for c in curves if c.name == "knee" and c.side == "left"] == [1]


def test_the_table_reads_back_and_its_bytes_do_not_change() -> None:
    curves = [Curve("knee", "left", 0, np.array([1.0, 2.0, 3.0])), Curve("trunk", "none", 1, np.array([4.0, 5.0]))]
    data = encode_parquet(curves)
    table = pq.read_table(io.BytesIO(data))
    assert data == encode_parquet(curves)
    assert tuple(table.column_names) == CURVE_COLUMNS
    assert table["value"].to_pylist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert table["percent"].to_pylist() == [0.0, 50.0, 100.0, 0.0, 100.0]
    assert table["cycle"].to_pylist() == [0, 0, 0, 1, 1]


def test_no_curve_is_an_empty_table() -> None:
    assert pq.read_table(io.BytesIO(encode_parquet([]))).num_rows == 0
