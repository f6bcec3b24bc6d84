from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.formats.depth import confident, read_scan_points
from schemas.errors import CaptureError

HEADER = "t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw\n"


def test_only_the_most_confident_pixels_within_range_count() -> None:
    depth = np.array([[0.1, 1.0], [4.9, 5.1], [np.nan, 2.0]], dtype=np.float32)
    confidence = np.array([[2, 2], [2, 2], [2, 1]], dtype=np.uint8)
    found = confident(depth, confidence)
    np.testing.assert_array_equal(np.isfinite(found), [[False, True], [True, False], [False, False]])


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
