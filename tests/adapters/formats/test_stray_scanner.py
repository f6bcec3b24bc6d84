from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.formats.stray_scanner import FILES, is_stray_scanner, read_camera_matrix, read_stray_scanner
from adapters.videopose3d.recording import VideoRecording
from benchmarks.made_videos import FRAMES, OPTICS, TIME, forward_poses, write_film, write_stray_scanner
from schemas.errors import CaptureError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_stray_scanner(tmp_path / "0a1b2c3d4e")


def _read(folder: Path) -> VideoRecording:
    return read_stray_scanner({role: folder / name for name, role in FILES.items() if (folder / name).exists()})


def _without_lens(folder: Path) -> None:
    """As older versions write it."""
    lines = (folder / "odometry.csv").read_text().splitlines()
    (folder / "odometry.csv").write_text("\n".join(", ".join(line.split(", ")[:9]) for line in lines))


def test_the_folder_is_told_by_its_files(folder: Path, tmp_path: Path) -> None:
    assert is_stray_scanner(folder)
    assert not is_stray_scanner(tmp_path)


def test_time_comes_from_the_odometry_for_the_film_is_stamped_by_number(folder: Path) -> None:
    found = _read(folder)
    assert found.time is not None and found.cameras is not None and found.cameras.gravity_known
    np.testing.assert_allclose(found.time, TIME - TIME[0], atol=1e-9)
    assert found.assumptions == ("the film's own stamps drift by 583 ms from the camera's clock, which is used",)


def test_a_film_that_lost_its_first_frame_to_a_players_cut_is_one_row_behind(folder: Path) -> None:
    write_film(folder / "rgb.mp4", np.arange(FRAMES - 1) / 60.0)
    found = _read(folder)
    assert found.cameras is not None and found.time is not None and found.depth is not None
    np.testing.assert_allclose(found.cameras.world_from_camera, forward_poses()[1:], atol=1e-9)
    np.testing.assert_allclose(found.time, TIME[1:] - TIME[1], atol=1e-9)
    assert "1 of 8 camera poses belong to no frame of the film" in found.assumptions


def test_a_frame_that_odometry_skipped_has_no_pose(folder: Path) -> None:
    lines = (folder / "odometry.csv").read_text().splitlines()
    (folder / "odometry.csv").write_text("\n".join(lines[:4] + lines[6:]))
    found = _read(folder)
    assert found.cameras is not None
    there = np.isfinite(found.cameras.world_from_camera).all(axis=(1, 2))
    assert np.flatnonzero(~there).tolist() == [3, 4]
    np.testing.assert_allclose(found.cameras.world_from_camera[there], forward_poses()[there], atol=1e-9)


def test_older_exports_have_one_camera_matrix(folder: Path) -> None:
    _without_lens(folder)
    found = _read(folder)
    assert found.cameras is not None
    np.testing.assert_allclose(found.cameras.intrinsics, np.tile(OPTICS, (FRAMES, 1)))
    assert "8 frames with the last frame's camera matrix" in found.assumptions


def test_missing_intrinsics_are_refused(folder: Path) -> None:
    _without_lens(folder)
    (folder / "camera_matrix.csv").unlink()
    with pytest.raises(
        CaptureError, match=r"intrinsics: expected fx, fy, cx, cy in odometry.csv, or camera_matrix.csv"
    ):
        _read(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("60, 0, 0\n0, 60, 0\n32, 24, 1", "a matrix written column by column"),
        ("60, 0, 32\n0, 60, 24\n0, 0, 2", "fx, 0, cx"),
        ("60, 0, 32\n0, -60, 24\n0, 0, 1", "fx, 0, cx"),
        ("60, 0, 32\n0, 60\n0, 0, 1", "fx, 0, cx"),
        ("one, 0, 32\n0, 60, 24\n0, 0, 1", "fx, 0, cx"),
        ("nan, 0, 32\n0, 60, 24\n0, 0, 1", "fx, 0, cx"),
    ],
)
def test_another_camera_matrix_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "camera_matrix.csv").write_text(text)
    with pytest.raises(CaptureError, match=message):
        read_camera_matrix(tmp_path / "camera_matrix.csv")
