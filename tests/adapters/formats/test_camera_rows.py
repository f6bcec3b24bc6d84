from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.formats.camera_rows import OPTICS, read_camera_csv, read_rows
from schemas.errors import CaptureError

HEADER = "t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw\n"
ROW = "0.5, 3, 600, 610, 320, 240, 1, 2, 3, 0, 0, 0, 1\n"
STRAY = ("timestamp", "frame", "x", "y", "z", "qx", "qy", "qz", "qw")


def _file(folder: Path, text: str) -> Path:
    path = folder / "camera.csv"
    path.write_text(text)
    return path


def test_arkits_camera_is_turned_to_look_along_its_z(tmp_path: Path) -> None:
    rows = read_camera_csv(_file(tmp_path, HEADER + ROW))
    assert rows.time.tolist() == [0.5] and rows.frame.tolist() == [3]
    assert rows.intrinsics.tolist() == [[600.0, 610.0, 320.0, 240.0]]
    expected = np.array([[1, 0, 0, 1], [0, -1, 0, 2], [0, 0, -1, 3], [0, 0, 0, 1]])
    np.testing.assert_array_equal(rows.world_from_camera[0], expected)


def test_intrinsics_may_be_missing_where_the_table_allows_it(tmp_path: Path) -> None:
    text = ", ".join(STRAY) + ", fx, fy, cx, cy, distortion_center_x\n"
    text += "1, 0, 0, 0, 0, 0, 0, 0, 1, 600, 610, 320, 240,\n1.1, 1, 0, 0, 0, 0, 0, 0, 1, , , , ,\n"
    rows = read_rows(_file(tmp_path, text), STRAY, OPTICS)
    np.testing.assert_array_equal(rows.intrinsics, [[600.0, 610.0, 320.0, 240.0], [np.nan] * 4])
    old = read_rows(_file(tmp_path, text.replace("fx, fy, cx, cy, distortion_center_x", "")), STRAY, OPTICS)
    assert np.isnan(old.intrinsics).all()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace("0, 0, 0, 1\n", "0, 0, 0, 2\n"), "2: row: expected a camera pose"),
        (ROW.replace("600", "0"), "expected a camera pose"),
        (ROW.replace("1, 2, 3", "1, 2e9, 3"), "expected a camera pose"),
        (ROW.replace("1, 2, 3", "1, 1400, 3"), "the place is in metres"),
        (ROW.replace("600", "nan"), "finite numbers"),
        (ROW.replace("600", ""), "13 numbers"),
        (ROW.replace(" 3, 600", " -1, 600"), "the number of a frame"),
        (ROW + ROW, "3: time: expected more than in the row before"),
        (ROW + ROW.replace("0.5", "0.6"), "3: frame: expected more than in the row before"),
        ("", "a row for each frame, found a header alone"),
    ],
)
def test_a_row_that_is_no_pose_is_refused_by_its_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_camera_csv(_file(tmp_path, HEADER + row))


def test_a_table_without_intrinsics_says_what_to_add(tmp_path: Path) -> None:
    text = HEADER.replace("fx, fy, cx, cy, ", "") + "0.5, 3, 1, 2, 3, 0, 0, 0, 1\n"
    with pytest.raises(CaptureError, match=r"Add fx, fy, cx, cy of each frame, in pixels of the film"):
        read_camera_csv(_file(tmp_path, text))
    with pytest.raises(CaptureError, match=r"Add the columns qw\."):
        read_camera_csv(_file(tmp_path, HEADER.replace(", qw", "")))


def test_an_unsteady_hand_in_millimetres_is_faster_than_any_camera(tmp_path: Path) -> None:
    def table(unit: float) -> str:
        sway = [unit * 0.0008 * np.sin(0.7 * i) for i in range(20)]
        return HEADER + "".join(
            f"{i / 30}, {i}, 600, 610, 320, 240, {x}, 0, 0, 0, 0, 0, 1\n" for i, x in enumerate(sway)
        )

    assert len(read_camera_csv(_file(tmp_path, table(1.0))).time) == 20
    with pytest.raises(CaptureError, match=r"slower than 10 m/s.*in half of the steps.*Places are in metres"):
        read_camera_csv(_file(tmp_path, table(1000.0)))
