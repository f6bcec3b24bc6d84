"""One window of a data set in HDF5 as any program writes it: parsed in a limited process, nothing else of the file is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.store.safe_io.caps import WINDOW_BYTES, WINDOW_MEMORY_BYTES, WINDOW_PARSE_MS, WINDOWS_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.limited_process import Limits, stream_limited
from kinetrace.store.safe_io.plain_file import open_plain

_WORKER: Final = Path(__file__).with_name("hdf5_window_worker.py")
_START: Final = b"\x89HDF\r\n\x1a\n"
_HEAD_BYTES: Final = 1000


@dataclass(frozen=True)
class Window:
    """One window, and the shape of the data set that it is of; None where it has no such window."""

    shape: tuple[int, ...]
    values: Float[np.ndarray, "..."] | None


def read_window(path: Path, dataset: str, window: int) -> Window:
    """Read a data set's shape and one window along its first axis.

    Args:
        path: The file.
        dataset: Path of the data set in it.
        window: Which, from 0.

    Raises:
        FormatError: As `open_plain`; `parser`: not HDF5, no such data set, or bytes on which libhdf5 refused or crashed.
    """
    job = {"dataset": dataset, "window": window, "bytes": WINDOW_BYTES}
    limits = Limits(WINDOW_MEMORY_BYTES, WINDOW_PARSE_MS / 1000, WINDOW_BYTES + _HEAD_BYTES)
    with open_plain(path, WINDOWS_BYTES) as stream:
        start = stream.read(len(_START))
        if start != _START:
            fix = "Give the data set's own .h5 file."
            raise FormatError("hdf5", "file", "an HDF5 file", f"bytes that begin with {start!r}", fix)
        records = list(stream_limited(_WORKER, stream, job, limits))
    shape = tuple(json.loads(records[0]))
    if len(records) == 1:
        return Window(shape, None)
    return Window(shape, np.frombuffer(records[1], dtype="<f8").reshape(shape[1:]).copy())
