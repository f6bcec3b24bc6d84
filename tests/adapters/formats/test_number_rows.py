from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adapters.formats.number_rows import parse_rows
from schemas.errors import CaptureError


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 6)), elements=st.floats(-1e6, 1e6)))
def test_what_is_written_is_read_back(table: np.ndarray) -> None:
    text = "\r\n".join(",".join(repr(float(v)) for v in row) for row in table) + "\r\n"
    np.testing.assert_array_equal(parse_rows(text, table.shape[1], "x"), table)


def test_blank_lines_spaces_and_a_trailing_comma_do_no_harm() -> None:
    np.testing.assert_array_equal(parse_rows("1, 2,3,\n\n4,-0,6e1 \n", 3, "x"), [[1, 2, 3], [4, 0, 60]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3\n1,2\n", "x: line 2: expected 3 numbers, found 2"),
        ("1,2,3\n1,2,3,4\n", "line 2: expected 3 numbers, found 4"),
        ("1,2,3\n", "at least 2 frames, found 1"),
        ("", "at least 2 frames, found 0"),
        ("1,2,3\n1,,3\n", "line 2: expected numbers"),
        ("1,2,3\n1,a,3\n", "line 2: expected numbers.*'a'"),
        ("1,2,3\n1,nan,3\n", "row 2, column 2: expected a finite number below 1e9, found nan"),
        ("1,2,3\n1,2,-inf\n", "row 2, column 3: .*found -inf"),
        ("1,2,3\n1e9,2,3\n", "row 2, column 1: .*found 1e\\+09"),
        ("1,2,3\n1_0,2,3\n", "line 2: expected numbers"),
        ("1,2,3\n1,2,\x003\n", "zero byte"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(text: str, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        parse_rows(text, 3, "x")


def test_more_numbers_than_are_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.formats.number_rows.TABLE_CELLS", 6)
    with pytest.raises(CaptureError, match="line 3: expected at most 6 numbers"):
        parse_rows("1,2,3\n1,2,3\n1,2,3\n", 3, "x")
