"""The door for C3D: what is claimed is held against the file before and after ezc3d has seen it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.made_c3d import make_c3d
from kinetrace.store.safe_io.c3d import read_c3d_content
from kinetrace.store.safe_io.format_error import FormatError

POINTS = np.random.default_rng(1).normal(0.0, 500.0, (7, 3, 3)).astype(np.float32).astype(float)
NAMES = ("A", "B", "C")


def _path(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "x.c3d"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("per_frame", [0, 1, 4])
def test_numbers_come_out_as_they_were_put_in(tmp_path: Path, per_frame: int) -> None:
    analogs = np.arange(7 * per_frame * 2, dtype=float).reshape(-1, 2) if per_frame else None
    residuals = np.zeros((7, 3))
    residuals[2, 1] = -1.0
    made = make_c3d(POINTS, NAMES, analogs=analogs, residuals=residuals, first_frame=41)
    content = read_c3d_content(_path(tmp_path, made))
    seen = residuals >= 0
    assert np.array_equal(content.points[seen], POINTS[seen]) and np.array_equal(content.residuals < 0, ~seen)
    assert content.first_frame == 40 and content.parameters["POINT"]["LABELS"] == list(NAMES)
    assert content.analogs.size == 0 if analogs is None else np.array_equal(content.analogs, analogs)


def test_arrays_of_parameters_come_in_the_files_order(tmp_path: Path) -> None:
    corners = np.arange(24, dtype=np.float32).reshape(3, 4, 2)
    content = read_c3d_content(
        _path(tmp_path, make_c3d(POINTS, NAMES, groups={"FORCE_PLATFORM": {"CORNERS": corners}}))
    )
    assert content.parameters["FORCE_PLATFORM"]["CORNERS"] == list(corners.ravel(order="F"))


@pytest.mark.parametrize(
    ("data", "field", "found"),
    [
        (b"", "header", "0 bytes"),
        (b"PathFileType\t4\n" * 99, "header", "begin with"),
        (make_c3d(POINTS, NAMES)[:-512], "frames", "for 7 frames of 3 points"),
        (make_c3d(POINTS, NAMES, header={5: 65_000}), "frames", "for 65000 frames"),
        (make_c3d(POINTS, NAMES, header={4: 99}), "header", "-91 frames"),
        (make_c3d(POINTS, NAMES, header={2: 60_000}), "header", "60000 points"),
        (make_c3d(POINTS, NAMES, header={3: 9}), "header|frames|file|analogs", "."),
        (make_c3d(POINTS, NAMES, groups={"POINT": {"USED": 30_000}}), "frames", "of 30000 points"),
        (make_c3d(POINTS, NAMES, groups={"POINT": {"FRAMES": 1e9}}), "file", "FRAMES"),
        (make_c3d(POINTS, NAMES, header={9: 1}), "header", "from byte 0"),
    ],
)
def test_claims_that_the_file_cannot_hold_are_refused(tmp_path: Path, data: bytes, field: str, found: str) -> None:
    with pytest.raises(FormatError, match=found) as caught:
        read_c3d_content(_path(tmp_path, data))
    assert caught.value.field in field.split("|") and caught.value.fix


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.c3d"
    link.symlink_to(_path(tmp_path, make_c3d(POINTS, NAMES)))
    with pytest.raises(FormatError, match="symbolic link"):
        read_c3d_content(link)
