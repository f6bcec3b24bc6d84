"""From a film to landmarks: what the limited process says is put in place, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from adapters.videopose3d import pose_network
from adapters.videopose3d.landmarks import LANDMARKS, Landmarks
from adapters.videopose3d.pose_network import check_film, film_facts, find_landmarks, pictures_at
from adapters.videopose3d.recording import VideoFile
from benchmarks.film_bytes import TICKS, make_film, pictures, turned
from schemas.errors import CaptureError

ROOT = Path(__file__).resolve().parents[3]
WORKER = f"""
import struct, sys
import numpy as np
sys.path.append({str(ROOT)!r})
from kinetrace.store.safe_io.film_frames import frames

def records(path, job):
    for number, (stamp, frame) in enumerate(frames(path, job)):
        said = b"P" + struct.pack("<q", stamp)
        for name, points in enumerate(people(number)):
            if points is not None:
                table = np.column_stack((points, np.full(33, 0.9))).astype("<f4")
                said += struct.pack("<qI", stamp, name) + table.tobytes()
        yield said

def standing(x, y, tall=100.0):
    points = np.tile((x, y), (33, 1)).astype(float)
    points[[11, 12], 1] -= 0.3 * tall
    points[[25, 26], 1] += 0.25 * tall
    points[[27, 28], 1] += 0.5 * tall
    return points
