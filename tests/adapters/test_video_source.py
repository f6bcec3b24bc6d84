from __future__ import annotations

from pathlib import Path

import pytest

from adapters.video_source import video_source
from schemas.errors import CaptureError


@pytest.mark.parametrize(
    ("name", "kept", "recorder"),
    [
        ("a.MP4", "rgb.mp4", "not declared"),
        ("b.mov", "rgb.mov", "not declared"),
        ("c.R3D", "recording.r3d", "Record3D"),
    ],
)
def test_a_file_is_told_by_its_suffix(tmp_path: Path, name: str, kept: str, recorder: str) -> None:
    found = video_source(tmp_path / name)
    assert found is not None
    assert (found.listed, found.paths, found.recorder) == ({kept: "rgb"}, {"rgb": tmp_path / name}, recorder)


def test_a_scanners_folder_is_told_by_its_files_unless_it_is_a_bundle(tmp_path: Path) -> None:
    for name in ("rgb.mp4", "odometry.csv", "imu.csv", "notes.md"):
        (tmp_path / name).write_text("x")
    (tmp_path / "depth").mkdir()
    found = video_source(tmp_path)
    assert found is not None
    assert found.listed == {"imu.csv": "imu", "odometry.csv": "odometry", "rgb.mp4": "rgb"}
    assert found.left_out == ("depth: an empty folder", "notes.md: not a file of Stray Scanner")
    (tmp_path / "capture.json").write_text("{}")
    assert video_source(tmp_path) is None


def test_what_is_no_video_is_left_to_others(tmp_path: Path) -> None:
    assert video_source(tmp_path) is None and video_source(tmp_path / "walk.trc") is None
    (tmp_path / "link.mp4").symlink_to(tmp_path / "film.mp4")
    assert video_source(tmp_path / "link.mp4") is None


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rgb.mp4").write_text("x")
    (tmp_path / "odometry.csv").write_text("x")
    (tmp_path / "imu.csv").mkdir()
    with pytest.raises(CaptureError, match=r"imu: expected a file, as the app writes it, found something else"):
        video_source(tmp_path)
