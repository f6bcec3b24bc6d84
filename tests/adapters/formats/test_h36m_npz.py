from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.h36m_npz import JOINTS_17, read_joint_npz, single_array
from benchmarks.made_exports import h36m_npz
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError


def _saved(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def test_a_take_is_named_by_subject_and_action(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "h36m.npz"
    path.write_bytes(h36m_npz(walk[:20]))
    for name in ("S1/Walking", "Walking", "S1/Sitting 1", "Sitting_1"):
        file = read_joint_npz(Path(f"{path}::{name}"), None)
        assert file.names == JOINTS_17 and file.units == "m"
        np.testing.assert_allclose(file.time[1], 0.02)  # Human3.6M: 50 Hz
    ankle = walk[:20, INDEX["r_ankle"]][:, [0, 2, 1]] * (1.0, -1.0, 1.0)
    np.testing.assert_allclose(file.positions[:, JOINTS_17.index("RFoot")], ankle, atol=1e-5)


def test_thirty_two_joints_give_the_same_seventeen_and_toes(tmp_path: Path) -> None:
    full = np.arange(5 * 32 * 3, dtype=float).reshape(5, 32, 3) / 100.0
    file = read_joint_npz(_saved(tmp_path / "a.npz", walk=full), 50.0)
    assert file.names == (*JOINTS_17, "RToe", "LToe")
    np.testing.assert_allclose(file.positions[:, file.names.index("LKnee")], full[:, 7])
    np.testing.assert_allclose(file.positions[:, file.names.index("RShoulder")], full[:, 25])
    np.testing.assert_allclose(file.positions[:, file.names.index("LToe")], full[:, 9])


def test_millimetres_are_told_by_size_and_the_files_own_rate_is_used(tmp_path: Path, walk: np.ndarray) -> None:
    places = 1000.0 * np.ascontiguousarray(walk[:10, :17])
    file = read_joint_npz(_saved(tmp_path / "a.npz", walk=places, fps=np.array(25)), None)
    assert file.units == "mm" and file.time[1] == 0.04 and "25 frames a second, in the file" in file.remarks[0]


def test_one_array_alone_is_kept_with_the_same_numbers_and_bytes(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "h36m.npz"
    path.write_bytes(h36m_npz(walk))
    small = single_array(Path(f"{path}::S1/Walking"))
    assert small == single_array(Path(f"{path}::Walking")) and len(small) < path.stat().st_size
    with np.load(io.BytesIO(small)) as kept, np.load(path) as whole:
        assert kept.files == ["S1/Walking"]
        np.testing.assert_array_equal(kept["S1/Walking"], whole["S1/Walking"])


def test_what_is_no_take_is_refused(tmp_path: Path, walk: np.ndarray) -> None:
    path = tmp_path / "h36m.npz"
    path.write_bytes(h36m_npz(walk[:4]))
    with pytest.raises(CaptureError, match=r"one array, found 2 of 2: S1/Sitting_1, S1/Walking.*::S1/Sitting_1"):
        read_joint_npz(path, None)
    with pytest.raises(CaptureError, match="found 0 of 2"):
        read_joint_npz(Path(f"{path}::S9/Walking"), None)
    cases: list[tuple[np.ndarray, str]] = [
        (np.zeros((4, 21, 3)), r"\(frames, 17 or 32, 3\) numbers, found float64 of shape \(4, 21, 3\)"),
        (np.zeros((1, 17, 3)), "found float64 of shape"),
        (np.full((4, 17, 3), np.nan), "finite places"),
        (np.full((4, 17, 3), 1e30), "finite places"),
        (np.asfortranarray(np.ones((4, 17, 3))), "ascontiguousarray"),
        (np.array([{"a": 1}], dtype=object), "Python objects, which are not opened"),
    ]
    for array, message in cases:
        with pytest.raises(CaptureError, match=message):
            read_joint_npz(_saved(tmp_path / "bad.npz", walk=array), 50.0)
    with pytest.raises(CaptureError, match="--fps"):
        read_joint_npz(_saved(tmp_path / "walk.npz", walk=np.ones((4, 17, 3))), None)
    with pytest.raises(CaptureError, match="fps: expected one number"):
        read_joint_npz(_saved(tmp_path / "walk.npz", walk=np.ones((4, 17, 3)), fps=np.array([1, 2])), None)
