"""The picture on which a person judges what the network saw: drawn where the landmarks are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.videopose3d.landmarks import Landmarks
from adapters.videopose3d.overlay import LEFT, RIGHT, WIDTH, draw_overlay, summary
from adapters.videopose3d.pose_network import film_facts
from adapters.videopose3d.recording import VideoFile
from benchmarks.film_bytes import make_film
from schemas.errors import CaptureError


@pytest.fixture
def film(tmp_path: Path) -> VideoFile:
    path = tmp_path / "film.mp4"
    path.write_bytes(make_film(np.full((12, 240, 320, 3), 90, np.uint8)))
    return VideoFile(path)


def _landmarks(film: VideoFile, turns: int = 0) -> Landmarks:
    points = np.full((12, 33, 2), np.nan)
    for left, right, y in ((11, 12, 60.0), (23, 24, 120.0), (25, 26, 160.0), (27, 28, 200.0)):
        points[2:, left], points[2:, right] = (180.0, y), (140.0, y)
    visibility = np.where(np.isfinite(points).all(axis=2), 0.9, 0.0)
    return Landmarks(film_facts(film).time, points, visibility, (320, 240), turns, ("one remark",))


def _picture(path: Path) -> np.ndarray:
    return np.asarray(cv2.imread(str(path)))[:, :, ::-1]


def _near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Middle of the pixels of a colour: x, y."""
    where = np.argwhere(np.abs(picture.astype(int) - colour).sum(axis=2) < 60)
    return where.mean(axis=0)[::-1]


def test_left_and_right_are_drawn_where_they_are(film: VideoFile, tmp_path: Path) -> None:
    path = tmp_path / "runs" / "out.png"
    draw_overlay(film, _landmarks(film), path)
    picture = _picture(path)
    assert picture.shape[1] == WIDTH
    whole = picture[:1080]  # 320 x 240 px, 4.5 times as large
    assert np.allclose(_near(whole, LEFT), (4.5 * 180, 4.5 * 130), atol=12)
    assert np.allclose(_near(whole, RIGHT), (4.5 * 140, 4.5 * 130), atol=12)


def test_a_film_on_its_side_is_shown_upright(film: VideoFile, tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    draw_overlay(film, _landmarks(film, turns=1), path)
    whole = _picture(path)[:1080]
    assert _near(whole, LEFT)[1] < _near(whole, RIGHT)[1]  # a counter-clockwise turn lifts what was to the right


def test_without_a_person_there_is_no_picture(film: VideoFile, tmp_path: Path) -> None:
    nobody = _landmarks(film)
    nobody.points[:] = np.nan
    with pytest.raises(CaptureError, match="a person with hips in view"):
        draw_overlay(film, nobody, tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_the_summary_counts_what_was_seen(film: VideoFile) -> None:
    said = summary(film, _landmarks(film))
    assert (said["frames"], said["frames_with_person"], said["remarks"]) == (12, 10, ["one remark"])
    assert said["landmarks_seen"] == pytest.approx(10 * 8 / (12 * 33)) and said["size"] == [320, 240]