"""


@pytest.fixture
def film(tmp_path: Path) -> VideoFile:
    path = tmp_path / "film.mp4"
    path.write_bytes(make_film(pictures(24, 320, 240), stamps=[*range(0, 440, 20), 460, 500]))
    return VideoFile(path)


def _with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: str) -> None:
    path = tmp_path / "worker.py"
    path.write_text(f"{WORKER}\ndef people(n):\n    {people}\n", encoding="utf-8")
    monkeypatch.setattr(pose_network, "WORKER", path)


def test_every_frame_has_its_own_time_and_those_without_the_person_are_gaps(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(monkeypatch, tmp_path, "return [standing(100 + n, 120) if n % 12 != 11 else None]")
    found = find_landmarks(film)
    assert found.points.shape == (24, len(LANDMARKS), 2) and found.size == (320, 240) and found.quarter_turns == 0
    assert np.allclose(found.time[-3:], np.array((420, 460, 500)) / TICKS)
    gone = np.zeros(24, dtype=bool)
    gone[[11, 23]] = True
    assert np.isnan(found.points[gone]).all() and (found.visibility[gone] == 0).all()
    assert (
        np.allclose(found.points[~gone, 27, 0], 100 + np.flatnonzero(~gone)) and (found.visibility[~gone] > 0.8).all()
    )
    assert found.remarks == ()


def test_progress_is_told_frame_by_frame(film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, tmp_path, "return [standing(100, 120)]")
    told: list[tuple[str, float | None]] = []
    counted = []

    def bar(items: Iterable[bytes], text: str, total: float | None) -> Iterator[bytes]:
        told.append((text, total))
        for item in items:
            counted.append(1)
            yield item

    find_landmarks(film, progress=bar)
    assert told == [("Looking for the person", 24)] and len(counted) == 24


def test_of_two_people_the_one_who_moves_is_followed_and_the_other_named(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(monkeypatch, tmp_path, "return [standing(60, 120), standing(120 + 6 * n, 120)]")
    found = find_landmarks(film)
    assert np.allclose(found.points[:, 23, 0], 120 + 6 * np.arange(24))
    assert "2 people" in found.remarks[0] and "left out at 0.19" in found.remarks[0]
    assert found.remarks[0].endswith("adapter.place in params.yaml chooses among those who move")
    _with(monkeypatch, tmp_path, "return [standing(60, 120), standing(250, 120)]")
    assert np.allclose(find_landmarks(film, place=(0.8, 0.5)).points[:, 23, 0], 250)


def test_turns_come_from_the_caller_else_from_the_file_else_from_the_person(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(monkeypatch, tmp_path, "return [standing(100, 120)[:, ::-1]]")  # head to the left: one turn clockwise
    found = find_landmarks(film)
    assert found.quarter_turns == 3 and "lies on its side" in found.remarks[0]
    assert find_landmarks(film, upright=1).quarter_turns == 1
    film.path.write_bytes(turned(film.path.read_bytes(), 1))
    kept = find_landmarks(film)
    assert kept.quarter_turns == 3 and kept.remarks == ()


@pytest.mark.parametrize("people", ["return []", "return [standing(100, 120) if n < 5 else None]"])
def test_a_film_without_a_person_is_refused_with_advice(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: str
) -> None:
    _with(monkeypatch, tmp_path, people)
    with pytest.raises(CaptureError, match="nobody in 24 frames") as caught:
        find_landmarks(film)
    assert caught.value.expected == "a person" and "Film the whole person" in caught.value.fix


def test_a_film_of_a_moment_is_refused_before_the_network_is_started(tmp_path: Path) -> None:
    path = tmp_path / "moment.mp4"
    path.write_bytes(make_film(pictures(9)))
    with pytest.raises(CaptureError, match=r"9 frames in 0\.27 s"):
        find_landmarks(VideoFile(path))


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ("return [standing(float('nan'), 1)]", "others"),
        ("raise ValueError('the network is broken')", "the network is broken"),
        ("import os; os.abort()", "crashed"),
    ],
)
def test_what_the_process_says_wrong_is_a_refusal(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: str, found: str
) -> None:
    _with(monkeypatch, tmp_path, people)
    with pytest.raises(CaptureError, match=found):
        find_landmarks(film)


def test_a_frame_at_a_time_that_the_film_does_not_have_is_refused(
    film: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(monkeypatch, tmp_path, "return []")
    path = tmp_path / "worker.py"
    path.write_text(path.read_text().replace('struct.pack("<q", stamp)', 'struct.pack("<q", stamp + 1)'))
    with pytest.raises(CaptureError, match="a frame at another"):
        find_landmarks(film)


def test_facts_and_pictures_name_the_file_when_they_refuse(tmp_path: Path, film: VideoFile) -> None:
    assert film_facts(film).frames == check_film(film).frames == 24
    shown = pictures_at(film, [3, 20], 160)
    assert sorted(shown) == [3, 20] and shown[3].shape == (120, 160, 3)
    with pytest.raises(CaptureError, match="nothing at this path") as caught:
        film_facts(VideoFile(tmp_path / "none.mp4"))
    assert caught.value.where.endswith("none.mp4")


@pytest.fixture(scope="module")
def walk(recordings: Path) -> Landmarks:
    """What is found in a film in which one person walks by while another balances on a block."""
    return find_landmarks(VideoFile(recordings / "video" / "sports2d_demo.mp4"))


def test_the_walker_of_a_real_film_is_followed_through_the_passage_and_not_the_man_on_the_block(
    walk: Landmarks,
) -> None:
    hips = walk.points[:, (23, 24)].mean(axis=1)
    passage = hips[50:196]
    assert np.isfinite(passage).all()
    assert passage[0, 0] > 1350 and passage[-1, 0] < 120 and (np.diff(passage[::10, 0]) < -20).all()
    assert (passage[:, 1] > 600).all()  # the man's hips are above 350 px until he jumps
    assert any("2 people" in text for text in walk.remarks)


def test_the_walkers_legs_pass_each_other_seven_times_and_the_arms_go_against_them(walk: Landmarks) -> None:
    """Counted by eye in the film: the legs cross at about frames 51, 69, 90, 107, 127, 144, 163, 182."""
    between = walk.points[50:196, 27, 0] - walk.points[50:196, 28, 0]
    known = np.isfinite(between)
    clear = known & (np.abs(np.where(known, between, 0.0)) > 60)
    signs = np.sign(between[clear])
    assert 6 <= int((np.diff(signs) != 0).sum()) <= 8
    arms = walk.points[50:196, 15, 0] - walk.points[50:196, 16, 0]
    both = clear & np.isfinite(arms)
    assert np.corrcoef(between[both], arms[both])[0, 1] < -0.7
