"""Whether a device's accelerometer agrees that the world's Y is up: a check of the poses, never their source."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.camera_rows import CameraRows
from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import TABLE_TEXT_BYTES
from kinetrace.store.safe_io.csv_text import csv_numbers
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import CaptureError

COLUMNS: Final = ("timestamp", "a_x", "a_y", "a_z")
UNITS: Final = (("g", 0.8, 1.25), ("m/s²", 7.8, 12.2))
"""Median length of an accelerometer's readings in a hand: gravity, give or take a quarter."""
TILT_DEG: Final = 15.0
"""More than a hand's own accelerations leave in the median of a recording."""
CAMERA_FROM_DEVICE: Final = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
"""CoreMotion's axes (X right and Y up of the upright screen, Z out of it) seen by the back camera, whose image's X points
along the device's −Y (Apple: `ARCamera.transform`, `CMDeviceMotion.gravity`)."""


def gravity_remark(path: Path, rows: CameraRows) -> tuple[str, ...]:
    """Compare the accelerometer's mean direction, turned into the world by the poses, with down.

    Args:
        path: `imu.csv`; its unit, which versions of the app disagree on, is told by the length of the readings.
        rows: Poses by the same clock.

    Returns:
        What the reader should know, a table that cannot be read included; nothing where both agree.
    """
    try:
        time, felt = read_accelerometer(path)
    except CaptureError as error:
        return (f"{path.name} checks nothing: expected {error.expected}, found {error.found}",)
    length = float(np.median(np.linalg.norm(felt, axis=1)))
    unit = next((name for name, low, high in UNITS if low < length < high), None)
    if unit is None:
        return (f"{path.name}: readings of length {length:.3g} are gravity in no unit, so it checks nothing",)
    inside = (time >= rows.time[0]) & (time <= rows.time[-1])
    if not inside.any():
        return (f"{path.name}: of another time than the poses, so it checks nothing",)
    nearest = np.clip(np.searchsorted(rows.time, time[inside]), 0, len(rows.time) - 1)
    turns = rows.world_from_camera[nearest, :3, :3] @ CAMERA_FROM_DEVICE
    down = np.median(np.einsum("nij,nj->ni", turns, felt[inside]), axis=0)
    angle = float(np.degrees(np.arccos(np.clip(-down[1] / np.linalg.norm(down), -1.0, 1.0))))
    if angle <= TILT_DEG:
        return ()
    return (f"{path.name} (in {unit}) points {angle:.0f}° away from the poses' down, which is kept",)


def read_accelerometer(path: Path) -> tuple[Float[np.ndarray, "readings"], Float[np.ndarray, "readings 3"]]:
    """Read the times and the readings of `imu.csv`, in its own unit.

    Raises:
        CaptureError: A table that cannot be read.
    """
    text = decode_text(path, read_raw(path, TABLE_TEXT_BYTES))
    readings = array("d")
    try:
        for _, values in csv_numbers(text, COLUMNS):
            readings.extend(values.values())
    except FormatError as error:
        raise CaptureError(
            where=f"{path}:{error.field}", field=error.rule, expected=error.expected, found=error.found, fix=error.fix
        ) from None
    table = np.array(readings).reshape(-1, len(COLUMNS))
    if not len(table) or np.abs(table).max() > 1e12:
        found = "none" if not len(table) else "numbers beyond any"
        raise CaptureError(where=str(path), field="rows", expected="readings", found=found, fix="Export it again.")
    return table[:, 0], table[:, 1:]
