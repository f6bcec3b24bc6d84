"""Tables of arrays on disk (HDF5 and NPZ): same arrays, same bytes; nothing is allocated before it is checked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

import h5py
import numpy as np
from pydantic import ValidationError

from kinetrace.store.documents import plain_errors
from kinetrace.store.safe_io.caps import ZIP_RATIO, ZIP_RATIO_FLOOR
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.hdf5 import read_h5_arrays
from kinetrace.store.safe_io.npz import read_npz_arrays
from kinetrace.store.safe_io.plain_file import open_plain
from kinetrace.store.safe_io.table import Arrays
from schemas.base import Array, ArrayTable
from schemas.errors import ArtifactError

Table = TypeVar("Table", bound=ArrayTable)

Reader = Callable[[BinaryIO, Mapping[str, Array] | None, int], Arrays]


def encode_h5(table: ArrayTable) -> bytes:
    """Encode a table as HDF5; bytes depend on the arrays alone."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=("v110", "v110")) as file:
        for name in sorted(table.specs()):
            file.create_dataset(name, data=np.ascontiguousarray(getattr(table, name)), track_times=False)
    return buffer.getvalue()


def encode_npz(table: ArrayTable) -> bytes:
    """Encode a table as a compressed NPZ; bytes depend on the arrays alone.

    A large table that packs better than the reader's cap on ratios allows (all zeros, say) is stored as it is.
    """
    packed = _npz(table, zipfile.ZIP_DEFLATED)
    claimed = sum(getattr(table, name).nbytes + 256 for name in table.specs())
    return packed if claimed <= max(ZIP_RATIO_FLOOR, ZIP_RATIO * len(packed)) else _npz(table, zipfile.ZIP_STORED)


def _npz(table: ArrayTable, method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(table.specs()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(getattr(table, name)), (1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.getvalue(), method, compresslevel=6)
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
    return _read(path, model, read_h5_arrays)


def read_npz(path: Path, model: type[Table]) -> Table:
    """Read an NPZ table: member names, sizes, dtypes and ranks are checked before any array is allocated; no pickle.

    Raises:
        ArtifactError: The file is missing, not a zip, holds other members than declared, or an array that does not fit.
    """
    return _read(path, model, read_npz_arrays)


def read_any(path: Path) -> Arrays:
    """Read whatever arrays of numbers an `.h5` or `.npz` file holds, to show them to a person.

    Raises:
        ArtifactError: The file is missing, of another format, or breaks the rules of `safe_io`.
    """
    reader = read_npz_arrays if path.suffix == ".npz" else read_h5_arrays
    try:
        with plain_errors(path), open_plain(path, ArrayTable.max_bytes) as stream:
            return reader(stream, None, ArrayTable.max_bytes)
    except FormatError as error:
        raise _refusal(path, error) from error


def _read(path: Path, model: type[Table], reader: Reader) -> Table:
    try:
        with plain_errors(path), open_plain(path, model.max_bytes) as stream:
            return model(**reader(stream, model.specs(), model.max_bytes))
    except ValueError as error:  # from the reader, or from the model
        raise _refusal(path, error) from error


def _check_table(path: Path, table: ArrayTable) -> None:
    # The model is frozen, but what is inside of its arrays is not.
    try:
        type(table)(**{name: getattr(table, name) for name in table.specs()})
    except ValidationError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> ArtifactError:
    text = str(error)
    if isinstance(error, ValidationError):
        text = error.errors(include_url=False, include_input=False)[0]["msg"]
    return ArtifactError(
        where=str(path), field="arrays", expected="the arrays that the schema declares", found=text[:300],
        fix="Run the stage that writes this file again.",
    )  # fmt: skip
