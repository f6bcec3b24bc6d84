"""Whole recordings on disk, in three layouts: the same bytes, and readable by whoever knows the layout."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import av
import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from adapters.formats.body_jsonl import read_body
from adapters.formats.bundle import read_bundle
from adapters.formats.camera_rows import read_camera_csv
from adapters.formats.optics import back_project
from kinetrace.simulation.ipad.film import Image
from kinetrace.simulation.ipad.session import Wish, make_session
from kinetrace.simulation.ipad.simulate_rgbd import simulate_rgbd, take_frames
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json
from schemas.capture import CaptureFile
from schemas.errors import CaptureError, UsageError
from schemas.simulation import FilmTruthArrays

SMALL = (96, 72)
pytestmark = pytest.mark.usefixtures("opengl")


HELD = {"bundle": "landscape", "stray_scanner": "landscape", "record3d": "portrait"}


def make(captures: Path, layout: str) -> Path:
    return simulate_rgbd(
        "balance", 1.0, 4, captures, layout, layout=layout, size=SMALL, camera="tripod", orientation=HELD[layout]
    )  # type: ignore[call-overload, arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, opengl: None) -> dict[str, Path]:
    captures = tmp_path_factory.mktemp("captures")
    return {layout: make(captures, layout) for layout in HELD}


@pytest.fixture
def bundle(made: dict[str, Path]) -> Path:
    return made["bundle"]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("layout", list(HELD))
def test_the_same_seed_gives_the_same_bytes(layout: str, made: dict[str, Path], tmp_path: Path) -> None:
    make(tmp_path, layout)
    first = made[layout] if layout == "bundle" else made[layout].parent
    assert contents(tmp_path / layout) == contents(first)


def test_another_seed_is_another_person_seen_by_another_camera() -> None:
    one, other = (make_session("balance", 1.0, seed, Wish()) for seed in (1, 2))
    assert one.truth.person != other.truth.person
    assert one.optics != other.optics and one.room != other.room and one.start_s != other.start_s


def test_a_bundle_is_read_by_the_readers_and_frames_belong_together(bundle: Path) -> None:
    found = read_bundle(bundle)
    truth = read_h5(bundle / "truth.h5", FilmTruthArrays)
    poses, body = read_camera_csv(bundle / "camera.csv"), read_body(bundle / "body.jsonl")
    with av.open(str(bundle / "rgb.mp4")) as film:
        frames = [frame.time for frame in film.decode(video=0)]
    assert found.capture.simulated and found.capture.movement == "balance"
    assert len(frames) == len(poses.time) == len(body.time) == len(truth.time) == 30
    assert len(list((bundle / "depth").iterdir())) == len(list((bundle / "confidence").iterdir())) == 30
    np.testing.assert_allclose(frames, truth.time, atol=1e-3)
    depth = cv2.imread(str(bundle / "depth" / "000000.png"), cv2.IMREAD_UNCHANGED)
    assert depth.shape == (192, 256) and depth.dtype == np.uint16


def test_the_recorded_floor_is_where_the_truth_has_it(bundle: Path) -> None:
    truth, rows = read_h5(bundle / "truth.h5", FilmTruthArrays), read_camera_csv(bundle / "camera.csv")
    depth, sure = (cv2.imread(str(bundle / f / "000020.png"), cv2.IMREAD_UNCHANGED) for f in ("depth", "confidence"))
    metres = np.where(sure == 2, 0.001 * depth, np.nan)
    intrinsics = rows.intrinsics[20] * np.array([256 / 96, 192 / 72, 256 / 96, 192 / 72])
    points = back_project(metres, intrinsics, rows.world_from_camera[20], 1)
    back = np.linalg.inv(truth.to_capture)
    height = (points @ back[:3, :3].T + back[:3, 3])[:, 1]
    low = height[np.abs(height) < 0.05]
    assert len(low) > 2000
    assert abs(float(np.median(low))) < 0.01


def test_true_camera_poses_are_those_recorded_up_to_drift(bundle: Path) -> None:
    truth = read_h5(bundle / "truth.h5", FilmTruthArrays)
    rows = read_camera_csv(bundle / "camera.csv")
    true = truth.to_capture @ truth.camera_pose
    assert float(np.abs(rows.world_from_camera[:, :3, 3] - true[:, :3, 3]).max()) < 0.03
    np.testing.assert_allclose(rows.world_from_camera[:, :3, 2], -true[:, :3, 2], atol=0.02)
    np.testing.assert_allclose(truth.intrinsics, rows.intrinsics, atol=1e-3)


def test_stray_scanner_writes_its_own_files_with_forward_looking_cameras(made: dict[str, Path]) -> None:
    export = made["stray_scanner"]
    assert sorted(p.name for p in export.iterdir()) == [
        "camera_matrix.csv", "confidence", "depth", "imu.csv", "odometry.csv", "rgb.mp4",
    ]  # fmt: skip
    truth = read_h5(export.parent / "truth.h5", FilmTruthArrays)
    rows = np.loadtxt(export / "odometry.csv", delimiter=",", skiprows=1)
    matrix = np.loadtxt(export / "camera_matrix.csv", delimiter=",")
    true = truth.to_capture @ truth.camera_pose
    looking = Rotation.from_quat(rows[:, 5:9]).as_matrix()[:, :, 2]
    np.testing.assert_allclose(looking, -true[:, :3, 2], atol=0.02)
    np.testing.assert_allclose(matrix[[0, 1, 0, 1], [0, 1, 2, 2]], truth.intrinsics[-1], atol=1e-3)
    imu = np.loadtxt(export / "imu.csv", delimiter=",", skiprows=1)
    right, up, back = true[0, :3, :3].T @ [0.0, -9.81, 0.0]
    np.testing.assert_allclose(imu[:, 1:4].mean(axis=0), [up, -right, back], atol=0.3)
    with av.open(str(export / "rgb.mp4")) as film:
        stamps = [frame.time for frame in film.decode(video=0)]
    np.testing.assert_allclose(stamps, np.arange(30) / 60, atol=1e-3)


def test_record3d_turns_an_upright_ipads_images_and_forgets_gravity(made: dict[str, Path]) -> None:
    export = made["record3d"]
    truth = read_h5(export.parent / "truth.h5", FilmTruthArrays)
    with ZipFile(export) as archive:
        told = json.loads(archive.read("metadata"))
        image = cv2.imdecode(np.frombuffer(archive.read("rgbd/0.jpg"), np.uint8), cv2.IMREAD_COLOR)
        depth = np.frombuffer(archive.read("rgbd/0.depth"), "<f4")
    assert (told["w"], told["h"], told["dw"], told["dh"]) == (72, 96, 192, 256)
    assert image.shape[:2] == (96, 72) and depth.size == 192 * 256
    fx, fy, cx, cy = truth.intrinsics[0]
    np.testing.assert_allclose(np.reshape(told["K"], (3, 3)).T, [[fy, 0, 72 - cy], [0, fx, cx], [0, 0, 1]], atol=1e-3)
    np.testing.assert_allclose(told["poses"][0], [0, 0, 0, 1, 0, 0, 0], atol=1e-9)
    step = np.linalg.norm(truth.camera_pose[-1, :3, 3] - truth.camera_pose[0, :3, 3])
    assert np.linalg.norm(told["poses"][-1][4:]) == pytest.approx(step, abs=0.01)


def test_faults_reach_the_disk(tmp_path: Path) -> None:
    faults = ("empty_planes", "depth_dropped", "row_major", "no_intrinsics")
    folder = simulate_rgbd("balance", 1.0, 5, tmp_path, "bad", size=SMALL, faults=faults)
    head = read_json(folder / "capture.json", CaptureFile)
    assert all(fault in (head.source or "") for fault in faults)
    assert "room" not in head.files.values() and json.loads((folder / "planes.json").read_text()) == []
    assert 5 < len(list((folder / "depth").iterdir())) < 28
    assert (folder / "camera.csv").read_text().startswith("t,frame,x,y,z,qx,qy,qz,qw\n")
    line = json.loads((folder / "body.jsonl").read_text().splitlines()[0])
    assert line["anchor"][12:] == [0.0, 0.0, 0.0, 1.0] and any(line["anchor"][3:12:4])


def test_nobody_in_the_film_means_no_body_file(tmp_path: Path) -> None:
    folder = simulate_rgbd("balance", 1.0, 5, tmp_path, "empty", size=SMALL, faults=("no_person", "turned_film"))
    assert not (folder / "body.jsonl").exists()
    with av.open(str(folder / "rgb.mp4")) as film:
        assert abs(next(film.decode(video=0)).rotation) == 180


def test_late_depth_shows_what_was() -> None:
    session = make_session("balance", 1.0, 6, Wish(faults=("depth_late",)))
    taken: list[np.ndarray] = []

    class Taker:
        def add(self, frame: int, rgb: np.ndarray, depth: np.ndarray, confidence: np.ndarray) -> None:
            taken.append(depth)

    walls = [Image(np.zeros((72, 96, 3), np.uint8), np.full((192, 256), 1.0 + 0.1 * i)) for i in range(8)]
    take_frames(session, walls, Taker())
    np.testing.assert_allclose([np.median(d) for d in taken], [1000, 1000, 1000, 1000, 1100, 1200, 1300, 1400], atol=15)


def test_a_recording_is_not_overwritten_and_a_bad_name_is_refused(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(CaptureError, match="not simulated"):
        simulate_rgbd("balance", 1.0, 1, tmp_path, "mine", size=SMALL)
    with pytest.raises(CaptureError, match=r"beginning with a letter or digit, found '\.\./x'"):
        simulate_rgbd("balance", 1.0, 1, tmp_path, "../x", size=SMALL)
    with pytest.raises(UsageError, match="seconds: expected 1 to 600 s"):
        simulate_rgbd("balance", 0.1, 1, tmp_path, "short", size=SMALL)
