"""Hostile HDF5 files: what points elsewhere, what unfolds, what is claimed and not there."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.mutations import lookup3
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_SHAPE = (4, 21, 3)


def _with(change: Callable[[h5py.File, Path], object], version: str = "v110") -> Make:
    """Write a good file, but for what `change` puts in the place of its positions."""

    def make(folder: Path) -> Path:
        path = folder / "motion.h5"
        with h5py.File(io.BytesIO(seed("hdf5")), "r") as good, h5py.File(path, "w", libver=(version, "v110")) as file:
            for name in good:
                if name != "positions":
                    file.create_dataset(name, data=good[name][()])
            change(file, folder)
            if "positions" not in file:
                file.create_dataset("positions", data=good["positions"][()])
        return path

    return make


def _bytes(change: Callable[[bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "motion.h5"
        path.write_bytes(change(seed("hdf5")))
        return path

    return make


def _external_link(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "other.h5", "w") as other:
        other["x"] = np.zeros(_SHAPE, np.float32)
    file["positions"] = h5py.ExternalLink(str(folder / "other.h5"), "/x")


def _external_storage(file: h5py.File, folder: Path) -> None:
    (folder / "raw").write_bytes(bytes(4 * 252))
    file.create_dataset("positions", _SHAPE, np.float32, external=[(str(folder / "raw"), 0, 4 * 252)])


def _virtual(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "other.h5", "w") as other:
        other["x"] = np.zeros(_SHAPE, np.float32)
    layout = h5py.VirtualLayout(_SHAPE, np.float32)
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "x", shape=_SHAPE)
    file.create_virtual_dataset("positions", layout)


def _hollow(frames: int) -> Callable[[h5py.File, Path], object]:
    def change(file: h5py.File, _: Path) -> None:
        h5py.h5d.create(file.id, b"positions", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((frames, 21, 3)))

    return change


def _chunked(**options: Any) -> Callable[[h5py.File, Path], object]:
    return lambda file, _: file.create_dataset("positions", data=np.zeros(_SHAPE, np.float32), **options)


def _bomb(file: h5py.File, _: Path) -> None:
    node = file.create_dataset("positions", (4_000_000, 21, 3), np.float32, chunks=(40_000, 21, 3), compression="gzip")
    node[:40_000] = 0.0


def _unknown_filter(file: h5py.File, _: Path) -> None:
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4, 21, 3))
    plist.set_filter(32_123, h5py.h5z.FLAG_OPTIONAL, (1, 2, 3))
    h5py.h5d.create(file.id, b"positions", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple(_SHAPE), dcpl=plist)


def _odd_floats(file: h5py.File, _: Path) -> None:
    """Numbers of 32 bits whose exponent means something else: the library would convert them without a word."""
    kind = h5py.h5t.IEEE_F32LE.copy()
    kind.set_ebias(100)
    h5py.h5d.create(file.id, b"positions", kind, h5py.h5s.create_simple(_SHAPE)).write(
        h5py.h5s.ALL, h5py.h5s.ALL, np.ones(_SHAPE, np.float32)
    )


def _beyond_the_end(data: bytes) -> bytes:
    """Move a dataset's address past the end of the file and mend the header's checksum."""
    with h5py.File(io.BytesIO(data), "r") as file:
        where = file["positions"].id.get_offset().to_bytes(8, "little")
    return _mended(data, where, (len(data) - 8).to_bytes(8, "little"))


def _shared(data: bytes) -> bytes:
    """Let positions begin where the file does: its own header as numbers."""
    with h5py.File(io.BytesIO(data), "r") as file:
        where = file["positions"].id.get_offset().to_bytes(8, "little")
    return _mended(data, where, (1 << 62).to_bytes(8, "little"))


def _mended(data: bytes, old: bytes, new: bytes) -> bytes:
    at = data.index(old)
    start = data.rindex(b"OHDR", 0, at)
    width = 1 << (data[start + 5] & 3)
    size_at = start + 6 + (16 if data[start + 5] & 0x20 else 0) + (4 if data[start + 5] & 0x10 else 0)
    end = size_at + width + int.from_bytes(data[size_at : size_at + width], "little")
    found = data[:at] + new + data[at + 8 :]
    return found[:end] + lookup3(found[start:end]).to_bytes(4, "little") + found[end + 4 :]


def _sparse(folder: Path) -> Path:
    path = folder / "motion.h5"
    path.write_bytes(seed("hdf5"))
    os.truncate(path, 1 << 40)
    return path


def _nan(file: h5py.File, _: Path) -> None:
    file.create_dataset("positions", data=np.full(_SHAPE, np.nan, np.float32))


def _many(file: h5py.File, _: Path) -> None:
    for i in range(5000):
        file.create_group(f"g{i}")


CASES: dict[str, dict[str, Make]] = {
    "hdf5": {
        "a link to another file": _with(_external_link),
        "a link within the file": _with(lambda f, _: f.__setitem__("positions", h5py.SoftLink("/time"))),
        "a link to itself": _with(lambda f, _: f.__setitem__("positions", h5py.SoftLink("/positions"))),
        "external storage": _with(_external_storage),
        "a virtual dataset": _with(_virtual),
        "a gigabyte in 4 kB of chunks": _with(_bomb),
        "a filter nobody knows": _with(_unknown_filter),
        "shuffle and gzip": _with(_chunked(chunks=(4, 21, 3), compression="gzip", shuffle=True)),
        "chunks without a filter": _with(_chunked(chunks=(1, 21, 3))),
        "10^9 frames without data": _with(_hollow(10**9)),
        "2 million frames without data": _with(_hollow(2_000_000)),
        "a dataset past the end": _bytes(_beyond_the_end),
        "a dataset at 2^62": _bytes(_shared),
        "text of any length": _with(lambda f, _: f.create_dataset("positions", data=["a", "b"], dtype=h5py.string_dtype())),
        "references": _with(lambda f, _: f.create_dataset("positions", (4,), dtype=h5py.ref_dtype)),
        "records": _with(lambda f, _: f.create_dataset("positions", (4,), dtype=np.dtype([("a", "f4")]))),
        "numbers with another exponent": _with(_odd_floats),
        "another byte order": _with(lambda f, _: f.create_dataset("positions", data=np.zeros(_SHAPE, ">f4"))),
        "double precision": _with(lambda f, _: f.create_dataset("positions", data=np.zeros(_SHAPE))),
        "NaN": _with(_nan),
        "a group": _with(lambda f, _: f.create_group("positions")),
        "a named type": _with(lambda f, _: f.__setitem__("positions", np.dtype("f4"))),
        "nothing but a shape": _with(lambda f, _: f.create_dataset("positions", data=h5py.Empty("f4"))),
        "5000 groups": _with(_many),
        "an old superblock": _with(lambda f, _: None, "earliest"),
        "a user block before the file": _bytes(lambda d: bytes(512) + d),
        "a terabyte that is not there": _sparse,
    }
}  # fmt: skip
