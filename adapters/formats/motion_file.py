"""Any motion file that we read, by the end of its name; `data.zip::take` is a take inside a data set's archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from adapters.formats.bvh import read_bvh
from adapters.formats.c3d import read_c3d_markers
from adapters.formats.take_zip import read_take, split_address
from adapters.formats.trc import MarkerFile, read_trc
from schemas.errors import CaptureError

READERS: Final[dict[str, Callable[[Path], MarkerFile]]] = {
    ".trc": read_trc, ".c3d": read_c3d_markers, ".bvh": read_bvh, ".zip": read_take,
}  # fmt: skip
"""Reader by suffix."""


def motion_suffix(path: Path) -> str:
    """Give the suffix that decides how a path is read: of `data.zip::take` that of the archive."""
    return split_address(path)[0].suffix.lower()


def read_motion(path: Path) -> MarkerFile:
    """Read a motion file.

    Raises:
        CaptureError: A suffix that nothing reads, or what the reader refuses.
    """
    reader = READERS.get(motion_suffix(path))
    if reader is None:
        raise CaptureError(
            where=str(path), field="motion", expected=f"a {', '.join(READERS)} file", found=path.name,
            fix="Export the motion as TRC or C3D.",
        )  # fmt: skip
    return reader(path)
