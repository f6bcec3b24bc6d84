"""Tables of camera poses: `camera.csv` of the open bundle and `odometry.csv` of Stray Scanner, a row a frame."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial.transform import Rotation

from adapters.formats.optics import looking_forward
from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import TABLE_TEXT_BYTES
from kinetrace.store.safe_io.csv_text import csv_numbers
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import CaptureError

OPTICS: Final = ("fx", "fy", "cx", "cy")
POSE: Final = ("x", "y", "z", "qx", "qy", "qz", "qw")
COLUMNS: Final = ("t", "frame", *OPTICS, *POSE)
MAX_FRAME: Final = 1_000_000
MAX_COORDINATE: Final = 1e5
MAX_SPEED: Final = 10.0
"""No one carries a camera faster: walking beside the person makes 1.5; in millimetres a quiet hand makes 17 and more [m/s]."""
MAX_PLACE_M: Final = 1000.0
"""ARKit's world begins where the recording does: a camera farther away was written in millimetres [m]."""
MIN_OPTICS: Final = 1e-3
QUATERNION_TOLERANCE: Final = 0.01


@dataclass(frozen=True)
class CameraRows:
    """A table of camera poses.

    Attributes:
        time: By the device's clock [s]; goes forward.
        frame: The recorder's number of the frame, which names its depth image; goes forward.
        intrinsics: fx, fy, cx, cy [px]; NaN where the row has none.
        world_from_camera: The camera looks along +Z.
    """

    time: Float[np.ndarray, "rows"]
    frame: Int[np.ndarray, "rows"]
    intrinsics: Float[np.ndarray, "rows 4"]
    world_from_camera: Float[np.ndarray, "rows 4 4"]


def read_camera_csv(path: Path) -> CameraRows:
    """Read `camera.csv`: the pose is ARKit's, whose camera looks along −Z.

    Raises:
        CaptureError: A column is missing, or a row is no camera pose; the line is named.
    """
    rows = read_rows(path, COLUMNS, ())
    return CameraRows(rows.time, rows.frame, rows.intrinsics, looking_forward(rows.world_from_camera))


def read_rows(path: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> CameraRows:
    """Read a table of poses as it stands.

    Args:
        path: The table.
        columns: Those that must be there: the first is time, the second the frame's number.
        optional: Those that may be missing, or empty in a row.

    Raises:
        CaptureError: A column is missing, a row is no camera pose, or time or numbers do not go forward; the line is named.
    """
    lines, found = array("q"), array("d")
    text = decode_text(path, read_raw(path, TABLE_TEXT_BYTES))
    wanted = (columns[0], columns[1], *OPTICS, *POSE)
    try:
        for line, values in csv_numbers(text, columns, optional):
            lines.append(line)
            found.extend([values[name] for name in wanted])
    except FormatError as error:
        bare = error.rule == "header" and not any(name in error.found for name in OPTICS)
        fix = (
            "Add fx, fy, cx, cy of each frame, in pixels of the film (ARKit: camera.intrinsics)." if bare else error.fix
        )
        raise _refusal(f"{path}:{error.field}", error.rule, error.expected, error.found, fix) from None
    if not found:
        raise _refusal(str(path), "rows", "a row for each frame", "a header alone", "Export the recording again.")
    table = np.array(found).reshape(-1, len(wanted))
    _refuse_rows(table, lines, path)
    poses = np.tile(np.eye(4), (len(table), 1, 1))
    poses[:, :3, :3] = Rotation.from_quat(table[:, 9:13]).as_matrix()
    poses[:, :3, 3] = table[:, 6:9]
    return CameraRows(table[:, 0], table[:, 1].astype(np.int64), table[:, 2:6], poses)


def _refuse_rows(table: Float[np.ndarray, "rows 13"], lines: Sequence[int], path: Path) -> None:
    optics = table[:, 2:6]
    far = (np.abs(table[:, 6:9]) > MAX_PLACE_M).any(axis=1) | (np.abs(table[:, 0]) > 1e12)
    odd = ((optics < MIN_OPTICS) | (optics > MAX_COORDINATE)).any(axis=1)
    bent = np.abs(np.linalg.norm(table[:, 9:13], axis=1) - 1.0) >= QUATERNION_TOLERANCE
    for row in np.flatnonzero(far | odd | bent)[:1]:
        fix = "Intrinsics are positive, the place is in metres and the quaternion (x, y, z, w) has length 1."
        raise _refusal(f"{path}:{lines[row]}", "row", "a camera pose", str(table[row].tolist())[:160], fix)
    number = table[:, 1]
    for row in np.flatnonzero((number < 0) | (number >= MAX_FRAME) | (number % 1 != 0))[:1]:
        found = f"{number[row]:g}"
        raise _refusal(f"{path}:{lines[row]}", "frame", "the number of a frame", found, "Number them from 0.")
    for column, name in ((0, "time"), (1, "frame")):
        for row in np.flatnonzero(np.diff(table[:, column]) <= 0)[:1]:
            found = f"{table[row + 1, column]:g} after {table[row, column]:g}"
            fix = "Sort the rows, or cut the recording there."
            raise _refusal(f"{path}:{lines[row + 1]}", name, "more than in the row before", found, fix)
    speed = np.linalg.norm(np.diff(table[:, 6:9], axis=0), axis=1) / np.diff(table[:, 0])
    if len(speed) and np.median(speed) > MAX_SPEED:
        found = f"{np.median(speed):.3g} m/s in half of the steps"
        fix = "Places are in metres and times in seconds: export them so."
        raise _refusal(str(path), "x, y, z", f"a camera slower than {MAX_SPEED:g} m/s", found, fix)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
