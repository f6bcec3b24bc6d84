"""Tables of arrays on disk (HDF5 and NPZ): same arrays, same bytes; nothing is allocated before it is checked."""

from __future__ import annotations

import io
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
from pydantic import ValidationError

from kinetrace.store.documents import read_limited
from schemas.base import ArrayTable, check_array
from schemas.errors import ArtifactError

Table = TypeVar("Table", bound=ArrayTable)


_H5_ERRORS = (OSError, ValueError, KeyError, TypeError, RuntimeError)
_ZIP_ERRORS = (*_H5_ERRORS, EOFError, SyntaxError, zipfile.BadZipFile, zlib.error, tokenize.TokenError)


def encode_h5(table: ArrayTable) -> bytes:
    """Encode a table as HDF5; bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=("v110", "v110")) as file:
        for name in sorted(table.specs()):
            file.create_dataset(name, data=np.ascontiguousarray(getattr(table, name)), track_times=False)
    return buffer.getvalue()


def encode_npz(table: ArrayTable) -> bytes:
    """Encode a table as a compressed NPZ; bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(table.specs()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(getattr(table, name)), (1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=6)
    return buffer.getvalue()


def write_h5(path: Path, table: ArrayTable) -> None:
    """Write a table as HDF5.

    Raises:
        ArtifactError: The arrays were changed after they were checked and no longer fit.
    """
    _check_table(path, table)
    path.write_bytes(encode_h5(table))


def write_npz(path: Path, table: ArrayTable) -> None:
    """Write a table as NPZ.

    Raises:
        ArtifactError: The arrays were changed after they were checked and no longer fit.
    """
    _check_table(path, table)
    path.write_bytes(encode_npz(table))


def read_h5(path: Path, model: type[Table]) -> Table:
    """Read an HDF5 table: names, dtypes, ranks, sizes and storage are checked before any array is allocated.

    Raises:
        ArtifactError: The file is missing, not HDF5, holds other datasets than declared, links, external or virtual
            storage, or an array that does not fit.
    """
    data = read_limited(path, model.max_bytes)
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            _check_names(set(file), model)
            sizes: dict[str, tuple[int, str]] = {}
            for name, spec in model.specs().items():
                if not isinstance(file.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"{name}: expected a dataset, found a link to elsewhere")
                node = file[name]
                if not isinstance(node, h5py.Dataset) or node.is_virtual or node.external is not None:
                    raise ValueError(f"{name}: expected a dataset stored in this file")
                check_array(name, node.dtype.str, node.shape, spec, sizes)
                claimed = _check_bytes(name, node.dtype, node.shape, model)
                # We write contiguously; chunks and filters would let a few bytes claim gigabytes.
                if node.chunks is not None or node.id.get_storage_size() != claimed:
                    raise ValueError(f"{name}: header claims {claimed} bytes that are not stored plainly in this file")
            return model(**{name: file[name][()] for name in model.specs()})
    except _H5_ERRORS as error:
        raise _refusal(path, error) from error


def read_npz(path: Path, model: type[Table]) -> Table:
    """Read an NPZ table: member names, sizes, dtypes and ranks are checked before any array is allocated; no pickle.

    Raises:
        ArtifactError: The file is missing, not a zip, holds other members than declared, or an array that does not fit.
    """
    data = read_limited(path, model.max_bytes)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if (claimed := sum(m.file_size for m in members)) > model.max_bytes:
                raise ValueError(f"expected at most {model.max_bytes} bytes, the archive claims {claimed}")
            names = [m.filename.removesuffix(".npy") for m in members]
            if len(set(names)) != len(names):
                raise ValueError("a member stands twice")
            _check_names(set(names), model)
            sizes: dict[str, tuple[int, str]] = {}
            specs = model.specs()
            arrays = {
                n: _read_member(archive, m, n, specs[n], sizes, model) for m, n in zip(members, names, strict=True)
            }
            return model(**arrays)
    except _ZIP_ERRORS as error:
        raise _refusal(path, error) from error


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, spec: Any, sizes: Any, model: type[ArrayTable]
) -> np.ndarray[Any, Any]:
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"{name}: expected npy format 1.0, found {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream, max_header_size=4096)
        if dtype.hasobject or fortran:
            raise ValueError(f"{name}: expected plain C-ordered numbers, found {dtype}")
        check_array(name, dtype.str, shape, spec, sizes)
        wanted = _check_bytes(name, dtype, shape, model)
        raw = stream.read(wanted + 1)
    if len(raw) != wanted:
        raise ValueError(f"{name}: expected {wanted} bytes of data, found {len(raw)}")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()


def _check_table(path: Path, table: ArrayTable) -> None:
    # The model is frozen, but what is inside of its arrays is not.
    try:
        type(table)(**{name: getattr(table, name) for name in table.specs()})
    except ValidationError as error:
        raise _refusal(path, error) from error


def _check_names(found: set[str], model: type[ArrayTable]) -> None:
    declared = set(model.specs())
    if found != declared:
        raise ValueError(
            f"expected arrays {sorted(declared)}, missing {sorted(declared - found)}, unknown {sorted(found - declared)[:5]}"
        )


def _check_bytes(name: str, dtype: np.dtype[Any], shape: tuple[int, ...], model: type[ArrayTable]) -> int:
    size = int(dtype.itemsize)
    for length in shape:
        size *= int(length)
    if size > model.max_bytes:
        raise ValueError(f"{name}: expected at most {model.max_bytes} bytes, header claims {size}")
    return size


def _refusal(path: Path, error: Exception) -> ArtifactError:
    text = str(error)
    if isinstance(error, ValidationError):
        text = error.errors(include_url=False, include_input=False)[0]["msg"]
    return ArtifactError(
        where=str(path), field="arrays", expected="the arrays that the schema declares", found=text[:300],
        fix="Run the stage that writes this file again.",
    )  # fmt: skip
