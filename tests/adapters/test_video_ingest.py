from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.bundle import read_bundle
from adapters.formats.video_bundle import read_recording
from adapters.ingest import ingest, validate
from adapters.video_source import video_source
from benchmarks.made_videos import FRAMES, write_bundle, write_film, write_record3d, write_stray_scanner
from kinetrace.simulation.bundle import simulate_capture
from schemas.errors import CaptureError, UsageError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    write_film(folder / "walk.MP4", np.arange(6) / 30)
    return {
        "bundle": write_bundle(folder / "bundle"),
        "stray": write_stray_scanner(folder / "0a1b2c3d4e"),
        "r3d": write_record3d(folder / "2026-11-21.r3d"),
        "film": folder / "walk.MP4",
    }


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("bundle", {"rgb.mp4", "camera.csv", "depth/000007.png"}),
        ("stray", {"rgb.mp4", "odometry.csv", "camera_matrix.csv", "imu.csv", "confidence/000000.png"}),
        ("r3d", {"recording.r3d"}),
        ("film", {"rgb.mp4"}),
    ],
)
def test_every_recorder_keeps_its_bytes_and_reads_again_from_the_capture(
    made: dict[str, Path], tmp_path: Path, kind: str, kept: set[str]
) -> None:
    height = None if kind == "bundle" else 1.7
    report = ingest(made[kind], tmp_path, "a", height_m=height)
    found, source = _tree(tmp_path / "a"), made[kind]
    assert kept < set(found) and report.film is not None and report.motion is None
    recorded = _tree(source) if source.is_dir() else {next(iter(kept)): source.read_bytes()}
    assert {name: data for name, data in found.items() if name != "capture.json"} == {
        name: data for name, data in recorded.items() if name != "capture.json"
    }
    again = read_recording(read_bundle(tmp_path / "a"))
    assert (again.depth is None) == (kind == "film")
    assert ingest(made[kind], tmp_path, "a", height_m=height).already_there
    assert _tree(tmp_path / "a") == found
    report = ingest(made[kind], tmp_path / "elsewhere", "a", height_m=height)
    assert _tree(tmp_path / "elsewhere" / "a") == found and not report.already_there


def test_validate_says_what_it_saw(made: dict[str, Path]) -> None:
    text = validate(made["stray"]).text()
    for line in (
        "film:        64 x 48 px (mpeg4)", "8 frames at 10 Hz, 0.80 s", "depth:       in 8 of 8 frames",
        "poses in 8 of 8 frames, gravity known", "no planes from the device", "drift by 583 ms",
        "whether a person is in it is found when it runs",
    ):  # fmt: skip
        assert line in text
    assert "gravity not known" in validate(made["r3d"]).text()
    film = validate(made["film"]).text()
    assert "depth:       none" in film and "give --height" in film
    assert "give --height" not in validate(made["film"], height_m=1.7).text()


def test_a_plan_of_the_room_beside_the_recording_counts(made: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made["stray"], tmp_path / "scan"))
    flat = [1.0, 0, 0, 0, 0, 0, -1.0, 0, 0, 1.0, 0, 0, 0, -1.2, 0, 1.0]
    room = {
        "floors": [{"identifier": "f", "category": {"floor": {}}, "dimensions": [3.0, 3.0, 0.0], "transform": flat}]
    }
    (folder / "room.json").write_text(json.dumps(room))
    (folder / "notes.txt").write_text("left knee")
    report = ingest(folder, tmp_path / "captures", "a")
    assert report.film is not None and report.film.floor_planes == 1
    assert "notes.txt: not a file of Stray Scanner" in report.left_out
    assert read_bundle(tmp_path / "captures" / "a").planes[0].classification == "floor"
    (folder / "planes.json").write_text("[]")
    assert validate(folder).film is not None  # the device may have found none


def test_a_damaged_depth_image_is_told_before_anything_is_written(made: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made["stray"], tmp_path / "scan"))
    (folder / f"depth/{FRAMES - 1:06d}.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    with pytest.raises(CaptureError, match=r"one channel of uint16"):
        ingest(folder, tmp_path / "captures", "a")
    assert not (tmp_path / "captures").exists()


def test_options_of_markers_are_refused_for_a_film(made: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--static: expected no such option for a video"):
        ingest(made["film"], tmp_path, "a", static=made["film"])
    with pytest.raises(UsageError, match=r"--fps"):
        ingest(made["film"], tmp_path, "a", fps=30.0)


def test_links_in_a_recorders_folder_are_refused(made: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made["stray"], tmp_path / "scan"))
    (folder / "imu.csv").unlink()
    (folder / "imu.csv").symlink_to(made["stray"] / "imu.csv")
    with pytest.raises(CaptureError, match=r"a symbolic link"):
        video_source(folder)
    (folder / "imu.csv").unlink()
    (folder / "depth/000000.png").unlink()
    (folder / "depth/000000.png").symlink_to(made["stray"] / "depth/000000.png")
    with pytest.raises(CaptureError, match=r"a symbolic link"):
        ingest(folder, tmp_path / "captures", "a")
    (folder / "depth/000000.png").unlink()
    (folder / "depth/extra").mkdir()
    with pytest.raises(CaptureError):
        ingest(folder, tmp_path / "captures", "a")
    assert not (tmp_path / "captures" / "a").exists()


def test_several_scans_or_half_of_one_are_refused_with_what_would_work(made: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(made["stray"], tmp_path / "scans/0a")
    shutil.copytree(made["stray"], tmp_path / "scans/1b")
    with pytest.raises(CaptureError, match=r"2 of Stray Scanner: 0a, 1b.*Give one of them: .*scans/0a"):
        validate(tmp_path / "scans")
    (tmp_path / "scans/0a/odometry.csv").unlink()
    with pytest.raises(CaptureError, match=r"camera poses beside rgb.mp4, found none.*give the film alone"):
        validate(tmp_path / "scans/0a")


@pytest.mark.parametrize("depth", [True, False])
def test_a_film_beside_a_skeleton_is_described_as_a_run_reads_it(
    made: dict[str, Path], tmp_path: Path, depth: bool
) -> None:
    folder = Path(shutil.copytree(made["bundle"], tmp_path / "both"))
    walk = simulate_capture("gait", 2.0, 3, tmp_path, "walk")
    shutil.copy(walk / "body.jsonl", folder)
    table = json.loads((folder / "capture.json").read_text())
    table["files"] = {
        name: role for name, role in table["files"].items() if depth or role not in ("depth", "confidence")
    }
    table["files"]["body.jsonl"] = "body"
    (folder / "capture.json").write_text(json.dumps(table))
    report = validate(folder)
    assert report.film is not None and (report.motion is None) == depth
    said = "body.jsonl: the device's own skeleton" if depth else "rgb.mp4: video; the body is read from"
    assert any(text.startswith(said) for text in report.left_out)
    assert ingest(folder, tmp_path / "captures", "a").left_out == report.left_out
    (folder / "body.jsonl").write_text("no json\n")
    if depth:
        assert validate(folder).motion is None  # nobody reads it
    else:
        with pytest.raises(CaptureError, match=r"body.jsonl:1"):
            validate(folder)
