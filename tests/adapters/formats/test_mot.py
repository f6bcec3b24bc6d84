from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.formats.mot import read_mot
from schemas.errors import CaptureError

TEXT = "Coordinates\nversion=1\nnRows=2\nnColumns=3\ninDegrees=yes\n\nendheader\ntime\tknee\thip\n0\t10\t1e-3\n0.5\t20\tnan\n"


def _write(folder: Path, text: str) -> Path:
    path = folder / "a.mot"
    path.write_text(text)
    return path


def test_columns_time_and_degrees_are_read(tmp_path: Path) -> None:
    table = read_mot(_write(tmp_path, TEXT))
    assert table.names == ("knee", "hip") and table.in_degrees
    np.testing.assert_array_equal(table.time, [0.0, 0.5])
    np.testing.assert_array_equal(table.column("knee"), [10.0, 20.0])
    assert np.isnan(table.column("hip")[1])
    with pytest.raises(CaptureError, match=r"expected a column of the table, found knee, hip"):
        table.column("ankle")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("endheader\n", "", "a line 'endheader'"),
        ("nRows=2", "nRows=3", "expected 3 rows, found 2"),
        ("0.5\t20", "0.5\tx", "line 10: expected numbers"),
        ("0.5\t20\tnan", "0.5\t20", "line 10: expected 3 values, found 2"),
        ("0.5\t", "0\t", "increasing times"),
        ("time", "frame", "'time' first"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_mot(_write(tmp_path, TEXT.replace(old, new, 1)))


def test_opencap_inverse_kinematics_are_read(recordings: Path) -> None:
    table = read_mot(recordings / "opencap_s4" / "walking1_ik.mot")
    assert not table.in_degrees and len(table.time) == 131
    assert 0.9 < table.column("knee_angle_r").max() < 1.4
