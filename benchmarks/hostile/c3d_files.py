"""Hostile C3D: claims that the file cannot hold, parameters that contradict the header, and what is no C3D at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.doors import DOORS
from benchmarks.made_c3d import Groups, make_c3d
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_POINTS = np.random.default_rng(5).normal(0.0, 300.0, (6, 3, 3))
_NAMES = ("LKNE", "RKNE", "SACR")


def _file(data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS["c3d"].file
        path.write_bytes(data())
        return path

    return make


def _header(**words: int) -> Make:
    places = {"points": 2, "analogs": 3, "first": 4, "last": 5, "data": 9, "samples": 10}
    return _file(lambda: make_c3d(_POINTS, _NAMES, header={places[name]: value for name, value in words.items()}))


def _groups(groups: Groups, names: tuple[str, ...] = _NAMES) -> Make:
    return _file(lambda: make_c3d(_POINTS, names, groups=groups))


def _sparse(folder: Path) -> Path:
    path = folder / DOORS["c3d"].file
    with path.open("wb") as stream:
        stream.write(seed("c3d"))
        stream.truncate(1 << 40)
    return path


CASES: dict[str, dict[str, Make]] = {
    "c3d": {
        "text": _file(lambda: b"PathFileType\t4\t(X/Y/Z)\n" * 100),
        "one block of nothing": _file(lambda: b"\0" * 512),
        "cut in the parameters": _file(lambda: seed("c3d")[:1000]),
        "cut in the data": _file(lambda: seed("c3d")[:-512]),
        "65 000 frames": _header(last=65_000),
        "a last frame before the first": _header(first=100),
        "65 535 points": _header(points=65_535),
        "65 535 analog numbers a frame": _header(analogs=65_535, samples=1),
        "data that begin in the header": _header(data=1),
        "data beyond the end": _header(data=60_000),
        "a thousand million frames in a parameter": _groups({"POINT": {"FRAMES": 1e9}}),
        "30 000 points in a parameter": _groups({"POINT": {"USED": 30_000}}),
        "more channels than data": _groups({"ANALOG": {"USED": 30_000, "RATE": 1e9}}),
        "a rate of zero": _file(lambda: make_c3d(_POINTS, _NAMES, rate=0.0)),
        "a rate that is no number": _groups({"POINT": {"RATE": float("nan")}}),
        "no name": _groups({}, ("*1", "*2", "")),
        "a terabyte that is not there": _sparse,
    }
}  # fmt: skip
"""By reader, then by what each file tries."""
