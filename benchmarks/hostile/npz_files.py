"""Hostile NPZ files: bombs, lying headers, pickles, names that climb."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_SECOND = struct.pack("<4s", b"PK\x01\x02")


def members() -> dict[str, bytes]:
    """Give the good file's members."""
    with zipfile.ZipFile(io.BytesIO(seed("npz"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(change: Callable[[dict[str, bytes]], object], method: int = zipfile.ZIP_DEFLATED) -> Make:
    def make(folder: Path) -> Path:
        found = members()
        change(found)
        path = folder / "motion.npz"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in found.items():
                archive.writestr(zipfile.ZipInfo(name), data, method)
        return path

    return make


def _bytes(change: Callable[[bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "motion.npz"
        path.write_bytes(change(seed("npz")))
        return path

    return make


def _npy(descr: str, shape: str, data: bytes = b"", order: str = "False") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _array(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def _bomb(folder: Path) -> Path:
    """300 MB of zeros in 300 kB, with headers that agree."""
    frames = 1_100_000
    path = folder / "motion.npz"
    shapes = {"positions": ("'<f4'", f"({frames}, 21, 3)", 252), "validity": ("'|u1'", f"({frames}, 21)", 21),
              "time": ("'<f8'", f"({frames},)", 8), "reasons": ("'<u4'", f"({frames},)", 4)}  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (descr, shape, each) in shapes.items():
            with archive.open(f"{name}.npy", "w") as stream:
                stream.write(_npy(descr, shape))
                for _ in range(each):
                    stream.write(bytes(frames))
    return path


def _shared(data: bytes) -> bytes:
    """Let the second member begin where the first does, as in an archive that unpacks the same bytes again and again."""
    first = data.index(_SECOND)
    second = data.index(_SECOND, first + 4)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


def _central(data: bytes, offset: int, value: bytes) -> bytes:
    at = data.index(_SECOND) + offset
    return data[:at] + value + data[at + len(value) :]


def _million(folder: Path) -> Path:
    path = folder / "motion.npz"
    entry = _SECOND + bytes(24) + struct.pack("<H", 4) + bytes(16) + b"aaaa"
    count = 1_000_000
    tail = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, count * len(entry), 0)
    tail += struct.pack("<4sLQL", b"PK\x06\x07", 0, count * len(entry), 1)
    tail += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(entry * count + tail)
    return path


def _twice(folder: Path) -> Path:
    import warnings

    path = folder / "motion.npz"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in [*members().items(), ("time.npy", members()["time.npy"])]:
                archive.writestr(name, data)
    return path


def _set(name: str, data: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda found: found.__setitem__(name, data)


CASES: dict[str, dict[str, Make]] = {
    "npz": {
        "300 MB of zeros in 300 kB": _bomb,
        "members that share their bytes": _bytes(_shared),
        "a directory that claims 4 GB": _bytes(lambda d: _central(d, 24, b"\xf0\xff\xff\xff")),
        "a million members": _million,
        "a member twice": _twice,
        "a member called ../time.npy": _packed(lambda m: m.__setitem__("../time.npy", m.pop("time.npy"))),
        "a member called /etc/time.npy": _packed(lambda m: m.__setitem__("/etc/time.npy", m.pop("time.npy"))),
        "an encrypted member": _bytes(lambda d: _central(d, 8, b"\x01\x00")),
        "an unknown method": _bytes(lambda d: _central(d, 10, b"\x63\x00")),
        "LZMA": _packed(lambda m: None, zipfile.ZIP_LZMA),
        "a comment after the end": _bytes(lambda d: d[:-2] + b"\x10\x00" + b"x" * 16),
        "a header of 10^9 frames": _packed(_set("positions.npy", _npy("'<f4'", "(1000000000, 21, 3)"))),
        "a header of 10^17 by 10^17": _packed(_set("positions.npy", _npy("'<f4'", f"({10**17}, {10**17}, 3)"))),
        "a negative length": _packed(_set("positions.npy", _npy("'<f4'", "(-4, 21, 3)"))),
        "a pickle": _packed(_set("time.npy", _array(np.array([{"a": 1}, None, 2, 3], dtype=object)))),
        "records of objects": _packed(_set("time.npy", _npy("[('a', '|O')]", "(4,)", bytes(32)))),
        "a header to be evaluated": _packed(_set("time.npy", _npy("__import__('os').system('id')", "(4,)", bytes(32)))),
        "a header of 60 kB of brackets": _packed(_set("time.npy", _npy("(" * 60_000, "(4,)"))),
        "columns first": _packed(_set("time.npy", _npy("'<f8'", "(4,)", bytes(32), "True"))),
        "NaN": _packed(_set("time.npy", _array(np.array([0.0, np.nan, 0.2, 0.3])))),
        "single precision": _packed(_set("time.npy", _array(np.zeros(4, np.float32)))),
        "another byte order": _packed(_set("time.npy", _array(np.zeros(4, ">f8")))),
        "one axis too many": _packed(_set("time.npy", _array(np.zeros((4, 1))))),
        "an array nobody declared": _packed(_set("more.npy", _array(np.zeros(4)))),
        "half a gigabyte of zeros": _bytes(lambda d: d),
    }
}  # fmt: skip


def _sparse(folder: Path) -> Path:
    path = folder / "motion.npz"
    with path.open("wb") as stream:
        stream.truncate(500 << 20)
    return path


CASES["npz"]["half a gigabyte of zeros"] = _sparse
