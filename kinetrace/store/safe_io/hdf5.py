"""HDF5 as arrays: plain contiguous datasets in one file, nothing that points elsewhere or unfolds."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

import h5py
import numpy as np

from kinetrace.store.safe_io.caps import HDF5_DATASETS
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.table import Arrays, Sizes, check_declared, check_names
from schemas.base import Array

_START = b"\x89HDF\r\n\x1a\n\x03"
"""Superblock version 3, at byte 0: all metadata of such a file carry checksums, so that the library's parser meets none
that was damaged."""
_ERRORS = (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError)


def read_h5_arrays(stream: BinaryIO, specs: Mapping[str, Array] | None, max_bytes: int) -> Arrays:
    """Read arrays from an HDF5 file.

    Args:
        stream: The file.
        specs: Which datasets, exactly; None: whatever datasets of numbers are in its root.
        max_bytes: What each may take.

    Raises:
        FormatError: `arrays`: not HDF5 of our kind, other names than declared, a link, external, virtual, chunked or filtered
            storage, an array that does not fit or is not all there.
    """
    start = stream.read(len(_START))
    if start != _START:
        raise _refuse("file", f"bytes that do not begin as HDF5 with superblock 3: {start!r}")
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    try:
        with h5py.File(stream, "r") as file:
            if len(file) > HDF5_DATASETS:
                raise _refuse("file", f"expected at most {HDF5_DATASETS} datasets, found {len(file)}")
            names = sorted(file)
            check_names(set(names), specs)
            sizes: Sizes = {}
            nodes = [_dataset(file, n, None if specs is None else specs[n], sizes, max_bytes) for n in names]
            if (claimed := sum(node.nbytes for node in nodes)) > size:
                raise _refuse("file", f"datasets that claim {claimed} bytes in a file of {size}")
            return {name: np.asarray(node[()]) for name, node in zip(names, nodes, strict=True)}
    except FormatError:
        raise
    except _ERRORS as error:
        raise _refuse("file", str(error) or type(error).__name__) from None


def _dataset(file: h5py.File, name: str, spec: Array | None, sizes: Sizes, max_bytes: int) -> h5py.Dataset:
    """Give a dataset after its header was held against everything that is asked of it."""
    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        raise _refuse(name, f"{name}: expected a dataset, found a link to elsewhere")
    node = file[name]
    if not isinstance(node, h5py.Dataset) or node.is_virtual or node.external is not None:
        raise _refuse(name, f"{name}: expected a dataset stored in this file")
    claimed = check_declared(name, node.dtype, node.shape or (), spec, sizes, max_bytes)
    if node.shape is None or not node.id.get_type().equal(h5py.h5t.py_create(node.dtype)):
        raise _refuse(name, f"{name}: expected plain {node.dtype}, found numbers that would be converted")
    # We write contiguously; chunks and filters would let a few bytes claim gigabytes.
    plain = node.chunks is None and node.id.get_create_plist().get_nfilters() == 0
    if not plain or node.id.get_storage_size() != claimed:
        raise _refuse(name, f"{name}: header claims {claimed} bytes that are not stored plainly in this file")
    return node


def _refuse(field: str, found: str) -> FormatError:
    return FormatError("arrays", field, "plain datasets", found)
