"""Files of a motion laboratory that hold no positions: joint angles and forces. They are refused with what would work."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from adapters.formats.mot import read_mot
from schemas.errors import CaptureError


def refuse_angles(path: Path) -> NoReturn:
    """Refuse a MOT or STO file, saying what is in it.

    Raises:
        CaptureError: Always.
    """
    table = read_mot(path)
    forces = any("force" in name.lower() for name in table.names)
    shown = ", ".join(table.names[:4])
    raise CaptureError(
        where=str(path), field="motion", expected="positions of markers or joints",
        found=f"{'forces' if forces else 'joint angles'} over time ({shown}, …)",
        fix="Give the .trc or .c3d of the same trial: "
        + ("the pipeline finds ground forces itself." if forces else "the angles were made of it (OpenCap: MarkerData)."),
    )  # fmt: skip


def refuse_pickle(path: Path) -> NoReturn:
    """Refuse a NumPy file on its own: it is a Python pickle as a rule (`infoData.npy`), or an array without a name.

    Raises:
        CaptureError: Always.
    """
    raise CaptureError(
        where=str(path), field="format", expected="a motion", found="a NumPy .npy file, as a rule a pickle",
        fix="Pickles are not opened. Of infoData.npy nothing is needed: give time_sequences.h5::0."
        " Save an array of joints with numpy.savez('walk.npz', walk=array, fps=50).",
    )  # fmt: skip
