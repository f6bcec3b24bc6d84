from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.formats.marker_csv import read_marker_csv
from adapters.formats.mediapipe_landmarks import LANDMARKS
from benchmarks.made_exports import csv_bytes, mediapipe_csv
from kinetrace.motion.skeletons import INDEX
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError


def _read(folder: Path, text: str | bytes, **mapping: Any) -> Any:
    path = folder / "points.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_marker_csv(path, MarkerMapping(**mapping) if mapping else None)


GOOD = "time,RHip_x,RHip_y,RHip_z,LHip.X,LHip.Y,LHip.Z,note\n0,1,2,3,4,5,6,a\n0.02,1.5,2,3,,5,6,b\n"


def test_points_are_found_by_their_columns_and_an_empty_cell_is_missing(tmp_path: Path) -> None:
    file = _read(tmp_path, GOOD)
    assert file.names == ("RHip", "LHip") and file.units is None and file.up is None
    np.testing.assert_allclose(file.positions[:, 0], [[1.0, 2.0, 3.0], [1.5, 2.0, 3.0]])
    assert np.isnan(file.positions[1, 1]).all() and np.isfinite(file.positions[0, 1]).all()
    np.testing.assert_allclose(file.time, [0.0, 0.02])


def test_a_mapping_names_columns_time_and_its_unit(tmp_path: Path) -> None:
    text = "stamp,a,b,c\n0,1,2,3\n20,1,2,4\n"
    file = _read(tmp_path, text, columns={"RHip": ("a", "b", "c")}, time="stamp", time_unit="ms")
    assert file.names == ("RHip",)
    np.testing.assert_allclose(file.time, [0.0, 0.02])
    np.testing.assert_allclose(file.positions[1, 0], [1.0, 2.0, 4.0])


def test_without_times_the_declared_rate_is_used(tmp_path: Path) -> None:
    text = GOOD.replace("time,", "frame,")
    np.testing.assert_allclose(_read(tmp_path, text, fps=50.0).time, [0.0, 0.02])
    with pytest.raises(CaptureError, match="--fps"):
        _read(tmp_path, text)


def test_mediapipe_is_known_by_name_and_by_number(tmp_path: Path, walk: np.ndarray) -> None:
    file = _read(tmp_path, mediapipe_csv(walk[:5]))
    middle = (walk[:5, INDEX["l_hip"]] + walk[:5, INDEX["r_hip"]]) / 2
    ankle = walk[:5, INDEX["l_ankle"]] - middle
    np.testing.assert_allclose(file.positions[:, LANDMARKS.index("left_ankle")], ankle, atol=1e-6)
    header = ["t", *(f"{axis}{i}" for i in range(33) for axis in "xyzv")]
    rows = [[0.1 * i, *([0.0, 0.0, 0.0, 0.2] * 33)] for i in range(3)]
    counted = _read(tmp_path, csv_bytes(header, rows))
    assert counted.names == LANDMARKS and counted.doubtful.all()


def test_landmarks_of_the_image_are_no_metres(tmp_path: Path) -> None:
    header = ["t", *(f"{name}_{axis}" for name in LANDMARKS for axis in "xyz")]
    with pytest.raises(CaptureError, match=r"world landmarks.*landmarks of the image"):
        _read(tmp_path, csv_bytes(header, [[0.1 * i, *([0.5] * 99)] for i in range(3)]))


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        ("a,b,c\n1,2,3\n", {}, "three columns a point, found a, b, c.*NAME_x"),
        ("a_x\n1\n", {}, "3 to 6002 columns"),
        (GOOD.replace("time", "time "), {}, "without blanks"),
        (GOOD.replace("2,3,4", "x,3,4"), {}, "line 2: expected .* numbers"),
        (GOOD.replace("2,3,4", "inf,3,4"), {}, "finite numbers"),
        (GOOD.replace("2,3,4", "1e12,3,4"), {}, "below 1e"),
        (GOOD.replace("\n0.02", "\n0"), {}, "a later time than the frame before"),
        (GOOD.partition("\n")[0], {}, "at least 2 frames"),
        (GOOD, {"columns": {"A": ("q", "RHip_y", "RHip_z")}}, "mapping.columns: .*no q among"),
        (GOOD, {"time": "clock"}, "mapping.time: expected a column 'clock'"),
        (GOOD.replace("LHip.X", "RHip_x"), {}, "line 1: expected .*"),
        (b"\x00\x01", {}, "a text file"),
    ],
)
def test_what_is_no_table_of_points_is_refused(tmp_path: Path, text: str | bytes, mapping: Any, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        _read(tmp_path, text, **mapping)


def test_a_clock_may_count_from_1970_in_milliseconds_and_a_place_may_not_be_that_far(tmp_path: Path) -> None:
    text = "time_ms,RHip_x,RHip_y,RHip_z\n1700000000000,1,2,3\n1700000000020,1,2,3\n"
    np.testing.assert_allclose(np.diff(_read(tmp_path, text).time), [0.02], atol=1e-6)
    with pytest.raises(CaptureError, match=r"time: expected below 1e\+13"):
        _read(tmp_path, text.replace("17000000", "170000000"))
    with pytest.raises(CaptureError, match=r"numbers: expected below 1e\+09"):
        _read(tmp_path, text.replace(",3", ",3000000000"))
