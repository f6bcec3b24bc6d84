"""Windows of the Motion Foundation Model and OpenCap's marker enhancer: `time_sequences.h5`, one window by `file.h5::3`.

`data/features` is (windows, 60, 50 or 62): 16 or 20 video keypoints, interleaved (x y z of the first, …) or stacked (all x,
all y, all z), then height [m] and weight [kg], at 60 Hz. Keypoints are relative to the middle of the hips and, as a rule,
in statures. Which layout it is shows in the bones: read the wrong way they change their length all the time.

`infoData.npy` beside it is a Python pickle and is never opened; a window says its own height and weight.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

import h5py
import numpy as np
from jaxtyping import Float

from adapters.formats.addresses import split_address
from adapters.formats.file_subject import FileSubject
from adapters.formats.marker_file import MarkerFile
from adapters.formats.raw_file import capture_errors
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.store.safe_io.hdf5_window import Window, read_window
from schemas.errors import CaptureError

DATASET: Final = "data/features"
FPS: Final = 60.0
KEYPOINTS: Final = (
    "Neck", "RShoulder", "LShoulder", "RHip", "LHip", "midHip", "RKnee", "LKnee", "RAnkle", "LAnkle", "RHeel", "LHeel",
    "RSmallToe", "LSmallToe", "RBigToe", "LBigToe", "RElbow", "LElbow", "RWrist", "LWrist",
)  # fmt: skip
"""In the data set's order; windows of 50 numbers have the first 16."""
WIDTHS: Final = (50, 62)
CLEAR: Final = 0.5
"""Read rightly, bones vary by less than this part of what they vary when read wrongly."""
HEIGHT_M: Final = (0.5, 2.4)
WEIGHT_KG: Final = (5.0, 400.0)
_BONES: Final = (("RHip", "RKnee"), ("LHip", "LKnee"), ("RKnee", "RAnkle"), ("LKnee", "LAnkle"), ("RHip", "LHip"))


def read_motion_window(path: Path) -> MarkerFile:
    """Read the window that `file.h5::3` names; the number may be left out where there is one window only.

    Raises:
        CaptureError: No such file, data set or window, another width than 50 or 62, or bones that tell neither layout.
    """
    window = _window(path)
    features = np.asarray(window.values)
    if not np.isfinite(features).all() or np.abs(features).max() > 1e6:
        raise _refusal(path, "numbers", "finite numbers below 1e6", "others", "Export the data set again.")
    height, weight = (float(v) for v in np.median(features[:, -2:], axis=0))
    points, layout = _keypoints(features[:, :-2], path)
    return _marker_file(points, layout, height, weight)


def single_window(path: Path) -> bytes:
    """Give a small HDF5 file with the one window, its numbers unchanged: what `ingest` keeps of `file.h5::3`.

    Raises:
        CaptureError: As `read_motion_window`.
    """
    values = np.asarray(_window(path).values)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=("v110", "v110")) as file:
        file.create_dataset(DATASET, data=values[None], track_times=False)
    return buffer.getvalue()


def _window(path: Path) -> Window:
    file, wanted = split_address(path)
    if wanted is not None and not re.fullmatch(r"\d{1,9}", wanted):
        fix = f"Name a window, e.g. {file}::0"
        raise _refusal(path, "window", "a number from 0", repr(wanted[:40]), fix)
    with capture_errors(str(file)):
        window = read_window(file, DATASET, int(wanted or 0))
    shape = window.shape
    if len(shape) != 3 or shape[2] not in WIDTHS or shape[1] < 2:
        expected = "(windows, frames, 50 or 62) numbers"
        raise _refusal(file, DATASET, expected, f"shape {shape}", "Give time_sequences.h5 of the data set.")
    if wanted is None and shape[0] != 1:
        raise _refusal(file, "window", "one window", f"{shape[0]} windows", f"Name one, e.g. {file}::0")
    if window.values is None:
        raise _refusal(path, "window", f"0 to {shape[0] - 1}", f"{wanted}", f"Name one that is there, e.g. {file}::0")
    return window


def _keypoints(
    numbers: Float[np.ndarray, "frames columns"], path: Path
) -> tuple[Float[np.ndarray, "frames points 3"], str]:
    frames, columns = numbers.shape
    ways = {
        "interleaved": numbers.reshape(frames, columns // 3, 3),
        "stacked": numbers.reshape(frames, 3, columns // 3).swapaxes(1, 2),
    }
    varied = {name: _bone_variation(points) for name, points in ways.items()}
    best, other = sorted(varied, key=lambda name: varied[name])
    if not varied[best] < CLEAR * varied[other]:
        found = ", ".join(f"{name} {varied[name]:.3g}" for name in varied)
        fix = "Export it with x, y, z of each point beside one another."
        raise _refusal(path, "layout", "bones that keep their length in one of the two layouts", found, fix)
    return ways[best], best


def _bone_variation(points: Float[np.ndarray, "frames points 3"]) -> float:
    """Give how much leg bones and pelvis change over the window, and between the sides: standard deviation over mean."""
    at = {name: i for i, name in enumerate(KEYPOINTS)}
    lengths = np.stack([np.linalg.norm(points[:, at[a]] - points[:, at[b]], axis=1) for a, b in _BONES])
    means = lengths.mean(axis=1)
    if not (means > 1e-9).all():
        return float("inf")
    sides = abs(means[0] - means[1]) / (means[0] + means[1]) + abs(means[2] - means[3]) / (means[2] + means[3])
    return float((lengths.std(axis=1) / means).mean() + sides)


def _marker_file(points: Float[np.ndarray, "frames points 3"], layout: str, height: float, weight: float) -> MarkerFile:
    """Give the window in metres where it is in metres, else in statures; its own height then makes metres of them."""
    at = {name: i for i, name in enumerate(KEYPOINTS)}
    leg = sum(
        float(np.median(np.linalg.norm(points[:, at[f"{s}{a}"]] - points[:, at[f"{s}{b}"]], axis=1)))
        for s in "RL" for a, b in (("Hip", "Knee"), ("Knee", "Ankle"))
    ) / 2  # fmt: skip
    tall = HEIGHT_M[0] <= height <= HEIGHT_M[1]
    statures = abs(leg / LEG_OF_STATURE - 1.0) <= abs(leg / LEG_OF_STATURE - (height if tall else 1.7))
    remarks = [f"{layout} layout, as its bones show", f"{FPS:g} Hz as the data set is published"]
    remarks.append("lengths are in statures" if statures else "lengths are in metres")
    return MarkerFile(
        KEYPOINTS[: points.shape[1]], points, np.arange(len(points)) / FPS, "m", FPS, tuple(remarks), "y",
        "motion_windows_h5",
        FileSubject(
            mass_kg=round(weight, 3) if WEIGHT_KG[0] <= weight <= WEIGHT_KG[1] else None,
            height_m=round(height, 4) if tall else None,
        ),
        size="reference" if statures else "measured", stature_m=1.0 if statures else None,
    )  # fmt: skip


def _refusal(path: Path, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=str(path), field=field, expected=expected, found=found, fix=fix)
