from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.formats.depth_images import PngDepth, image_numbers, read_image
from schemas.errors import CaptureError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("depth", "confidence"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "depth/000004.png"), np.array([[0, 1500, 65535]], dtype=np.uint16))
    cv2.imwrite(str(tmp_path / "confidence/000004.png"), np.array([[2, 1, 0]], dtype=np.uint8))
    return tmp_path


def test_millimetres_become_metres_and_nothing_becomes_nan(folder: Path) -> None:
    images = PngDepth(folder / "depth", folder / "confidence", np.array([-1, 4]))
    assert not images.has(0) and images.at(0) is None and images.has(1)
    found = images.at(1)
    assert found is not None
    np.testing.assert_allclose(found[0], [[np.nan, 1.5, 65.535]], rtol=1e-6)
    assert found[1].tolist() == [[2, 1, 0]] and found[0].dtype == np.float32


def test_numbers_are_those_of_images_in_order(folder: Path) -> None:
    for name in ("000010.png", "12.png", "000003.jpg", ".DS_Store"):
        (folder / "depth" / name).write_bytes(b"x")
    assert image_numbers(folder / "depth").tolist() == [4, 10]


def test_numpy_files_of_old_recorders_are_refused(folder: Path) -> None:
    np.save(folder / "depth/000005.npy", np.zeros((2, 2)))
    with pytest.raises(CaptureError, match=r"16-bit PNG images in millimetres, found NumPy files"):
        image_numbers(folder / "depth")


def test_confidence_of_another_size_is_refused(folder: Path) -> None:
    cv2.imwrite(str(folder / "confidence/000004.png"), np.zeros((2, 3), dtype=np.uint8))
    with pytest.raises(CaptureError, match=r"\(1, 3\) pixels, as the depth, found \(2, 3\)"):
        PngDepth(folder / "depth", folder / "confidence", np.array([4])).at(0)


def test_an_image_of_other_bits_is_refused(folder: Path) -> None:
    assert read_image(folder / "depth/000004.png", 16).dtype == np.uint16
    with pytest.raises(CaptureError, match=r"one channel of uint8"):
        read_image(folder / "depth/000004.png", 8)
