from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.bundle import read_bundle
from adapters.formats.depth import scan_points
from adapters.formats.record3d import read_record3d
from adapters.formats.stray_scanner import FILES, read_stray_scanner
from adapters.formats.video_bundle import read_recording
from adapters.videopose3d.recording import VideoFile, VideoRecording, ZippedImages
from benchmarks.made_videos import (
    FRAMES,
    OPTICS,
    SIZE,
    TIME,
    forward_poses,
    write_bundle,
    write_film,
    write_record3d,
    write_stray_scanner,
)
from schemas.errors import CaptureError


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(tmp_path_factory.mktemp("made") / "bundle")


def _copy(bundle: Path, folder: Path) -> Path:
    return Path(shutil.copytree(bundle, folder / "copy"))


def _read(folder: Path) -> VideoRecording:
    return read_recording(read_bundle(folder))


def _edited(folder: Path, **changes: object) -> None:
    path = folder / "capture.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_our_bundle_gives_every_frame_its_camera_depth_and_time(bundle: Path) -> None:
    found = _read(bundle)
    assert found.film == VideoFile(bundle / "rgb.mp4")
    assert found.cameras is not None and found.depth is not None and found.time is not None
    np.testing.assert_allclose(found.cameras.world_from_camera, forward_poses(), atol=1e-9)
    np.testing.assert_allclose(found.cameras.intrinsics, np.tile(OPTICS, (FRAMES, 1)))
    np.testing.assert_allclose(found.time, TIME - TIME[0], atol=1e-9)
    assert found.cameras.gravity_known and found.assumptions == () and found.left_out == ()
    points = scan_points(found.cameras, found.depth, SIZE[0])
    assert len(points) > 20 and np.abs(points[:, 1]).max() < 0.002  # the made floor lies at 0


def test_one_recording_reads_the_same_from_all_three_layouts(bundle: Path, tmp_path: Path) -> None:
    ours = _read(bundle)
    stray = write_stray_scanner(tmp_path / "stray")
    theirs = read_stray_scanner({role: stray / name for name, role in FILES.items() if (stray / name).exists()})
    packed = read_record3d(write_record3d(tmp_path / "recording.r3d"))
    assert isinstance(packed.film, ZippedImages) and len(packed.film.members) == FRAMES
    for other in (theirs, packed):
        assert ours.cameras is not None and other.cameras is not None
        assert ours.depth is not None and other.depth is not None and ours.time is not None
        np.testing.assert_allclose(other.cameras.intrinsics, ours.cameras.intrinsics)
        np.testing.assert_allclose(other.time, ours.time, atol=1e-9)
        start, own = (one.cameras.world_from_camera[0] for one in (ours, other) if one.cameras is not None)
        moved = start @ np.linalg.inv(own) @ other.cameras.world_from_camera
        np.testing.assert_allclose(moved, ours.cameras.world_from_camera, atol=1e-9)
        for frame in range(FRAMES):
            mine, found = ours.depth.at(frame), other.depth.at(frame)
            assert mine is not None and found is not None
            np.testing.assert_allclose(found[0], mine[0], atol=0.0006)  # PNGs hold whole millimetres
            np.testing.assert_array_equal(found[1], mine[1])


def test_a_film_alone_is_a_film_alone(tmp_path: Path) -> None:
    write_film(tmp_path / "walk.mov", np.arange(4) / 30)
    document = {"device": {"model": "x"}, "subject": {"id": "s"}, "units": "m", "files": {"walk.mov": "rgb"}}
    (tmp_path / "capture.json").write_text(json.dumps(document))
    assert _read(tmp_path) == VideoRecording(VideoFile(tmp_path / "walk.mov"))


def test_depth_without_poses_is_left_out_and_a_world_by_the_camera_knows_no_gravity(
    bundle: Path, tmp_path: Path
) -> None:
    folder = _copy(bundle, tmp_path)
    _edited(folder, session={"world_alignment": "camera"})
    found = _read(folder)
    assert found.cameras is not None and not found.cameras.gravity_known
    _edited(folder, files={"rgb.mp4": "rgb", "depth": "depth", "confidence": "confidence"})
    assert _read(folder).left_out == ("depth: useless without camera.csv", "confidence: useless without camera.csv")


