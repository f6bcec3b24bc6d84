"""Hostile exports of apps: matrices that are none, landmarks without end, pickles, HDF5 that points elsewhere, odd rooms."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.doors import DOORS
from benchmarks.seeds import seed

Make = Callable[[Path], Path]


def _file(door: str, data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS[door].file
        path.write_bytes(data())
        return path

    return make


def _changed(door: str, old: bytes, new: bytes, times: int = 1) -> Make:
    def data() -> bytes:
        good = seed(door)
        if old not in good:
            raise ValueError(f"{old!r} is not in the good file of {door}")
        return good.replace(old, new, times)

    return _file(door, data)


def _json(door: str, change: Callable[[Any], object]) -> Make:
    def data() -> bytes:
        value = json.loads(seed(door))
        change(value)
        return json.dumps(value).encode()

    return _file(door, data)


def _swift(text: str) -> Make:
    return _json("swift_json", lambda frames: frames[1]["joints"].__setitem__("left_leg_joint", text))


def _npz(array: np.ndarray) -> Make:
    def data() -> bytes:
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **{"S1/Walking": array})  # type: ignore[arg-type]
        return buffer.getvalue()

    return _file("h36m_npz", data)


def _npz_bomb() -> bytes:
    """A take of 10^7 frames that is all zeros, in 1 MB, with a header that agrees."""
    buffer = io.BytesIO()
    shape = (10_000_000, 17, 3)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("S1/Walking.npy", "w") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for _ in range(400):
            stream.write(bytes(10_000_000 * 17 * 3 * 4 // 400))
    return buffer.getvalue()


def _hdf5(change: Callable[[h5py.File, Path], object]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS["windows_h5"].file
        with h5py.File(path, "w") as file:
            file.create_group("data")
            change(file, folder)
        return path

    return make


def _elsewhere(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "other.h5", "w") as other:
        other["x"] = np.zeros((1, 60, 62))
    file["data"]["features"] = h5py.ExternalLink(str(folder / "other.h5"), "/x")


def _outside(file: h5py.File, folder: Path) -> None:
    (folder / "raw").write_bytes(bytes(8 * 60 * 62))
    file.create_dataset("data/features", (1, 60, 62), "<f8", external=[(str(folder / "raw"), 0, 8 * 60 * 62)])


def _virtual(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "other.h5", "w") as other:
        other["x"] = np.zeros((1, 60, 62))
    layout = h5py.VirtualLayout((1, 60, 62), "f8")
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "x", shape=(1, 60, 62))
    file.create_virtual_dataset("data/features", layout)


def _sparse(folder: Path) -> Path:
    path = folder / DOORS["windows_h5"].file
    path.write_bytes(seed("windows_h5"))
    os.truncate(path, 1 << 42)
    return path


def _row_major(room: Any) -> None:
    room["floors"][0]["transform"] = np.array(room["floors"][0]["transform"]).reshape(4, 4).T.ravel().tolist()


_MILLION = b"[" + b"[0,0,0]," * 300_000 + b"[0,0,0]]"

CASES: dict[str, dict[str, Make]] = {
    "swift_json": {
        "fifteen numbers": _swift("simd_float4x4([[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0]])"),
        "infinity in a matrix": _swift("simd_float4x4([[1,0,0,0],[0,1,0,0],[0,0,1,0],[inf,0,0,1]])"),
        "a million numbers in a matrix": _swift("simd_float4x4([" + "1," * 1_000_000 + "])"),
        "digits of another script": _swift("simd_float4x4([[\u0661,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])"),
        "a number for a matrix": _json("swift_json", lambda f: f[1]["joints"].__setitem__("left_leg_joint", 7)),
        "a joint twice": _changed("swift_json", b'"left_leg_joint"', b'"left_foot_joint"'),
        "rows and columns in one file": _swift("simd_float4x4([[1,0,0,5],[0,1,0,5],[0,0,1,5],[0,0,0,1]])"),
        "200 000 joints": _file(
            "swift_json",
            lambda: json.dumps(
                [{f"j{i}": "simd_float4x4([[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])" for i in range(20_000)}] * 2
            ).encode(),
        ),
        "60 MB of one text": _file("swift_json", lambda: b'["simd_float4x4(' + b"1" * (60 << 20) + b'"]'),
    },
    "vision_json": {
        "a person of 10^5 m": _changed("vision_json", b'"bodyHeight": 1.8', b'"bodyHeight": 100000.0', 3),
        "no heights": _json("vision_json", lambda v: [f.pop("heightEstimation") for f in v["frames"]]),
        "time that stands": _json("vision_json", lambda v: [f.__setitem__("t", 1.0) for f in v["frames"]]),
        "a joint at 10^9": _json("vision_json", lambda v: v["frames"][0]["joints"].__setitem__("leftHip", [1e9, 0, 0])),
        "a toe": _changed("vision_json", b'"leftKnee"', b'"leftToe"'),
        "frames that are numbers": _json("vision_json", lambda v: v.__setitem__("frames", list(range(1000)))),
        "a million frames of nothing": _file(
            "vision_json", lambda: b'{"format":"apple-vision-body-pose-3d","frames":[' + b"{}," * 400_000 + b"{}]}"
        ),
    },
    "mediapipe_json": {
        "a million landmarks": _file("mediapipe_json", lambda: b'[{"t":0,"world_landmarks":' + _MILLION + b"}]"),
        "32 landmarks": _json("mediapipe_json", lambda v: v[1]["pose_world_landmarks"].pop()),
        "a landmark without z": _json("mediapipe_json", lambda v: v[1]["pose_world_landmarks"][4].pop("z")),
        "true for x": _json("mediapipe_json", lambda v: v[1]["pose_world_landmarks"][4].__setitem__("x", True)),
        "places in the image": _changed("mediapipe_json", b"pose_world_landmarks", b"pose_landmarks", 2),
        "30 levels of lists": _file("mediapipe_json", lambda: b"[" * 31 + b"]" * 31),
    },
    "points_csv": {
        "6100 columns": _file("points_csv", lambda: b",".join(b"c%d_x" % i for i in range(6100)) + b"\n"),
        "a header of 2 MB": _file("points_csv", lambda: b"a" * (2 << 20)),
        "a cell of 10 MB": _file("points_csv", lambda: seed("points_csv") + b'"' + b"1" * (10 << 20) + b'"\n'),
        "a column twice": _changed("points_csv", b"LHip_x", b"RHip_x"),
        "NaN for a time": _changed("points_csv", b"\n0.017", b"\nnan"),
        "infinity": _changed("points_csv", b"0.9", b"inf"),
        "10^300": _changed("points_csv", b"0.9", b"1e300"),
        "time that goes back": _changed("points_csv", b"\n0.017", b"\n-0.017"),
        "zero bytes": _changed("points_csv", b"0.9", b"\x00"),
    },
    "h36m_npz": {
        "a pickle": _npz(np.array([{"S1": 1}], dtype=object)),
        "a take of 2 GB in 1 MB": _file("h36m_npz", _npz_bomb),
        "21 joints": _npz(np.ones((4, 21, 3), np.float32)),
        "infinity": _npz(np.full((4, 17, 3), np.inf, np.float32)),
        "complex numbers": _npz(np.ones((4, 17, 3), np.complex64)),
        "no array": _file("h36m_npz", lambda: seed("h36m_npz")[-22:]),
        "half of the archive": _file("h36m_npz", lambda: seed("h36m_npz")[: len(seed("h36m_npz")) // 2]),
    },
    "windows_h5": {
        "a link to another file": _hdf5(_elsewhere),
        "external storage": _hdf5(_outside),
        "a virtual dataset": _hdf5(_virtual),
        "a link to itself": _hdf5(lambda f, _: f["data"].__setitem__("features", h5py.SoftLink("/data/features"))),
        "a group for windows": _hdf5(lambda f, _: f.create_group("data/features")),
        "a window of 80 GB": _hdf5(
            lambda f, _: f.create_dataset("data/features", (1, 10**8, 100), "f8", chunks=(1, 1000, 100))
        ),
        "a gigabyte in 4 kB of chunks": _hdf5(
            lambda f, _: f.create_dataset("data/features", (1, 4_000_000, 62), "f4", chunks=(1, 40_000, 62), compression="gzip")
        ),
        "61 columns": _hdf5(lambda f, _: f.create_dataset("data/features", data=np.ones((1, 60, 61)))),
        "NaN": _hdf5(lambda f, _: f.create_dataset("data/features", data=np.full((1, 60, 62), np.nan))),
        "text": _hdf5(lambda f, _: f.create_dataset("data/features", data=np.array([[b"a"]]))),
        "noise": _hdf5(
            lambda f, _: f.create_dataset("data/features", data=np.random.default_rng(1).normal(size=(1, 60, 62)))
        ),
        "no HDF5": _file("windows_h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(4096)),
        "half of the file": _file("windows_h5", lambda: seed("windows_h5")[: len(seed("windows_h5")) // 2]),
        "four terabytes that are not there": _sparse,
    },
    "room_json": {
        "a floor at 10^300": _changed("room_json", b"-1.2", b"1e300"),
        "a row-major floor": _json("room_json", _row_major),
        "a floor of one number": _changed("room_json", b"[4.0, 3.0, 0.0]", b"[4.0]"),
        "NaN": _changed("room_json", b"-1.2", b"NaN"),
        "a category that is a list": _changed("room_json", b'{"chair": {}}', b'[["chair"]]'),
        "a million walls": _file("room_json", lambda: b'{"walls":[' + b"{}," * 400_000 + b"{}]}"),
        "a matrix that is none": _changed("room_json", b"[1.0, 0.0, 0.0", b"[8.0, 0.0, 0.0"),
    },
}  # fmt: skip
