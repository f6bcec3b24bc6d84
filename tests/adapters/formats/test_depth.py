from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.formats.depth import CameraPose, back_project, read_scan_points
from schemas.errors import CaptureError

HEADER = "t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw\n"


def _level(rows: int = 48, columns: int = 64) -> CameraPose:
    return CameraPose(0, (columns * 10.0, columns * 10.0, columns * 5.0, rows * 5.0), np.zeros(3), np.eye(3))


def test_the_middle_of_the_image_lies_straight_ahead() -> None:
    depth = np.full((49, 65), 2000, dtype=np.uint16)
    points = back_project(depth, np.full((49, 65), 2, dtype=np.uint8), _level(49, 65))
    middle = points[np.argmin(np.linalg.norm(points[:, :2], axis=1))]
    np.testing.assert_allclose(middle, [0.0, 0.0, -2.0], atol=0.2)
    np.testing.assert_allclose(points[:, 2], -2.0)
    assert points[:, 1].max() > 0 > points[:, 1].min()


def test_only_the_most_confident_pixels_within_range_count() -> None:
    depth = np.full((48, 64), 2000, dtype=np.uint16)
    depth[:, 32:] = 0
    confidence = np.full((48, 64), 2, dtype=np.uint8)
    confidence[24:] = 1
    points = back_project(depth, confidence, _level())
    assert 0 < len(points) <= (24 // 6) * (32 // 6 + 1)
    assert (points[:, 0] < 0).all() and (points[:, 1] > 0).all()


def _folder(folder: Path, tilt_down: float, height: float) -> tuple[Path, Path, Path]:
    """A camera looking down at a floor 0: the depth of each pixel is where its ray meets it."""
    (folder / "depth").mkdir()
    (folder / "confidence").mkdir()
    rows = np.mgrid[0:48, 0:64][0]
    slope = (rows + 0.5 - 24) / 60.0
    down = np.sin(tilt_down) + np.cos(tilt_down) * slope
    z = np.where(down > 0.05, height / np.maximum(down, 0.05), 0.0)
    cv2.imwrite(str(folder / "depth/000003.png"), (z * 1000).round().astype(np.uint16))
    cv2.imwrite(str(folder / "confidence/000003.png"), np.full(rows.shape, 2, dtype=np.uint8))
    s, c = np.sin(-tilt_down / 2), np.cos(-tilt_down / 2)
    (folder / "camera.csv").write_text(HEADER + f"0.0, 3, 600, 600, 320, 240, 0, {height}, 0, {s}, 0, 0, {c}\n")
    return folder / "camera.csv", folder / "depth", folder / "confidence"


def test_a_floor_seen_from_above_comes_out_level_at_zero(tmp_path: Path) -> None:
    points = read_scan_points(*_folder(tmp_path, tilt_down=0.6, height=1.3))
    assert len(points) > 40
    assert np.abs(points[:, 1]).max() < 0.002


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", qw\n", "\n", "header: expected t, frame"),
        ("3, 600", "3, -600", "a camera pose"),
        (" 600,", " x,", "13 numbers"),
    ],
)
def test_a_wrong_row_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    camera, depth, confidence = _folder(tmp_path, 0.6, 1.3)
    camera.write_text(camera.read_text().replace(old, new, 1))
    with pytest.raises(CaptureError, match=message):
        read_scan_points(camera, depth, confidence)


def test_an_image_of_another_kind_is_refused(tmp_path: Path) -> None:
    camera, depth, confidence = _folder(tmp_path, 0.6, 1.3)
    cv2.imwrite(str(depth / "000003.png"), np.zeros((4, 4, 3), dtype=np.uint8))
    with pytest.raises(CaptureError, match=r"one channel of uint16"):
        read_scan_points(camera, depth, confidence)
