"""Hostile takes of research data sets: archives that lie, rows that do not fit, skeletons and trees that are none."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.doors import DOORS
from benchmarks.made_takes import cmu_skeleton, vicon_text, zipped
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_SECOND = struct.pack("<4s", b"PK\x01\x02")
_POSITIONS = "Vicon/Positions/m01_s01_e01_positions.txt"


def _file(door: str, data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS[door].file
        path.write_bytes(data())
        return path

    return make


def _vicon(text: Callable[[], str | bytes], name: str = _POSITIONS) -> Make:
    return _file("vicon_zip", lambda: zipped({name: text()}))


def _central(offset: int, value: bytes) -> Make:
    def data() -> bytes:
        good = seed("vicon_zip")
        at = good.index(_SECOND) + offset
        return good[:at] + value + good[at + len(value) :]

    return _file("vicon_zip", data)


def _members(door: str, change: Callable[[dict[str, bytes]], object]) -> Make:
    def data() -> bytes:
        with zipfile.ZipFile(io.BytesIO(seed(door))) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        change(found)
        return zipped(found)

    return _file(door, data)


def _skeleton(**change: Any) -> Make:
    text = json.dumps(cmu_skeleton() | change)
    return _members("cmu_zip", lambda found: found.__setitem__("skeleton.json", text.encode()))


def _twice() -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(_POSITIONS, vicon_text(2))
            archive.writestr(_POSITIONS, vicon_text(3))
    return buffer.getvalue()


def _bvh(old: str, new: str) -> Make:
    def data() -> bytes:
        good = seed("bvh").decode()
        if old not in good:
            raise ValueError(f"{old!r} is not in the good file")
        return good.replace(old, new, 1).encode()

    return _file("bvh", data)


def _deep(start: str, piece: str) -> Make:
    def data() -> bytes:
        return (start + piece * 200_000).encode()

    return _file("bvh", data)


_START = "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xposition\n"

CASES: dict[str, dict[str, Make]] = {
    "vicon_zip": {
        "400 MB of zeros in 400 kB": _vicon(lambda: b"0" * (400 << 20)),
        "70 MB in one line": _vicon(lambda: b"1," * (32 << 20)),
        "16 MB in one line": _vicon(lambda: b"1," * (8 << 20)),
        "16 MB of ones and a word": _vicon(lambda: b",".join([b"1"] * 117).join([b"\n"] * 71_000) + b"x"),
        "a member called ../m01_s01_e01_positions.txt": _vicon(lambda: vicon_text(2), "../m01_s01_e01_positions.txt"),
        "a member in /etc": _vicon(lambda: vicon_text(2), "/etc/m01_s01_e01_positions.txt"),
        "a member behind a/../..": _vicon(lambda: vicon_text(2), "a/../../m01_s01_e01_positions.txt"),
        "a member of another drive": _vicon(lambda: vicon_text(2), "C:\\m01_s01_e01_positions.txt"),
        "a take twice": _file("vicon_zip", _twice),
        "10 000 takes": _file(
            "vicon_zip", lambda: zipped({f"m01_s01_e{i % 100:02d}_positions{i}.txt": "1" for i in range(10_000)})
        ),
        "an encrypted member": _central(8, b"\x01\x00"),
        "a member that claims 4 GB": _central(24, b"\xf0\xff\xff\xff"),
        "another checksum": _central(16, b"\0\0\0\0"),
        "half of the archive": _file("vicon_zip", lambda: seed("vicon_zip")[: len(seed("vicon_zip")) // 2]),
        "no take of a known kind": _vicon(lambda: vicon_text(2), "readme.md"),
        "116 columns": _vicon(lambda: "\n".join(line.rpartition(",")[0] for line in vicon_text(3).splitlines())),
        "a row cut short": _vicon(lambda: vicon_text(3)[:-40]),
        "NaN": _vicon(lambda: vicon_text(3).replace("1700", "nan", 1)),
        "infinity": _vicon(lambda: vicon_text(3).replace("1700", "-inf", 1)),
        "10^300": _vicon(lambda: vicon_text(3).replace("1700", "1e300", 1)),
        "one frame": _vicon(lambda: vicon_text(1)),
        "nothing": _vicon(lambda: ""),
        "zero bytes": _vicon(lambda: b"\0" * 1000),
        "a million blank lines": _vicon(lambda: "\n" * 1_000_000),
    },
    "kinect_zip": {
        "no angles": _members("kinect_zip", lambda found: found.pop("Kinect/Angles/m01_s01_e01_angles.txt")),
        "fewer angles than positions": _members(
            "kinect_zip",
            lambda found: found.__setitem__(
                "Kinect/Angles/m01_s01_e01_angles.txt", found["Kinect/Angles/m01_s01_e01_angles.txt"] * 2
            ),
        ),
        "angles of 117 columns": _members(
            "kinect_zip",
            lambda found: found.__setitem__("Kinect/Angles/m01_s01_e01_angles.txt", vicon_text(2).encode()),
        ),
    },
    "cmu_zip": {
        "no skeleton": _members("cmu_zip", lambda found: found.pop("skeleton.json")),
        "a skeleton that is its own parent": _skeleton(parents=list(range(38))),
        "a skeleton that turns back": _skeleton(parents=[-1, 37, *range(1, 37)]),
        "a skeleton of 3 joints": _skeleton(parents=[-1, 0, 1]),
        "a skeleton with a parent of 10^18": _skeleton(parents=[-1, *[10**18] * 37]),
        "bones of 10^300": _skeleton(offsets_cmu_units=[[1e300, 0.0, 0.0]] * 38),
        "a unit of 0": _skeleton(cmu_unit_m=0.0),
        "10^9 frames a second": _skeleton(fps=1e9),
        "a skeleton of 100 000 brackets": _members(
            "cmu_zip", lambda found: found.__setitem__("skeleton.json", b"[" * 100_000)
        ),
        "rotations of 10^8 rad": _members(
            "cmu_zip",
            lambda found: found.__setitem__("data/train/walking/walking_1.txt", b",".join([b"1e8"] * 117) + b"\n"),
        ),
    },
    "bvh": {
        "a tree 200 000 deep": _deep(_START, "JOINT j\n{\nOFFSET 0 0 0\nCHANNELS 0\n"),
        "200 000 joints": _deep(_START, "JOINT j\n{\nOFFSET 0 0 0\n}\n"),
        "200 000 closed braces": _deep(_START, "}\n"),
        "200 000 end sites": _deep(_START, "End Site\n{\nOFFSET 0 0 0\n}\n"),
        "10^9 frames": _bvh("Frames: 3", "Frames: 999999999"),
        "10^99 frames": _bvh("Frames: 3", "Frames: 1" + "0" * 99),
        "a frame time of 0": _bvh(".0166667", "0"),
        "a frame time of NaN": _bvh(".0166667", "nan"),
        "NaN for an angle": _bvh(" 0.0000\n", " nan\n"),
        "10^300 for an angle": _bvh(" 0.0000\n", " 1e300\n"),
        "a row cut short": _file("bvh", lambda: seed("bvh")[:-30]),
        "no motion": _file("bvh", lambda: seed("bvh").partition(b"MOTION")[0]),
        "a billion channels": _bvh("CHANNELS 6", "CHANNELS 1000000000"),
        "a joint without an offset": _bvh("OFFSET 9 -5 0", "OFFSETS 9 -5 0"),
        "two of a name": _bvh("RightLeg", "LeftLeg"),
        "a line of 10 MB": _file("bvh", lambda: b"HIERARCHY\nROOT " + b"x" * (10 << 20)),
    },
}  # fmt: skip
