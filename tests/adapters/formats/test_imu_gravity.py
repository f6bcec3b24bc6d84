from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from adapters.formats.camera_rows import CameraRows
from adapters.formats.imu_gravity import gravity_remark

HEADER = "timestamp, a_x, a_y, a_z, alpha_x, alpha_y, alpha_z\n"


def _rows(turn: Rotation) -> CameraRows:
    """A tablet lying on its long edge, its camera level: image-right is world X, image-down is world −Y; then turned."""
    poses = np.tile(np.eye(4), (20, 1, 1))
    poses[:, :3, :3] = turn.as_matrix() @ np.diag([1.0, -1.0, -1.0])
    return CameraRows(np.arange(20) / 10.0, np.arange(20), np.ones((20, 4)), poses)


def _imu(folder: Path, reading: tuple[float, float, float], start: float = 0.0) -> Path:
    text = "".join(f"{start + at / 100:.2f}, {reading[0]}, {reading[1]}, {reading[2]}, 0, 0, 0\n" for at in range(190))
    (folder / "imu.csv").write_text(HEADER + text)
    return folder / "imu.csv"


@pytest.mark.parametrize("length", [1.0, 9.81])
def test_on_its_long_edge_a_tablet_feels_gravity_along_its_minus_x(tmp_path: Path, length: float) -> None:
    """By hand: image up is the device's +X, so what points down is −X; either unit."""
    assert gravity_remark(_imu(tmp_path, (-length, 0.0, 0.0)), _rows(Rotation.identity())) == ()


@pytest.mark.parametrize(("angle", "said"), [(10.0, False), (30.0, True)])
def test_poses_that_lean_are_told_beyond_what_a_hand_does(tmp_path: Path, angle: float, said: bool) -> None:
    found = gravity_remark(_imu(tmp_path, (-1.0, 0.0, 0.0)), _rows(Rotation.from_euler("x", angle, degrees=True)))
    assert bool(found) is said
    if said:
        assert found == ("imu.csv (in g) points 30° away from the poses' down, which is kept",)


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    rows = _rows(Rotation.identity())
    assert "gravity in no unit" in gravity_remark(_imu(tmp_path, (0.0, 3.0, 0.0)), rows)[0]
    assert "of another time" in gravity_remark(_imu(tmp_path, (-1.0, 0.0, 0.0), start=900.0), rows)[0]
    (tmp_path / "imu.csv").write_text(HEADER + "0, x, 0, 0\n")
    assert "checks nothing: expected 4 numbers" in gravity_remark(tmp_path / "imu.csv", rows)[0]
    (tmp_path / "imu.csv").write_text(HEADER)
    assert "expected readings, found none" in gravity_remark(tmp_path / "imu.csv", rows)[0]
