from __future__ import annotations

from pathlib import Path

import pytest

from adapters.formats.motion_file import MOTION_SUFFIXES, READERS, kept_bytes, motion_suffix, read_motion
from benchmarks.made_exports import h36m_npz
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError


def test_the_end_of_the_name_decides_whatever_its_case_and_whichever_part_is_named() -> None:
    assert motion_suffix(Path("a/Walk.TRC")) == ".trc"
    assert motion_suffix(Path("a.b/data.npz::S1/Walking.2")) == ".npz"
    assert set(READERS) < set(MOTION_SUFFIXES) and {".json", ".csv", ".npz", ".h5", ".mot"} <= set(MOTION_SUFFIXES)


def test_the_mapping_tells_the_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A_x,A_y,A_z\n1,2,3\n1,2,4\n")
    assert read_motion(path, MarkerMapping(fps=20.0)).time[1] == 0.05
    with pytest.raises(CaptureError, match="--fps"):
        read_motion(path)


def test_a_whole_file_is_kept_byte_for_byte_and_a_part_alone(tmp_path: Path, walk: object) -> None:
    path = tmp_path / "h36m.npz"
    path.write_bytes(h36m_npz(walk))  # type: ignore[arg-type]
    assert kept_bytes(path) == path.read_bytes()
    part = kept_bytes(Path(f"{path}::S1/Walking"))
    assert len(part) < path.stat().st_size


def test_a_suffix_that_nothing_reads_is_refused() -> None:
    with pytest.raises(CaptureError, match=r"expected a \.trc.*\.h5.*file, found walk.xyz"):
        read_motion(Path("walk.xyz"))
