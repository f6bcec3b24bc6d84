from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from made_swaying import swaying

from adapters.corrector_windows import read_windows
from benchmarks.made_exports import windows_h5
from kinetrace.training.corrector.window_table import window_table
from schemas.errors import CaptureError


@pytest.mark.parametrize("stacked", [True, False])
def test_every_window_of_either_layout_is_a_recording_that_can_be_trained_on(tmp_path: Path, stacked: bool) -> None:
    path = tmp_path / "time_sequences.h5"
    path.write_bytes(windows_h5(swaying(200), height=1.75, stacked=stacked))
    found = list(read_windows(path))
    assert len(found) >= 2 and all(len(r.positions) == 60 and r.fps == 60.0 for r in found)
    assert {r.source for r in found} == {"motion_windows"} and len({r.name for r in found}) == len(found)
    thigh = np.linalg.norm(found[0].positions[:, 1] - found[0].positions[:, 2], axis=1)
    assert 0.3 < thigh.mean() < 0.6 and thigh.std() < 0.01
    assert len(window_table(found, (60.0,)).starts) == len(found)


def test_both_layouts_give_the_same_motion(tmp_path: Path) -> None:
    for stacked in (True, False):
        (tmp_path / f"{stacked}.h5").write_bytes(windows_h5(swaying(200), height=1.75, stacked=stacked))
    one, other = (next(iter(read_windows(tmp_path / f"{stacked}.h5"))) for stacked in (True, False))
    np.testing.assert_allclose(one.positions, other.positions, atol=1e-6)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["data/features"] = np.zeros((2, 60, 50))
    with pytest.raises(CaptureError, match="layout"):
        list(read_windows(path))
    with pytest.raises(CaptureError, match=r"none\.h5"):
        list(read_windows(tmp_path / "none.h5"))
