"""The door for films: what comes out is what was put in, and what a film claims is held against its bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.film_bytes import TICKS, make_film, pictures, turned
from benchmarks.hostile.videos import CASES
from kinetrace.store.safe_io import film as film_door
from kinetrace.store.safe_io.film import read_film_facts, read_pictures
from kinetrace.store.safe_io.format_error import FormatError


def _path(tmp_path: Path, data: bytes, name: str = "x.mp4") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def film() -> bytes:
    return make_film(pictures(9))


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "libx264"), ("mov", "mpeg4"), ("mov", "mjpeg"), ("matroska", "mjpeg"), ("webm", "libvpx")],
)
def test_size_frames_and_times_come_out_as_they_were_put_in(tmp_path: Path, container: str, codec: str) -> None:
    facts = read_film_facts(_path(tmp_path, make_film(pictures(9), container=container, codec=codec)), decode=True)
    assert facts.size == (64, 48) and facts.frames == 9 and facts.quarter_turns == 0
    assert np.allclose(facts.time, np.arange(9) / 30, atol=0.001)  # Matroska counts in milliseconds


def test_an_uneven_frame_rate_is_kept_frame_by_frame(tmp_path: Path) -> None:
    stamps = [0, 20, 45, 60, 120, 121]
    facts = read_film_facts(_path(tmp_path, make_film(pictures(6), stamps=stamps)))
    assert np.allclose(facts.time, np.array(stamps) / TICKS, atol=1e-9)


@pytest.mark.parametrize("clockwise", [0, 1, 2, 3])
def test_the_rotation_in_the_header_is_told_in_counter_clockwise_quarters(
    tmp_path: Path, film: bytes, clockwise: int
) -> None:
    facts = read_film_facts(_path(tmp_path, turned(film, clockwise)))
    assert facts.quarter_turns == -clockwise % 4 and facts.size == (64, 48)


def test_pictures_are_the_ones_that_were_asked_for(tmp_path: Path) -> None:
    made = pictures(9)
    path = _path(tmp_path, make_film(made, container="mov", codec="mjpeg"))
    stamps = read_film_facts(path).stamps
    found = read_pictures(path, [int(stamps[k]) for k in (2, 7)], 64)
    assert sorted(found) == [stamps[2], stamps[7]]
    for number in (2, 7):
        off = np.abs(found[int(stamps[number])].astype(int) - made[number].astype(int))
        assert off.mean() < 8  # JPEG is not exact
    assert max(found[int(stamps[2])].shape) == 64
    assert read_pictures(path, [int(stamps[2])], 32)[int(stamps[2])].shape == (24, 32, 3)


def _zipped(images: list[bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, image in enumerate(images):
            archive.writestr(f"rgbd/{number}.jpg", image)
    return buffer.getvalue()


def _jpegs(count: int, columns: int = 64, rows: int = 48) -> list[bytes]:
    import cv2

    return [bytes(cv2.imencode(".jpg", one[:, :, ::-1])[1].tobytes()) for one in pictures(count, columns, rows)]


def test_images_in_a_zip_are_a_film_whose_stamps_are_their_numbers(tmp_path: Path) -> None:
    path = _path(tmp_path, _zipped(_jpegs(4)), "x.r3d")
    members = [f"rgbd/{k}.jpg" for k in range(4)]
    facts = read_film_facts(path, members, decode=True)
    assert facts.size == (64, 48) and facts.stamps.tolist() == [0, 1, 2, 3] and facts.codec == "jpeg"
    assert np.abs(read_pictures(path, [2], 64, members)[2].astype(int) - pictures(4)[2]).mean() < 8


@pytest.mark.parametrize(
    ("images", "members", "found"),
    [
        ([b"\x89PNG" + bytes(50)], ["rgbd/0.jpg"], "bytes that begin with"),
        ([b"\xff\xd8\xff\xe0" + bytes(50)], ["rgbd/0.jpg"], "."),
        (_jpegs(2), ["rgbd/0.jpg", "rgbd/7.jpg"], "no item named"),
        ([*_jpegs(1), *_jpegs(1, 32, 32)], ["rgbd/0.jpg", "rgbd/1.jpg"], "32 x 32 px"),
        (_jpegs(1), [], "0"),
    ],
)
def test_images_that_are_none_are_refused(tmp_path: Path, images: list[bytes], members: list[str], found: str) -> None:
    with pytest.raises(FormatError, match=found) as caught:
        read_film_facts(_path(tmp_path, _zipped(images)), members, decode=True)
    assert caught.value.rule == "film" and caught.value.fix


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("text", "container"),
        ("a list of addresses", "container"),
        ("pieces, the last cut", "frames"),
        ("half of a Matroska film", "duration"),
        ("a thousand million times", "header"),
        ("all frames at one time", "time"),
        ("no frames", "frames"),
        ("100 000 by 100 000 pixels", "container"),
        ("65 500 by 65 500 pixels in each image", "frames"),
        ("a compression that nobody knows", "streams"),
    ],
)
def test_a_hostile_film_is_refused_with_a_field_and_a_fix(tmp_path: Path, name: str, field: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_film_facts(CASES["film"][name](tmp_path), decode=True)
    assert (caught.value.rule, caught.value.field) == ("film", field) and "xport" in caught.value.fix


def test_a_link_is_not_followed(tmp_path: Path, film: bytes) -> None:
    link = tmp_path / "link.mp4"
    link.symlink_to(_path(tmp_path, film))
    with pytest.raises(FormatError, match="symbolic link"):
        read_film_facts(link)


def test_frames_larger_or_more_than_the_caps_are_refused(
    tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _path(tmp_path, film)
    with monkeypatch.context() as patch, pytest.raises(FormatError, match="64 x 48 px"):
        patch.setattr(film_door, "FILM_SIDE", 63)
        read_film_facts(path)
    with monkeypatch.context() as patch, pytest.raises(FormatError, match="9") as caught:
        patch.setattr(film_door, "FILM_FRAMES", 8)
        read_film_facts(path)
    assert caught.value.fix == "Cut the film into takes."


def test_frames_of_noise_are_refused_with_their_number(tmp_path: Path) -> None:
    data = bytearray(make_film(pictures(12)))
    start = data.index(b"mdat") + 700
    data[start : start + 700] = np.random.default_rng(0).bytes(700)
    with pytest.raises(FormatError, match="of 12 that cannot"):
        read_film_facts(_path(tmp_path, bytes(data)), decode=True)


def test_an_empty_film_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="an empty file"):
        read_film_facts(_path(tmp_path, b""))
