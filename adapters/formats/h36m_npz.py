"""Joint places in NPZ, as Human3.6M is used: 17 or 32 joints in its order, one array a take, `file.npz::S1/Walking`.

The published `data_3d_h36m.npz` is one pickled Python object and is never unpickled; three lines make plain arrays of it:

    d = numpy.load("data_3d_h36m.npz", allow_pickle=True)["positions_3d"].item()
    numpy.savez_compressed("h36m.npz", **{f"{s}/{a.replace(' ', '_')}": p for s, x in d.items() for a, p in x.items()})

Human3.6M is at 50 Hz; any other recording says its rate in a number `fps` beside the arrays, or with --fps.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from adapters.formats.addresses import SEPARATOR, split_address
from adapters.formats.marker_file import MarkerFile, even_times
from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.caps import RECORDING_BYTES
from kinetrace.store.safe_io.format_error import FormatError, printable
from kinetrace.store.safe_io.npz import npz_names, read_npz_array
from kinetrace.store.safe_io.plain_file import open_plain
from schemas.errors import CaptureError

JOINTS_17: Final = (
    "Hip", "RHip", "RKnee", "RFoot", "LHip", "LKnee", "LFoot", "Spine", "Thorax", "Nose", "Head", "LShoulder", "LElbow",
    "LWrist", "RShoulder", "RElbow", "RWrist",
)  # fmt: skip
"""The usual 17, in their order; Human3.6M calls the ankle "foot"."""
_KEPT_32: Final = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
"""Which of Human3.6M's 32 the usual 17 are (Pavllo 2019)."""
_TOES_32: Final = {"RToe": 4, "LToe": 9}
H36M_FPS: Final = 50.0
_SUBJECT: Final = re.compile(r"(?:positions_3d/)?S\d{1,2}/.+")
_SIDE_M: Final = 100_000.0
_PICKLE: Final = (
    "It holds Python objects, which are not opened. Save plain arrays: d = numpy.load(FILE, allow_pickle=True)"
    "['positions_3d'].item(); numpy.savez_compressed('h36m.npz', **{f'{s}/{a}'.replace(' ', '_'): p for s, x in d.items()"
    " for a, p in x.items()})"
)
_SHOWN: Final = 5


def read_joint_npz(path: Path, fps: float | None) -> MarkerFile:
    """Read the array that `file.npz::S1/Walking` names; the name may be left out where there is one only.

    Args:
        path: The file, perhaps with the array's name.
        fps: Declared rate [Hz], for arrays that are not of Human3.6M and say none.

    Raises:
        CaptureError: No such array, Python objects, another shape than (frames, 17 or 32, 3), no person, or no rate.
    """
    name, places, own = _chosen(path)
    where = f"{split_address(path)[0]}{SEPARATOR}{name}"
    joints, named = _joints(places, where)
    h36m = _SUBJECT.fullmatch(name) is not None
    rate = own if own is not None else fps if fps is not None else H36M_FPS if h36m else None
    time = even_times(len(joints), rate, where)
    said = "in the file" if own is not None else "declared" if fps is not None else "as Human3.6M has"
    unit = "mm" if float(np.nanmedian(np.ptp(joints, axis=1).max(axis=1))) > 10.0 else "m"
    remarks = (f"{rate:g} frames a second, {said}", f"the array names no unit: {unit} makes it a person")
    return MarkerFile(named, joints, time, unit, None, remarks, None, "h36m_npz")


def single_array(path: Path) -> bytes:
    """Give a small NPZ of the one array, its numbers unchanged: what `ingest` keeps of `file.npz::S1/Walking`.

    Raises:
        CaptureError: As `read_joint_npz`.
    """
    name, places, own = _chosen(path)
    members = {name: places} | ({} if own is None else {"fps": np.array(own)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as small:
        for member, array in sorted(members.items()):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{member}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            small.writestr(info, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=6)
    return buffer.getvalue()


def _chosen(path: Path) -> tuple[str, np.ndarray[Any, Any], float | None]:
    """Give the array's name, the array and the file's own rate."""
    file, wanted = split_address(path)
    with capture_errors(str(file)), open_plain(file, RECORDING_BYTES) as stream:
        names = npz_names(stream, RECORDING_BYTES)
        takes = sorted(set(names) - {"fps"})
        fitting = takes if wanted is None else _fitting(takes, wanted)
        if len(fitting) != 1:
            shown = ", ".join(printable(one, 60) for one in (fitting or takes)[:_SHOWN]) or "nothing"
            found = f"{len(fitting)} of {len(takes)}: {shown}"
            first = (fitting or takes or ["NAME"])[0]
            raise _refusal(
                str(file), "array", "one array", found, f"Name one, e.g. {file}{SEPARATOR}{printable(first, 60)}"
            )
        stream.seek(0)
        try:
            places = read_npz_array(stream, fitting[0], RECORDING_BYTES)
        except FormatError as error:
            pickled = "found object" in error.found
            fix = _PICKLE if pickled else "Save it with numpy.ascontiguousarray(array, dtype='float32')."
            raise _refusal(str(file), error.field, "an array of numbers", error.found, fix) from None
        stream.seek(0)
        own = read_npz_array(stream, "fps", RECORDING_BYTES) if "fps" in names else None
    return fitting[0], places, None if own is None else _rate(own, str(file))


def _fitting(takes: list[str], wanted: str) -> list[str]:
    """Give the arrays that a name means: itself, else those that end so; blanks may stand for underscores."""
    plain = wanted.replace(" ", "_")
    exact = [take for take in takes if take.replace(" ", "_") == plain]
    return exact or [take for take in takes if take.replace(" ", "_").endswith(f"/{plain}")]


def _rate(own: np.ndarray[Any, Any], where: str) -> float:
    rate = float(own.ravel()[0]) if own.size == 1 and own.dtype.kind in "iuf" else float("nan")
    if not 5.0 <= rate <= 20_000.0:
        raise _refusal(where, "fps", "one number from 5 to 20000", f"{own.dtype} of shape {own.shape}", "Correct it.")
    return rate


def _joints(places: np.ndarray[Any, Any], where: str) -> tuple[Float[np.ndarray, "frames joints 3"], tuple[str, ...]]:
    shape = places.shape
    if places.dtype.kind not in "fiu" or len(shape) != 3 or shape[1] not in (17, 32) or shape[2] != 3 or shape[0] < 2:
        expected, found = "(frames, 17 or 32, 3) numbers", f"{places.dtype} of shape {shape}"
        fix = "Give joints in Human3.6M's order; for others write a CSV (docs/bring-your-own.md)."
        raise _refusal(where, "array", expected, found, fix)
    with np.errstate(invalid="ignore", over="ignore"):  # what is no number then is refused below
        table = places.astype(float)
    table[~np.isfinite(table).all(axis=2)] = np.nan
    if not np.isfinite(table).any() or np.nanmax(np.abs(table)) > _SIDE_M:
        raise _refusal(where, "array", f"finite places below {_SIDE_M:g}", "others", "Export the recording again.")
    if shape[1] == 17:
        return table, JOINTS_17
    toes = tuple(_TOES_32)
    return table[:, (*_KEPT_32, *_TOES_32.values())], (*JOINTS_17, *toes)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
