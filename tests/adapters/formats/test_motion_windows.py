from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from adapters.formats.motion_windows import KEYPOINTS, read_motion_window, single_window
from benchmarks.made_exports import windows_h5
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError


def _at(path: Path, window: int) -> Path:
    return Path(f"{path}::{window}")


@pytest.mark.parametrize("arms", [True, False])
@pytest.mark.parametrize("stacked", [True, False])
@pytest.mark.parametrize("storage", [{}, {"chunks": (1, 60, 10), "compression": "gzip"}])
def test_both_layouts_and_widths_give_the_walk_in_statures(
    tmp_path: Path, walk: np.ndarray, stacked: bool, arms: bool, storage: dict[str, Any]
) -> None:
    path = tmp_path / "time_sequences.h5"
    path.write_bytes(windows_h5(walk, height=1.75, stacked=stacked, arms=arms, **storage))
    file = read_motion_window(_at(path, 1))
    knee = (walk[30:90, INDEX["r_knee"]] - walk[30:90, INDEX["pelvis"]]) / 1.75
    np.testing.assert_allclose(file.positions[:, KEYPOINTS.index("RKnee")], knee, atol=1e-6)
    assert file.names == KEYPOINTS[: 20 if arms else 16] and file.size == "reference" and file.stature_m == 1.0
    assert file.subject.height_m == 1.75 and file.subject.mass_kg == 70.0
    assert ("stacked" if stacked else "interleaved") in file.remarks[0]


def test_metres_are_told_from_statures_by_the_legs(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "m.h5"
    path.write_bytes(windows_h5(walk * 1.75, height=1.75, stacked=False))
    file = read_motion_window(_at(path, 0))
    assert file.size == "measured" and "metres" in file.remarks[2]


def test_one_window_alone_is_kept_with_the_same_numbers_and_bytes(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "time_sequences.h5"
    path.write_bytes(windows_h5(walk, height=1.75, stacked=True))
    small = single_window(_at(path, 1))
    assert small == single_window(_at(path, 1))
    with h5py.File(io.BytesIO(small)) as kept, h5py.File(path) as whole:
        np.testing.assert_array_equal(kept["data/features"][0], whole["data/features"][1])
    alone = tmp_path / "motion.h5"
    alone.write_bytes(small)
    np.testing.assert_array_equal(read_motion_window(alone).positions, read_motion_window(_at(path, 1)).positions)


def _hdf5(path: Path, **datasets: Any) -> Path:
    with h5py.File(path, "w") as file:
        for name, data in datasets.items():
            file["/".join(name.split("__"))] = data
    return path


def test_what_is_no_window_is_refused(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "time_sequences.h5"
    path.write_bytes(windows_h5(walk, height=1.75, stacked=False))
    with pytest.raises(CaptureError, match=r"one window, found 2 windows.*::0"):
        read_motion_window(path)
    with pytest.raises(CaptureError, match="0 to 1, found 7"):
        read_motion_window(_at(path, 7))
    with pytest.raises(CaptureError, match="a number from 0, found 'x'"):
        read_motion_window(Path(f"{path}::x"))
    noise = np.random.default_rng(1).normal(size=(1, 60, 62))
    cases: list[tuple[dict[str, Any], str]] = [
        ({"data__features": noise}, "bones that keep their length in one of the two layouts"),
        ({"data__features": np.zeros((1, 60, 61))}, r"50 or 62\) numbers, found shape \(1, 60, 61\)"),
        ({"data__features": np.zeros((60, 62))}, "50 or 62"),
        ({"data__features": np.full((1, 60, 62), np.nan)}, "finite numbers"),
        ({"data__labels": noise}, "no dataset data/features"),
        ({"data": noise}, "no dataset data/features"),
        ({"data__features": h5py.SoftLink("/other")}, "a link to elsewhere|no dataset"),
        ({"data__features": h5py.ExternalLink("other.h5", "/x")}, "a link to elsewhere|no dataset"),
        ({"data__features": np.array([["a", "b"]], dtype="S1")}, "no table of windows"),
        ({"data__features": np.zeros((1, 60, 62, 100))}, "more than a window may take"),
    ]
    for number, (datasets, message) in enumerate(cases):
        with pytest.raises(CaptureError, match=message):
            read_motion_window(_hdf5(tmp_path / f"bad{number}.h5", **datasets))
    text = tmp_path / "text.h5"
    text.write_text("no HDF5 at all")
    with pytest.raises(CaptureError, match="an HDF5 file"):
        read_motion_window(text)
