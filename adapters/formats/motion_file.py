"""Any motion file that we read, by the end of its name; `data.zip::take` is a part of a larger file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from adapters.formats.addresses import split_address
from adapters.formats.bvh import read_bvh
from adapters.formats.c3d import read_c3d_markers
from adapters.formats.h36m_npz import read_joint_npz, single_array
from adapters.formats.json_export import read_json_export
from adapters.formats.marker_csv import read_marker_csv
from adapters.formats.marker_file import MarkerFile
from adapters.formats.motion_windows import read_motion_window, single_window
from adapters.formats.no_positions import refuse_angles, refuse_pickle
from adapters.formats.raw_file import read_raw
from adapters.formats.take_zip import read_take, single_take
from adapters.formats.trc import read_trc
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError

READERS: Final[dict[str, Callable[[Path], MarkerFile]]] = {
    ".trc": read_trc, ".c3d": read_c3d_markers, ".bvh": read_bvh, ".zip": read_take,
}  # fmt: skip
"""Reader by suffix, of formats that are nothing but motion: a folder of recordings is searched for these."""
_EXPORTS: Final[dict[str, Callable[[Path, MarkerMapping], MarkerFile]]] = {
    ".json": lambda path, told: read_json_export(path, told.fps),
    ".csv": read_marker_csv,
    ".npz": lambda path, told: read_joint_npz(path, told.fps),
    ".h5": lambda path, _: read_motion_window(path),
    ".hdf5": lambda path, _: read_motion_window(path),
}
"""Reader by suffix, of formats that hold motion among other things, and may need to be told the rate or the columns."""
_REFUSED: Final[dict[str, Callable[[Path], MarkerFile]]] = {
    ".mot": refuse_angles, ".sto": refuse_angles, ".npy": refuse_pickle,
}  # fmt: skip
MOTION_SUFFIXES: Final = (*READERS, *_EXPORTS, *_REFUSED)
"""What a motion file's name may end with; some are read only to say why they will not do."""
_PARTS: Final[dict[str, Callable[[Path], bytes]]] = {
    ".zip": single_take, ".npz": single_array, ".h5": single_window, ".hdf5": single_window,
}  # fmt: skip


def motion_suffix(path: Path) -> str:
    """Give the suffix that decides how a path is read: of `data.zip::take` that of the archive."""
    return split_address(path)[0].suffix.lower()


def read_motion(path: Path, mapping: MarkerMapping | None = None) -> MarkerFile:
    """Read a motion file.

    Args:
        path: The file, perhaps with the name of a part.
        mapping: What the user says of it: rate, columns.

    Raises:
        CaptureError: A suffix that nothing reads, or what the reader refuses.
    """
    suffix, told = motion_suffix(path), mapping or MarkerMapping()
    if suffix in _EXPORTS:
        return _EXPORTS[suffix](path, told)
    reader = READERS.get(suffix) or _REFUSED.get(suffix)
    if reader is None:
        raise CaptureError(
            where=str(path), field="motion", expected=f"a {', '.join((*READERS, *_EXPORTS))} file", found=path.name,
            fix="Export the motion as TRC or C3D.",
        )  # fmt: skip
    return reader(path)


def kept_bytes(path: Path) -> bytes:
    """Give what `ingest` keeps of a recording: its bytes, or of a larger file the one part alone.

    Raises:
        CaptureError: The file cannot be read, or has no such part.
    """
    part = _PARTS.get(motion_suffix(path))
    if part is None or (split_address(path)[1] is None and motion_suffix(path) != ".zip"):
        return read_raw(path)
    return part(path)
