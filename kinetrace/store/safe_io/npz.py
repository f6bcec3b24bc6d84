"""NPZ as arrays: members, sizes, dtypes and ranks are known before anything is allocated; no pickle, no evaluation."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from kinetrace.store.safe_io.caps import HDF5_DATASETS
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.table import Arrays, Sizes, check_declared, check_names
from kinetrace.store.safe_io.zip_members import DATASET_NAMES, open_zip, read_member
from schemas.base import Array

_MAGIC = b"\x93NUMPY\x01\x00"
_HEADER = re.compile(
    rb"\{'descr': '([<>|=]?[biufcSUVO]\d{0,4})', 'fortran_order': (True|False), 'shape': "
    rb"(\((?:-?\d{1,18}(?:, ?-?\d{1,18})*,?)?\))(?:, )?\} *\n"
)
"""What numpy writes; it is matched, not evaluated."""


def read_npz_arrays(stream: BinaryIO, specs: Mapping[str, Array] | None, max_bytes: int) -> Arrays:
    """Read arrays from an NPZ.

    Args:
        stream: The file.
        specs: Which arrays, exactly; None: whatever arrays of numbers are in it.
        max_bytes: What all of them may take.

    Raises:
        FormatError: `zip` or `arrays`.
    """
    with open_zip(stream, max_bytes) as archive:
        members = {m.filename.removesuffix(".npy"): m for m in archive.infolist()}
        if len(members) != len(archive.infolist()):
            raise FormatError("arrays", "archive", "each array once", "a member stands twice")
        if any(not m.filename.endswith(".npy") for m in members.values()) or len(members) > HDF5_DATASETS:
            raise FormatError("arrays", "archive", "members called NAME.npy", f"{', '.join(members)[:80]}")
        check_names(set(members), specs)
        sizes: Sizes = {}
        return {
            name: _array(archive, member, name, None if specs is None else specs[name], sizes, max_bytes)
            for name, member in members.items()
        }


def npz_names(stream: BinaryIO, max_bytes: int) -> tuple[str, ...]:
    """List the arrays of an NPZ without reading any.

    Raises:
        FormatError: `zip` or `arrays`.
    """
    with open_zip(stream, max_bytes, DATASET_NAMES) as archive:
        return tuple(m.filename.removesuffix(".npy") for m in archive.infolist() if m.filename.endswith(".npy"))


def read_npz_array(stream: BinaryIO, name: str, max_bytes: int) -> np.ndarray[Any, Any]:
    """Read one array of an NPZ and leave the others unread.

    Args:
        stream: The file.
        name: One of `npz_names`.
        max_bytes: What the archive may unpack to.

    Raises:
        FormatError: `zip` or `arrays`: no numbers, or more than `max_bytes` of them.
    """
    with open_zip(stream, max_bytes, DATASET_NAMES) as archive:
        return _array(archive, archive.getinfo(f"{name}.npy"), name, None, {}, max_bytes)


def _array(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, spec: Array | None, sizes: Sizes, max_bytes: int
) -> np.ndarray[Any, Any]:
    with archive.open(member) as stream:
        start = stream.read(len(_MAGIC) + 2)
        length = int.from_bytes(start[-2:], "little")
        header = stream.read(min(length, 4096))
    if start[:-2] != _MAGIC or length > 4096:
        raise _refuse(name, f"expected npy format 1.0 with a short header, found {start[6:8].hex()}")
    dtype, shape = _declared(name, header)
    wanted = check_declared(name, dtype, shape, spec, sizes, max_bytes)
    offset = len(start) + len(header)
    if member.file_size != offset + wanted:
        raise _refuse(name, f"expected {wanted} bytes of data, found {member.file_size - offset}")
    data = read_member(archive, member)
    return np.frombuffer(data, dtype=dtype, offset=offset).reshape(shape).copy()


def _declared(name: str, header: bytes) -> tuple[np.dtype[Any], tuple[int, ...]]:
    match = _HEADER.fullmatch(header)
    if match is None:
        raise _refuse(name, f"descr, order or shape is not valid: {header.strip()[:90]!r}")
    try:
        dtype = np.dtype(match[1].decode())
    except (TypeError, ValueError) as error:
        raise _refuse(name, str(error)) from None
    if dtype.hasobject or match[2] == b"True":
        raise _refuse(name, f"expected plain C-ordered numbers, found {dtype}")
    return dtype, tuple(int(n) for n in match[3].strip(b"()").split(b",") if n.strip())


def _refuse(name: str, found: str) -> FormatError:
    return FormatError("arrays", name, "an array as declared", f"{name}: {found}")
