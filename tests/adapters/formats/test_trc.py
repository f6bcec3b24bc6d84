from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adapters.formats.trc import parse_trc, read_trc
from schemas.errors import CaptureError

TWO = (
    "PathFileType  4\t(X/Y/Z) x\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
    "  100.0\t\t  100.0\t\t 2\t\t 2\t\t mm\t 100.0\t 1\t 2\n"
    "Frame#\tTime\ta:M1\t\t\tM2\t\t\t\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n"
    "\n"
    "1\t5.00\t1\t2\t3\t4\t5\t6\t\n"
    "2\t5.01\t\t\t\tnan\t8\t9\t\n"
)


def test_a_padded_header_a_prefix_a_late_start_and_empty_cells_are_read() -> None:
    found = parse_trc(TWO, "x")
    assert found.names == ("a:M1", "M2")
    assert found.units == "mm" and found.rate_hz == 100.0
    np.testing.assert_array_equal(found.time, [5.0, 5.01])
    np.testing.assert_array_equal(found.positions[0], [[1, 2, 3], [4, 5, 6]])
    assert np.isnan(found.positions[1]).all()  # half a point is no point


@settings(max_examples=30, deadline=None)
@given(
    arrays(
        np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5), st.just(3)),
        elements=st.one_of(st.floats(-9e3, 9e3).map(lambda v: round(v, 6)), st.just(np.nan)),
    )
)  # fmt: skip
def test_what_is_written_is_read_back(values: np.ndarray) -> None:
    names = [f"m{i}" for i in range(values.shape[1])]
    header = f"{60}\t{60}\t{len(values)}\t{len(names)}\tm\t60\t1\t{len(values)}"
    rows = []
    for i, row in enumerate(values.reshape(len(values), -1)):
        rows.append("\t".join([str(i), f"{i / 60:.6f}", *("" if np.isnan(v) else repr(float(v)) for v in row)]))
    lines = TWO.split("\n")
    text = "\r\n".join([*lines[:2], header, "Frame#\tTime\t" + "\t\t\t".join(names), lines[4], *rows, ""])
    found = parse_trc(text, "x")
    values[~np.isfinite(values).all(axis=2)] = np.nan
    np.testing.assert_array_equal(found.positions, values)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t\t 2\t\t 2", "\t\t 1000000000\t\t 2", "no more frames than the file can hold"),
        ("\t\t 2\t\t 2", "\t\t 3\t\t 2", "expected 3 rows, found 2 rows.*cut short"),
        ("\t\t 2\t\t 2", "\t\t 2\t\t 3", "NumMarkers: expected 3 labels, found 2"),
        ("\t\t 2\t\t 2", "\t\t -2\t\t 2", "NumFrames: expected a whole number"),
        ("2\t5.01", "2\t4.99", "a later time than the row before, found 4.99 s after 5 s"),
        ("2\t5.01", "2\t5.00", "a later time"),
        ("\t4\t5\t6", "\tinf\t5\t6", "line 7, column 6: expected a finite number"),
        ("\t4\t5\t6", "\tfoo\t5\t6", "line 7, column 6: expected a number, found 'foo'"),
        ("\t4\t5\t6\t", "\t4\t5\t6\t7", "line 7: expected 8 columns"),
        ("\tnan\t8\t9\t", "\tnan", "last row was cut short"),
        ("M2", "a:M1", "each label once, found 'a:M1' twice"),
        ("PathFileType", "Coordinates", "line 1: expected 'PathFileType"),
        ("  100.0\t\t", "  -100.0\t\t", "DataRate: expected a rate above 0 Hz"),
    ],
)
def test_a_damaged_file_is_refused_and_the_place_named(old: str, new: str, message: str) -> None:
    assert old in TWO
    with pytest.raises(CaptureError, match=message):
        parse_trc(TWO.replace(old, new, 1), "x")


def test_a_header_without_a_unit_leaves_the_unit_unknown() -> None:
    assert parse_trc(TWO.replace("\t\t mm\t", "\t\t"), "x").units is None


def test_a_link_an_empty_file_and_nothing_at_all_are_refused(tmp_path: object, trc: Callable[..., str]) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "empty.trc").touch()
    (folder / "link.trc").symlink_to(folder / "empty.trc")
    for name, message in (
        ("empty.trc", "0 bytes"),
        ("link.trc", "a symbolic link"),
        ("no.trc", "nothing"),
        ("", "a folder"),
    ):
        with pytest.raises(CaptureError, match=message):
            read_trc(folder / name)
