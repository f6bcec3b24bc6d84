"""Stray Scanner's folder: `rgb.mp4`, `odometry.csv`, `camera_matrix.csv`, `imu.csv`, `depth/` and `confidence/`.

What the app writes follows its published source (github.com/strayrobots/scanner): poses of the camera that looks along
+Z in ARKit's world, whose Y is up; a film stamped frame number / 60, whatever the camera did, from −1/60 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.camera_rows import OPTICS, CameraRows, read_rows
from adapters.formats.imu_gravity import gravity_remark
from adapters.formats.posed_film import posed_film
from adapters.formats.raw_file import capture_errors, decode_text, read_raw
from adapters.videopose3d.recording import VideoRecording
from kinetrace.store.safe_io.text import to_number
from schemas.capture import FileRole
from schemas.errors import CaptureError

FILES: Final[Mapping[str, FileRole]] = {
    "rgb.mp4": "rgb", "odometry.csv": "odometry", "camera_matrix.csv": "camera_matrix", "imu.csv": "imu",
    "depth": "depth", "confidence": "confidence", "room.json": "room", "planes.json": "planes",
}  # fmt: skip
"""What is known in the folder; the last two may have been put there from other apps."""
_COLUMNS: Final = ("timestamp", "frame", "x", "y", "z", "qx", "qy", "qz", "qw")
_MATRIX_BYTES: Final = 4096


def is_stray_scanner(folder: Path) -> bool:
    """Say whether a folder is an export of Stray Scanner: it has a film and its odometry."""
    return (folder / "rgb.mp4").is_file() and (folder / "odometry.csv").is_file()


def read_stray_scanner(paths: Mapping[str, Path]) -> VideoRecording:
    """Read the tables of an export.

    Args:
        paths: By role, `rgb` and `odometry` among them.

    Raises:
        CaptureError: A table that cannot be read, that belongs to another film, or no intrinsics.
    """
    table = paths["odometry"]
    rows, remarks = _with_intrinsics(read_odometry(table), paths.get("camera_matrix"), table)
    told = gravity_remark(paths["imu"], rows) if "imu" in paths else ()
    folders = paths.get("depth"), paths.get("confidence")
    found = posed_film(paths["rgb"], rows, table, folders, gravity_known=True, numbered=True)
    return replace(found, assumptions=(*found.assumptions, *remarks, *told))


def read_odometry(path: Path) -> CameraRows:
    """Read `odometry.csv`; newer versions of the app have intrinsics in every row.

    Raises:
        CaptureError: A column is missing, or a row is no camera pose; the line is named.
    """
    return read_rows(path, _COLUMNS, OPTICS)


def _with_intrinsics(rows: CameraRows, matrix: Path | None, table: Path) -> tuple[CameraRows, tuple[str, ...]]:
    """Fill the rows that have no intrinsics of their own, as in older exports, with those of the last frame."""
    bare = ~np.isfinite(rows.intrinsics).all(axis=1)
    if not bare.any():
        return rows, ()
    if matrix is None:
        raise CaptureError(
            where=str(table), field="intrinsics", expected="fx, fy, cx, cy in odometry.csv, or camera_matrix.csv beside it",
            found="neither", fix="Export the recording again with all its files.",
        )  # fmt: skip
    filled = np.where(bare[:, None], read_camera_matrix(matrix), rows.intrinsics)
    return replace(rows, intrinsics=filled), (f"{int(bare.sum())} frames with the last frame's camera matrix",)


def read_camera_matrix(path: Path) -> Float[np.ndarray, "4"]:
    """Read fx, fy, cx, cy from three rows of three numbers.

    Raises:
        CaptureError: Other numbers, or the matrix column by column.
    """
    text = decode_text(path, read_raw(path, _MATRIX_BYTES))
    with capture_errors(str(path)):
        try:
            numbers = [[to_number(v.strip()) for v in line.split(",")] for line in text.splitlines() if line.strip()]
        except ValueError:
            numbers = []
    matrix = np.array(numbers) if [len(row) for row in numbers] == [3, 3, 3] else np.zeros((3, 3))
    if matrix[2, 0] > 0 and matrix[2, 1] > 0 and matrix[0, 2] == matrix[1, 2] == 0:
        raise _refusal(path, "row by row: cx and cy end the first two rows", "a matrix written column by column")
    optics = np.array([matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]])
    proper = np.allclose(matrix[2], (0, 0, 1)) and matrix[1, 0] == 0 and abs(matrix[0, 1]) < 1.0
    if not proper or not np.isfinite(optics).all() or optics.min() <= 0 or optics.max() > 1e5:
        raise _refusal(path, "fx, 0, cx; 0, fy, cy; 0, 0, 1", " ".join(text.split())[:120])
    return optics


def _refusal(path: Path, expected: str, found: str) -> CaptureError:
    fix = "Export the recording again."
    return CaptureError(where=str(path), field="camera matrix", expected=expected, found=found, fix=fix)
