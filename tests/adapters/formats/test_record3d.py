from __future__ import annotations

import importlib.util
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from adapters.formats.record3d import read_record3d
from adapters.formats.record3d_depth import Record3DDepth, depth_size
from benchmarks.made_videos import DEPTH, FRAMES, OPTICS, TIME, floor_depth, forward_poses, write_record3d
from schemas.errors import CaptureError

FX, FY, CX, CY = OPTICS.tolist()
NO_LZFSE = importlib.util.find_spec("liblzfse") is None


def _changed(path: Path, put: dict[str, bytes | None]) -> Path:
    """Write the archive anew with other members; None takes one away."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members.update({name: data for name, data in put.items() if data is not None})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if put.get(name, b"") is not None:
                archive.writestr(name, data)
    return path


def test_poses_are_relative_to_the_first_frame_and_gravity_is_not_known(tmp_path: Path) -> None:
    found = read_record3d(write_record3d(tmp_path / "a.r3d"))
    assert found.cameras is not None and not found.cameras.gravity_known
    np.testing.assert_allclose(found.cameras.world_from_camera[0], np.diag([1.0, -1.0, -1.0, 1.0]), atol=1e-9)
    assert found.assumptions == ("poses are seen from the first frame: which way is up is not in the file",)


def test_an_initial_pose_puts_them_into_the_world(tmp_path: Path) -> None:
    first = forward_poses()[0] @ np.diag([1.0, -1.0, -1.0, 1.0])
    start = [*Rotation.from_matrix(first[:3, :3]).as_quat().tolist(), *first[:3, 3].tolist()]
    found = read_record3d(write_record3d(tmp_path / "a.r3d", {"initPose": start}))
    assert found.cameras is not None and not found.cameras.gravity_known
    np.testing.assert_allclose(found.cameras.world_from_camera, forward_poses(), atol=1e-9)


@pytest.mark.parametrize("poses", [None, [[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]] * FRAMES])
def test_the_front_cameras_recordings_stand_still(tmp_path: Path, poses: Any) -> None:
    found = read_record3d(write_record3d(tmp_path / "a.r3d", {"poses": poses}))
    assert found.cameras is not None
    assert (found.cameras.world_from_camera == np.diag([1.0, -1.0, -1.0, 1.0])).all()
    assert "the camera is taken to stand still" in found.assumptions[0]


def test_older_versions_know_one_matrix_a_rate_and_no_size_of_depth(tmp_path: Path) -> None:
    old = {"perFrameIntrinsicCoeffs": None, "frameTimestamps": None}
    found = read_record3d(write_record3d(tmp_path / "a.r3d", old))
    assert found.cameras is not None and found.time is not None
    np.testing.assert_allclose(found.cameras.intrinsics, np.tile(OPTICS, (FRAMES, 1)))
    np.testing.assert_allclose(found.time, np.arange(FRAMES) / 10)
    assert found.assumptions[0] == "8 frames with the first frame's camera matrix"
    assert depth_size(None, None, (720, 960)) == (192, 256) and depth_size(None, None, (960, 720)) == (256, 192)


def test_a_row_by_row_matrix_is_told_from_a_column_by_column_one(tmp_path: Path) -> None:
    rows = {"perFrameIntrinsicCoeffs": None, "K": [FX, 0.0, CX, 0.0, FY, CY, 0.0, 0.0, 1.0]}
    found = read_record3d(write_record3d(tmp_path / "a.r3d", rows))
    assert found.cameras is not None
    np.testing.assert_allclose(found.cameras.intrinsics, np.tile(OPTICS, (FRAMES, 1)))
    assert found.assumptions[0] == "K is written row by row, not column by column"


def test_intrinsics_of_another_size_are_scaled_by_the_width(tmp_path: Path) -> None:
    twice = {"w": 128, "h": 96, "perFrameIntrinsicCoeffs": [[2 * v for v in (FX, FY, CX, CY)]] * FRAMES}
    found = read_record3d(write_record3d(tmp_path / "a.r3d", twice))
    assert found.cameras is not None
    np.testing.assert_allclose(found.cameras.intrinsics, np.tile(OPTICS, (FRAMES, 1)))
    assert "scaled to the frames' 64 by 48" in found.assumptions[0]


def test_dropped_depth_missing_confidence_and_missing_poses_are_said(tmp_path: Path) -> None:
    poses = [[0.0, 0.0, 0.0, 1.0, 0.1 * at, 0.0, 0.0] for at in range(FRAMES - 1)]
    path = write_record3d(tmp_path / "a.r3d", {"poses": poses})
    _changed(path, {"rgbd/2.depth": None, "rgbd/3.conf": None, "sound.m4a": b"music"})
    found = read_record3d(path)
    assert found.depth is not None and found.cameras is not None
    assert found.depth.at(2) is None and not found.depth.has(2)
    images = found.depth.at(3)
    assert images is not None and (images[1] == 2).all()
    assert np.isnan(found.cameras.world_from_camera[7]).all()
    text = "; ".join(found.assumptions)
    assert "1 of the film's 8 frames have no camera pose" in text and "depth: none in 1 of the frames" in text
    assert "depth without confidence in 1 frames" in text
    assert found.left_out == ("sound.m4a: sound",)


def test_frames_asked_for_out_of_order_are_the_same(tmp_path: Path) -> None:
    found = read_record3d(write_record3d(tmp_path / "a.r3d")).depth
    assert isinstance(found, Record3DDepth)
    for frame in (5, 0, 1, 2, 3, 7, 6, 1):
        images = found.at(frame)
        assert images is not None
        np.testing.assert_allclose(images[0], floor_depth(forward_poses()[frame]), rtol=1e-6)


def test_nothing_and_nonsense_in_depth_are_nan(tmp_path: Path) -> None:
    depth = np.array([np.nan, np.inf, -1.0, 0.0, 1e9, 2.5] * (DEPTH[0] * DEPTH[1] // 6), dtype="<f4")
    path = _changed(write_record3d(tmp_path / "a.r3d"), {"rgbd/0.depth": depth.tobytes()})
    found = read_record3d(path).depth
    assert found is not None
    images = found.at(0)
    assert images is not None
    np.testing.assert_array_equal(np.isfinite(images[0].ravel()), depth == 2.5)


@pytest.mark.skipif(NO_LZFSE, reason="the optional extra record3d is not installed")
def test_packed_depth_is_the_raw_depth(tmp_path: Path) -> None:
    packed = read_record3d(write_record3d(tmp_path / "a.r3d", pack=True)).depth
    raw = read_record3d(write_record3d(tmp_path / "b.r3d")).depth
    assert packed is not None and raw is not None
    for frame in range(FRAMES):
        one, other = packed.at(frame), raw.at(frame)
        assert one is not None and other is not None
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


def test_packed_depth_without_the_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = _changed(write_record3d(tmp_path / "a.r3d"), {"rgbd/0.depth": b"bvx2" + bytes(40)})
    with pytest.raises(CaptureError, match=r"pip install 'kinetrace\[record3d\]'"):
        read_record3d(path)


BENT = [[0.0, 0.0, 0.0, 2.0, 0.1 * at, 0.0, 0.0] for at in range(FRAMES)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"K": None, "perFrameIntrinsicCoeffs": None}, "K or perFrameIntrinsicCoeffs, found neither"),
        ({"perFrameIntrinsicCoeffs": [[-1.0, 1.0, 1.0, 1.0]] * FRAMES}, "positive fx, fy, cx, cy"),
        ({"perFrameIntrinsicCoeffs": [[FX, FY, CX]] * FRAMES}, "perFrameIntrinsicCoeffs.0.3"),
        ({"K": [1.0] * 8}, "K: expected Tuple should have at least 9 items"),
        ({"poses": BENT}, r"poses\.0: expected a camera pose"),
        ({"frameTimestamps": TIME[:3].tolist()}, "one for each frame, found 3 for frame 7"),
        ({"frameTimestamps": TIME[::-1].tolist()}, "times that go forward"),
        ({"w": 0}, "w: expected"),
        ({"fps": None}, "fps"),
        ({"dw": 12, "dh": 16}, "depth of the same view as the film, found 12 by 16 px for a film of 64 by 48"),
    ],
)
def test_metadata_that_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_record3d(write_record3d(tmp_path / "a.r3d", changes))


def test_an_r3d_that_is_no_zip_or_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.r3d"
    path.write_bytes(b"\xff\xd8 an image" * 50)
    with pytest.raises(CaptureError, match=r"a zip archive of one part"):
        read_record3d(path)
    _changed(write_record3d(path), {"metadata": None})
    with pytest.raises(CaptureError, match=r"metadata: expected at most"):
        read_record3d(path)
    _changed(write_record3d(path), {f"rgbd/{at}.jpg": None for at in range(1, FRAMES)})
    with pytest.raises(CaptureError, match=r"rgbd/0.jpg, rgbd/1.jpg, …, found 1 of them"):
        read_record3d(path)
    _changed(write_record3d(path), {"../../outside": b"x"})
    with pytest.raises(CaptureError, match=r"plain relative names"):
        read_record3d(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_record3d(tmp_path / "a.r3d")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8 : at + 10] = struct.pack("<H", 1)
    path.write_bytes(bytes(data))
    with pytest.raises(CaptureError, match=r"without encryption"):
        read_record3d(path)


def test_depth_of_another_size_is_refused(tmp_path: Path) -> None:
    path = _changed(write_record3d(tmp_path / "a.r3d"), {"rgbd/0.depth": bytes(5 << 20)})
    with pytest.raises(CaptureError, match=r"at most 4194304 bytes"):
        read_record3d(path)
