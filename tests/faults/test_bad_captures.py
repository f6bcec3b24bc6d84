"""What people bring to stage 0 that is no good recording, through the command line: refused with help, and nothing is left.

Bad marker files are in `test_bad_input.py`; here are films, the apps' folders and archives, skeletons and other exports.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cli
from benchmarks.hostile import videos
from benchmarks.made_exports import mapped_csv, swift_json, vision_json
from benchmarks.made_videos import write_bundle, write_film, write_record3d, write_stray_scanner
from benchmarks.scratch import scratch_project
from kinetrace.simulation.simulate import simulate
from kinetrace.store.workspace import Workspace

Run = Callable[..., tuple[int, str]]
Make = Callable[[Path], tuple[Path, tuple[str, ...]]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace = scratch_project(tmp_path / "project")
    monkeypatch.chdir(workspace.root)
    return workspace


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process: exit code, and all that a user sees."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["kinetrace", *arguments])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        out = capsys.readouterr()
        return code, out.out + out.err

    return call


def _walk() -> np.ndarray:
    return np.asarray(simulate("gait", 2.0, 1).truth.positions, dtype=float)[:60]


def _hostile(name: str) -> Make:
    return lambda folder: (videos.CASES["film"][name](folder), ())


def _not_a_zip(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = folder / "walk.r3d"
    path.write_bytes(b"not a zip\n")
    return path, ()


def _cut_record3d(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = write_record3d(folder / "walk.r3d")
    path.write_bytes(path.read_bytes()[:-40])
    return path, ()


def _record3d_without_optics(folder: Path) -> tuple[Path, tuple[str, ...]]:
    return write_record3d(folder / "walk.r3d", {"K": None, "perFrameIntrinsicCoeffs": None}), ()


def _stray_without_poses(folder: Path) -> tuple[Path, tuple[str, ...]]:
    made = write_stray_scanner(folder / "scan")
    (made / "odometry.csv").unlink()
    return made, ()


def _bundle_without_optics(folder: Path) -> tuple[Path, tuple[str, ...]]:
    made = write_bundle(folder / "made")
    rows = [line.split(", ") for line in (made / "camera.csv").read_text().splitlines()]
    (made / "camera.csv").write_text("\n".join(", ".join((*row[:2], *row[6:])) for row in rows) + "\n")
    return made, ()


def _row_major_plane(folder: Path) -> tuple[Path, tuple[str, ...]]:
    made = write_bundle(folder / "made")
    pose = [1, 0, 0, 0.5, 0, 1, 0, 0.1, 0, 0, 1, -2.0, 0, 0, 0, 1]
    extent = {"width": 2.0, "height": 2.0}
    plane = {"identifier": "floor", "transform": pose, "alignment": "horizontal", "center": [0, 0, 0], "extent": extent}
    (made / "planes.json").write_text(json.dumps([plane]))
    card = json.loads((made / "capture.json").read_text())
    card["files"]["planes.json"] = "planes"
    (made / "capture.json").write_text(json.dumps(card))
    return made, ()


def _depth_of_eight_bits(folder: Path) -> tuple[Path, tuple[str, ...]]:
    made = write_bundle(folder / "made")
    for path in (made / "confidence").iterdir():
        (made / "depth" / path.name).write_bytes(path.read_bytes())
    return made, ()


def _film_of_another_recording(folder: Path) -> tuple[Path, tuple[str, ...]]:
    made = write_bundle(folder / "made")
    write_film(made / "rgb.mp4", np.arange(40) / 4.0)
    return made, ()


def _swift_without_a_rate(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = folder / "body.json"
    path.write_bytes(swift_json(_walk()))
    return path, ()


def _vision_of_a_reference_person(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = folder / "pose.json"
    path.write_bytes(vision_json(_walk(), height=1.8, true_height=1.75))
    return path, ()


def _upside_down(folder: Path) -> tuple[Path, tuple[str, ...]]:
    table, mapping = mapped_csv(_walk())
    (folder / "points.csv").write_bytes(table)
    (folder / "names.json").write_text(json.dumps(json.loads(mapping) | {"up": "-z"}))
    return folder / "points.csv", ("--mapping", str(folder / "names.json"), "--fps", "60")


def _pickled(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = folder / "data_3d_h36m.npz"
    np.savez(path, positions_3d=np.array({"S1": 1}, dtype=object))
    return path, ()


def _joint_angles(folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = folder / "walk_ik.mot"
    path.write_text(
        "walk\nnRows=2\nnColumns=3\ninDegrees=yes\nendheader\ntime\tpelvis_tilt\tknee_angle_r\n0.0\t1\t2\n0.1\t1\t3\n"
    )
    return path, ()


CASES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "a film of no bytes": (_hostile("nothing"), ("film",)),
    "a film that is text": (_hostile("text"), ("Export",)),
    "a film cut in the middle": (_hostile("cut in the middle"), ("again",)),
    "a film that claims a thousand million frames": (_hostile("a thousand million frames of one byte"), ("film",)),
    "a film that claims a thousand million times": (_hostile("a thousand million times"), ("film",)),
    "an .r3d that is no zip": (_not_a_zip, ("walk.r3d", "zip")),
    "an .r3d that was cut": (_cut_record3d, ("walk.r3d", "zip")),
    "an .r3d without intrinsics": (_record3d_without_optics, ("intrinsics", "Export")),
    "Stray Scanner's folder without its poses": (_stray_without_poses, ("odometry.csv", "film alone")),
    "a bundle without intrinsics": (_bundle_without_optics, ("camera.csv", "fx, fy, cx, cy")),
    "a plane written row by row": (_row_major_plane, ("planes.json", "row-major", "column by column")),
    "depth images of eight bits": (_depth_of_eight_bits, ("depth", "uint16")),
    "the film of another recording": (_film_of_another_recording, ("camera.csv", "one recording")),
    "Swift's matrices without a frame rate": (_swift_without_a_rate, ("--fps",)),
    "Vision's body of a reference person": (_vision_of_a_reference_person, ("reference", "--height")),
    "a person who stands on the head": (_upside_down, ("up", "--mapping")),
    "pickled Python objects": (_pickled, ("numpy.savez",)),
    "joint angles": (_joint_angles, ("joint angles", ".trc")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_capture_is_refused_with_what_would_work_and_leaves_nothing(
    case: str, tmp_path: Path, project: Workspace, run: Run
) -> None:
    make, words = CASES[case]
    folder = tmp_path / "brought"
    folder.mkdir()
    source, options = make(folder)
    before = sorted(str(path) for path in project.root.rglob("*"))
    for arguments in (("validate", str(source), *options), ("ingest", str(source), "--id", "bad", *options)):
        code, text = run(*arguments)
        assert code == 1, text
        plain = " ".join(text.split())
        for label in ("error:", "expected:", "found:", "fix:"):
            assert label in plain
        for word in words:
            assert word in plain, plain
        assert "Traceback" not in plain
    assert list(project.captures.iterdir()) == []
    assert sorted(str(path) for path in project.root.rglob("*")) == before


def test_a_program_gets_the_same_refusal_as_json(tmp_path: Path, project: Workspace, run: Run) -> None:
    source, _ = _not_a_zip(tmp_path)
    code, text = run("validate", str(source), "--json")
    said = json.loads(text)
    (finding,) = said["findings"]
    assert code == 1 and said["ok"] is False
    assert finding["code"] == "CaptureError" and str(source) in finding["where"]
    assert all(finding[key] for key in ("field", "expected", "found", "fix"))


def test_a_film_in_which_nobody_is_seen_is_refused_by_the_stage_which_publishes_nothing(
    tmp_path: Path, project: Workspace, run: Run
) -> None:
    film = tmp_path / "empty_room.mp4"
    write_film(film, np.arange(20) / 20.0)
    code, text = run("ingest", str(film), "--id", "empty_room", "--height", "1.7")
    assert code == 0, text
    project.params.write_text(project.params.read_text().replace("capture: demo_walk", "capture: empty_room"))
    code, text = run("stage", "adapter")
    assert code == 1, text
    plain = " ".join(text.split())
    assert "nobody in 20 frames" in plain and "Film the whole person" in plain
    artifacts = project.root / "artifacts" / "empty_room"
    assert not artifacts.exists() or list(artifacts.iterdir()) == []
