"""Hostile tables of Stray Scanner: rows that are no poses, matrices that are none, readings beyond any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.doors import DOORS
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_HEADER: Final = b"timestamp, frame, x, y, z, qx, qy, qz, qw, fx, fy, cx, cy\n"
_GOOD: Final = b"9.0, 0, 0, 0, 0, 0, 0, 0, 1, 600, 600, 320, 240\n"


def _file(door: str, data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS[door].file
        path.write_bytes(data())
        return path

    return make


def _row(old: bytes, new: bytes) -> Make:
    return _file("odometry_csv", lambda: _HEADER + _GOOD.replace(old, new, 1))


def _matrix(text: bytes) -> Make:
    return _file("camera_matrix", lambda: text)


def _readings(old: bytes, new: bytes) -> Make:
    return _file("imu_csv", lambda: seed("imu_csv").replace(old, new, 1))


CASES: dict[str, dict[str, Make]] = {
    "odometry_csv": {
        "a quaternion of no length": _row(b"0, 0, 0, 1, 600", b"0, 0, 0, 0, 600"),
        "a quaternion of length two": _row(b"0, 0, 0, 1, 600", b"0, 0, 0, 2, 600"),
        "a place beyond the moon": _row(b"9.0, 0, 0", b"9.0, 0, 4e8"),
        "a number of no size": _row(b"9.0,", b"1e308,"),
        "no number": _row(b"600", b"nan"),
        "frame one thousand million": _row(b" 0, 0", b" 1000000000, 0"),
        "half a frame": _row(b" 0, 0", b" 0.5, 0"),
        "an optic of no length": _row(b"600", b"0"),
        "time that stands still": _file("odometry_csv", lambda: _HEADER + _GOOD + _GOOD.replace(b" 0,", b" 1,", 1)),
        "columns by other names": _file("odometry_csv", lambda: _HEADER.replace(b"qw", b"w") + _GOOD),
        "a column twice": _file("odometry_csv", lambda: _HEADER.replace(b"cy", b"fx") + _GOOD),
        "a header alone": _file("odometry_csv", lambda: _HEADER),
        "a quote that never closes": _file("odometry_csv", lambda: _HEADER + b'"' + _GOOD * 5000),
        "a row of a million commas": _file("odometry_csv", lambda: _HEADER + b"," * 1_000_000),
        "70 MB of rows": _file("odometry_csv", lambda: _HEADER + _GOOD * (70_000_000 // len(_GOOD))),
        "binary": _file("odometry_csv", lambda: bytes(range(256)) * 9),
    },
    "camera_matrix": {
        "column by column": _matrix(b"600, 0, 0\n0, 600, 0\n320, 240, 1"),
        "mirrored": _matrix(b"-600, 0, 320\n0, 600, 240\n0, 0, 1"),
        "two rows": _matrix(b"600, 0, 320\n0, 600, 240"),
        "numbers without end": _matrix(b"1e999, 0, 320\n0, 600, 240\n0, 0, 1"),
        "100 kB": _matrix(b"600, " * 20_000),
        "digits of another script": _matrix("٦٠٠, 0, 320\n0, 600, 240\n0, 0, 1".encode()),
    },
    "imu_csv": {
        "words": _readings(b"-9.81", b"down"),
        "numbers without end": _readings(b"-9.81", b"inf"),
        "time beyond any": _readings(b"9.000", b"1e300"),
        "no rows": _file("imu_csv", lambda: seed("imu_csv").splitlines()[0]),
        "columns by other names": _readings(b"a_x", b"ax"),
    },
}