def test_dropped_depth_frames_and_rows_are_said_and_give_none(bundle: Path, tmp_path: Path) -> None:
    folder = _copy(bundle, tmp_path)
    (folder / "depth/000002.png").unlink()
    (folder / "confidence/000005.png").unlink()
    lines = (folder / "camera.csv").read_text().splitlines()
    (folder / "camera.csv").write_text("\n".join(lines[:4] + lines[5:]))  # frame 3
    found = _read(folder)
    assert found.cameras is not None and found.depth is not None
    assert [frame for frame in range(FRAMES) if not found.depth.has(frame)] == [2, 3, 5]
    assert found.depth.at(2) is None and found.depth.at(3) is None
    assert np.isnan(found.cameras.world_from_camera[3]).all() and np.isnan(found.cameras.intrinsics[3]).all()
    assert np.isfinite(found.cameras.world_from_camera[[2, 5]]).all()
    assert found.assumptions == (
        "1 of the film's 8 frames have no camera pose", "depth: none in 2 of the frames",
    )  # fmt: skip
    assert found.left_out == (
        "depth: 1 images that no row of the camera's table names", "depth: 1 images without a confidence image",
    )  # fmt: skip


def test_depth_without_confidence_is_taken_as_sure_and_said(bundle: Path, tmp_path: Path) -> None:
    folder = _copy(bundle, tmp_path)
    _edited(folder, files={"rgb.mp4": "rgb", "camera.csv": "camera", "depth": "depth"})
    found = _read(folder)
    assert found.depth is not None and found.assumptions == (
        "depth without confidence images: every depth taken as sure",
    )
    images = found.depth.at(0)
    assert images is not None and (images[1] == 2).all()


def test_intrinsics_of_a_larger_copy_of_the_film_are_scaled(bundle: Path, tmp_path: Path) -> None:
    folder = _copy(bundle, tmp_path)
    text = (folder / "camera.csv").read_text()
    for value in OPTICS:
        text = text.replace(f", {float(value)!r}", f", {float(4 * value)!r}")
    (folder / "camera.csv").write_text(text)
    found = _read(folder)
    assert found.cameras is not None
    np.testing.assert_allclose(found.cameras.intrinsics[0], OPTICS)
    assert "so scaled by 0.25" in found.assumptions[0]


def test_a_film_that_was_turned_after_it_was_recorded_is_refused(bundle: Path, tmp_path: Path) -> None:
    folder = _copy(bundle, tmp_path)
    write_film(folder / "rgb.mp4", TIME - TIME[0], SIZE[::-1])
    with pytest.raises(CaptureError, match=r"about 65 by 47 px for a film of 48 by 64\. The film's pixels were turned"):
        _read(folder)


def test_depth_of_another_view_is_left_out(bundle: Path, tmp_path: Path) -> None:
    import cv2

    folder = _copy(bundle, tmp_path)
    for name, kind in (("depth", np.uint16), ("confidence", np.uint8)):
        for path in (folder / name).iterdir():
            cv2.imwrite(str(path), np.full((16, 12), 2, dtype=kind))
    found = _read(folder)
    assert found.depth is None
    assert found.left_out == ("depth: 12 by 16 px is another view than the film's 64 by 48",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("depth/000000.npy", b"x", "16-bit PNG images in millimetres, found NumPy files of an old recorder"),
        ("depth/000000.png", b"x", "one channel of uint16"),
        ("camera.csv", b"t, frame, fx, fy, cx, cy, x, y, z, qx, qy, qz, qw\n0, 0, 60, 60, 32, 24, 0, 0, 0, 0, 0, 0, 1\n"
         b"9, 1, 60, 60, 32, 24, 0, 0, 0, 0, 0, 0, 1\n", "a row for each of the film's 8 frames"),
        ("rgb.mp4", b"not a film at all", "an MP4, MOV, Matroska or WebM film"),
    ],
)  # fmt: skip
def test_a_part_that_does_not_fit_is_refused(
    bundle: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    folder = _copy(bundle, tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(CaptureError, match=message):
        _read(folder)


def test_a_bundle_without_a_film_or_with_an_unknown_one_is_refused(bundle: Path, tmp_path: Path) -> None:
    folder = _copy(bundle, tmp_path)
    (folder / "film.avi").write_bytes(b"RIFF")
    _edited(folder, files={"film.avi": "rgb"})
    with pytest.raises(CaptureError, match=r"expected \.mp4 or \.mov or \.m4v or \.r3d, found film\.avi"):
        _read(folder)
    (folder / "a.json").write_text('{"assessment_type": "tug"}')
    _edited(folder, files={"a.json": "assessment"})
    with pytest.raises(CaptureError, match=r"a film \(role rgb\), found none"):
        _read(folder)
